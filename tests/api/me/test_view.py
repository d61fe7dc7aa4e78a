from tests.people import Integrator
from tests.unlocked import unlock


def test_there_is_no_view_before_the_first_report_and_none_without_consent(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)

    refused = person.get("/v1/me/view")
    person.agree()
    empty = person.get("/v1/me/view")

    assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
    assert (empty.status_code, empty.json()["code"]) == (404, "no_report")


def test_support_reads_as_nothing_now_until_the_token_is_unlocked(integrator: Integrator) -> None:
    person = integrator.add(country="US")
    person.report({"safety": {"self_harm": "yes"}})

    quiet = person.view()["view"]
    unlock(person)
    full = person.view()["view"]

    assert (quiet["outcome"], quiet["support"]) == ("nothing_now", None)
    assert (full["outcome"], full["support"]["kind"]) == ("support", "crisis")
    assert full["support"]["resources"]


def test_the_quiet_view_never_shows_more_than_the_full_one(integrator: Integrator) -> None:
    person = integrator.add()
    said = person.report({"private": {"willingness": "small_steps", "recent_breach": True}})

    full = {each["id"] for each in said["view"]["activities"]}
    quiet = {each["id"] for each in person.view()["view"]["activities"]}

    assert quiet <= full


def test_taking_consent_back_works_with_the_next_request(integrator: Integrator) -> None:
    person = integrator.add()
    person.report()
    person.agree(granted=False)

    assert person.get("/v1/me/view").json()["code"] == "consent_required"
