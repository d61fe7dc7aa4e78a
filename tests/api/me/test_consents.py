"""What is agreed to goes on counting, however often that is said."""

import pytest

from tests.people import Integrator, Person

NOON, LATER = "2026-11-23T12:00:00+00:00", "2026-11-23T13:00:00+00:00"
TURN = "2026-11-30T00:00:00+00:00"


@pytest.fixture
def two(integrator: Integrator) -> tuple[Person, Person]:
    """Who hear each other."""
    integrator.now = NOON
    one, other = integrator.add(), integrator.add()
    integrator.link(one, other)
    for person in (one, other):
        person.report()
    assert other.view()["basis"] == "both_partners"
    return one, other


def test_agreeing_again_changes_nothing(two: tuple[Person, Person]) -> None:
    one, _ = two
    before = one.get("/v1/me/consents").json()
    one.now = LATER

    assert one.agree("pooling").status_code == 200

    assert one.get("/v1/me/consents").json() == before
    assert [person.view()["basis"] for person in two] == ["both_partners"] * 2


def test_what_was_taken_back_and_given_again_counts_from_then_on(
    integrator: Integrator, two: tuple[Person, Person]
) -> None:
    one, other = two
    one.agree("pooling", granted=False)
    one.now = LATER

    one.agree("pooling")

    assert other.view()["basis"] == "both_partners"
    integrator.move_to(TURN, other)
    assert other.view()["basis"] == "one_partner"
