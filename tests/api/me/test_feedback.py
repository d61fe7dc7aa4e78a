from typing import Any

import pytest
from httpx2 import Response

from tests.people import Integrator, Person

MONDAY = "2026-11-23T09:30:00Z"
WALK = "evening-walk"
READY: dict[str, Any] = {
    "busyness": {"level": "slack", "longest_slot_minutes": 480, "minutes_per_week": 600},
    "novelty": {"routine": 5, "boredom": 5, "comfort_zone": "ready"},
    "circumstances": {"budget": "high", "children_at_home": "none"},
}


@pytest.fixture
def person(integrator: Integrator) -> Person:
    integrator.now = MONDAY
    return integrator.add(country="US")


def say(person: Person, **said: object) -> Response:
    return person.post("/v1/me/feedback", {"activity": WALK, **said})


def said(person: Person, **words: object) -> dict[str, Any]:
    answer = say(person, **words)
    assert answer.status_code == 201, answer.text
    given: dict[str, Any] = answer.json()
    return given


def wrong(answer: Response) -> tuple[int, str, str]:
    (mistake,) = answer.json()["errors"]
    return answer.status_code, mistake["pointer"], mistake["code"]


def test_feedback_is_taken_and_given_back_once(person: Person) -> None:
    given = said(person, outcome="done", felt_accepted=4, felt_pressured=1)

    assert given.pop("id").startswith("fdb_")
    assert given == {
        "activity": WALK,
        "outcome": "done",
        "reason": None,
        "felt_accepted": 4,
        "felt_pressured": 1,
        "decision": None,
        "ruleset": None,
        "given_on": "2026-11-23",
        "help": "/v1/help?country=US",
        "support": None,
    }


def test_what_a_partner_says_in_a_country_nobody_named_has_help_too(integrator: Integrator) -> None:
    assert said(integrator.add(), outcome="skipped")["help"] == "/v1/help"


@pytest.mark.parametrize("outcome", ["skipped", "declined"])
def test_a_reason_is_one_that_the_activity_has(person: Person, outcome: str) -> None:
    assert said(person, outcome=outcome, reason="too_tired")["reason"] == "too_tired"
    refused = say(person, outcome=outcome, reason="too_expensive")

    assert wrong(refused) == (422, "#/reason", "unknown_reason")
    reasons = person.get(f"/v1/activities/{WALK}").json()["decline_reasons"]
    assert all(reason in refused.json()["errors"][0]["detail"] for reason in reasons)


def test_what_was_done_has_no_reason(person: Person) -> None:
    assert wrong(say(person, outcome="done", reason="too_tired")) == (422, "#/reason", "not_with_done")


@pytest.mark.parametrize("felt", [0, 6, 2.5, "4", True])
def test_what_was_felt_is_1_to_5(person: Person, felt: object) -> None:
    assert say(person, outcome="done", felt_pressured=felt).status_code == 422


def test_a_decision_of_ones_own_is_kept_with_its_ruleset(integrator: Integrator, person: Person) -> None:
    person.report()
    shown, other = person.view(), integrator.add()
    other.report()

    given = said(person, outcome="done", decision=shown["decision"])

    assert (given["decision"], given["ruleset"]) == (shown["decision"], shown["ruleset"]["version"])
    for foreign in (other.view()["decision"], "dec_0000000000000000000000"):
        assert wrong(say(person, outcome="done", decision=foreign)) == (422, "#/decision", "unknown_decision")


def test_an_unknown_activity_is_refused_with_the_nearest_id(person: Person) -> None:
    refused = say(person, activity="evening-wlak", outcome="done")

    assert wrong(refused) == (422, "#/activity", "unknown_activity")
    assert "did you mean 'evening-walk'?" in refused.json()["errors"][0]["detail"]


def test_the_same_request_again_is_kept_once(person: Person) -> None:
    body = {"activity": WALK, "outcome": "done"}

    first, again = (person.post("/v1/me/feedback", body, Idempotency_Key="one") for _ in range(2))

    assert first.content == again.content


def test_nothing_is_taken_without_consent(integrator: Integrator) -> None:
    answer = say(integrator.add(agrees=False), outcome="done")

    assert (answer.status_code, answer.json()["code"]) == (403, "consent_required")


@pytest.mark.parametrize("country", ["US", "DE", "ZZ", None])
def test_unsafe_opens_the_help_that_a_view_gives_to_one_in_danger(integrator: Integrator, country: str | None) -> None:
    person, other = integrator.add(country=country), integrator.add(country=country)

    support = said(person, outcome="declined", reason="unsafe")["support"]

    assert support["kind"] == "danger"
    assert support == other.report({"safety": {"fear": "yes"}})["view"]["support"]


def test_unsafe_is_said_once_and_shows_nowhere_afterwards(person: Person) -> None:
    person.report()
    said(person, outcome="declined", reason="unsafe")
    paths = ("/v1/me/view", "/v1/me/choices", "/v1/me/plan", "/v1/me/progress", "/v1/me/consents", "/v1/me")

    read = [person.get(path) for path in paths]

    assert all(answer.status_code == 200 for answer in read)
    # Every activity lists it among the reasons that anyone may give, as the last one.
    assert not any("unsafe" in answer.text.replace(',"unsafe"]', "") for answer in read)
    assert person.view()["view"]["support"] is None


def test_what_was_unsafe_never_comes_back(integrator: Integrator, person: Person) -> None:
    person.report()
    unsafe = person.view()["view"]["activities"][0]["id"]
    said(person, activity=unsafe, outcome="declined", reason="unsafe")

    for now in ("2026-11-23T10:00:00Z", "2026-12-28T10:00:00Z", "2028-01-03T10:00:00Z"):
        integrator.move_to(now, person)
        assert unsafe not in offered(person)


@pytest.mark.parametrize("pressing", [{"felt_pressured": 4}, {"outcome": "declined", "reason": "unsafe"}])
def test_after_pressure_the_steps_are_smaller_for_four_weeks(
    integrator: Integrator, person: Person, pressing: dict[str, Any]
) -> None:
    person.report(READY)
    unhurried = biggest(person)
    # It is said of what was not offered, so that nothing else than the pressure changes the view.
    said(person, activity="couples-retreat", **{"outcome": "done", **pressing})
    at_once = biggest(person)
    integrator.move_to("2026-12-20T23:00:00Z", person)
    on_the_last_day = biggest(person)
    integrator.move_to("2026-12-21T01:00:00Z", person)

    assert unhurried > 30
    assert at_once <= 30
    assert on_the_last_day <= 30
    assert biggest(person) > 30


def test_little_pressure_changes_nothing(person: Person) -> None:
    person.report(READY)
    before = person.view()["view"]
    said(person, activity="couples-retreat", outcome="skipped", felt_pressured=3)

    assert person.view()["view"] == before


def offered(person: Person) -> list[str]:
    return [each["id"] for each in person.view()["view"]["activities"]]


def biggest(person: Person) -> int:
    activities: list[dict[str, Any]] = person.view()["view"]["activities"]
    return max(int(each["minutes"]) for each in activities)


def test_what_was_done_may_have_been_unsafe(integrator: Integrator) -> None:
    person = integrator.add()

    said = say(person, outcome="done", reason="unsafe")

    assert (said.status_code, said.json()["reason"]) == (201, "unsafe")
    assert said.json()["support"]
