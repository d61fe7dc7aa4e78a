"""What is agreed to goes on counting, however often that is said."""

from tests.people import Integrator


def test_agreeing_again_changes_nothing(integrator: Integrator) -> None:
    integrator.now = "2026-11-23T12:00:00+00:00"
    one, other = integrator.add(), integrator.add()
    integrator.link(one, other)
    for person in (one, other):
        person.report()
    before = one.get("/v1/me/consents").json()
    one.now = "2026-11-23T13:00:00+00:00"

    again = one.agree("pooling")

    assert again.status_code == 200
    assert one.get("/v1/me/consents").json() == before
    assert [person.view()["basis"] for person in (one, other)] == ["both_partners"] * 2


def test_what_was_taken_back_and_given_again_counts_from_then_on(integrator: Integrator) -> None:
    integrator.now = "2026-11-23T12:00:00+00:00"
    one, other = integrator.add(), integrator.add()
    integrator.link(one, other)
    for person in (one, other):
        person.report()
    one.agree("pooling", granted=False)
    one.now = "2026-11-23T13:00:00+00:00"

    one.agree("pooling")

    assert other.view()["basis"] == "one_partner"
