from typing import Any

import pytest

from tests.people import REPORT, Integrator
from tests.unlocked import unlock, unlock_again


def test_nothing_is_taken_before_the_partner_agreed(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)

    answer = person.post("/v1/me/reports", REPORT)

    assert (answer.status_code, answer.json()["code"]) == (403, "consent_required")


def test_the_full_view_is_said_once_and_the_quiet_one_from_then_on(integrator: Integrator) -> None:
    person = integrator.add()

    said = person.report({"safety": {"fear": "yes"}})
    later = person.view()

    assert said["view"]["outcome"] == "support"
    assert later["view"]["outcome"] == "nothing_now"
    assert later["decision"] == said["decision"]


def test_a_whole_report_carries_nothing_over(integrator: Integrator) -> None:
    person = integrator.add()
    person.report({"private": {"willingness": "no"}})
    assert person.view()["view"]["outcome"] == "nothing_now"

    person.report()

    assert person.view()["view"]["outcome"] == "suggestions"


def test_the_same_request_again_is_answered_alike_and_stored_once(integrator: Integrator) -> None:
    person = integrator.add()

    first = person.post("/v1/me/reports", REPORT, Idempotency_Key="one")
    again = person.post("/v1/me/reports", REPORT, Idempotency_Key="one")
    other = person.post("/v1/me/reports", {**REPORT, "goal": "repair"}, Idempotency_Key="one")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


WRONG: dict[str, dict[str, Any]] = {
    "an unknown group": {"saftey": {"fear": "yes"}},
    **{f"an unknown answer of {group}": {group: {**REPORT.get(group, {}), "qqq": None}} for group in REPORT},
    **{f"an unknown answer of {group}": {group: {"qqq": 1}} for group in ("safety", "private", "novelty")},
    "an unknown kind": {"activity_preferences": {"likes": {"wolk": "love"}}},
    "a level misspelt": {"conflict": {"level": "chronnic"}, "goal": "repiar"},
    "texts for numbers": {"time_together": {"hours_per_week": "4"}, "closeness": {"level": "5"}},
    "truth for numbers": {"closeness": {"level": True}, "circumstances": {"childcare": 1}},
    "a group left out": {"busyness": None},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_report_is_said_as_where_nothing_is_stored(
    integrator: Integrator, wrong: dict[str, Any]
) -> None:
    person = integrator.add()
    report = {**REPORT, **wrong}

    refused = person.post("/v1/me/reports", report)
    stateless = person.post("/v1/recommendations", {"reports": {"a": report}})

    assert (refused.status_code, stateless.status_code) == (422, 422)
    there = [{**each, "pointer": each["pointer"].replace("/reports/a", "")} for each in stateless.json()["errors"]]
    assert refused.json()["errors"] == there
    assert person.get("/v1/me/reports").json()["data"] == []


PRIVATE = {
    "goal": "repair",
    "conflict": {"level": "chronic", "feels_meant_to_hurt": "often"},
    "private": {"leaning_out": True},
    "keep_private": ["goal"],
    "safety": {"fear": "yes", "hurt": "no"},
}


def paths_in(answers: dict[str, Any]) -> set[str]:
    return {
        f"{group}.{name}"
        for group, inside in answers.items()
        for name in (inside if isinstance(inside, dict) else [""])
    }


def test_own_reports_are_read_the_newest_first_in_parts(integrator: Integrator) -> None:
    person = integrator.add()
    ids = [person.report({"time_together": {"hours_per_week": hours}})["id"] for hours in range(5)]

    first = person.get("/v1/me/reports?limit=2").json()
    second = person.get(f"/v1/me/reports?limit=2&cursor={first['next_cursor']}").json()
    last = person.get(f"/v1/me/reports?limit=2&cursor={second['next_cursor']}").json()

    assert [each["id"] for part in (first, second, last) for each in part["data"]] == ids[::-1]
    assert (last["next_cursor"], last["has_more"]) == (None, False)
    assert first["data"][0]["answers"]["time_together"]["hours_per_week"] == 4


def test_private_answers_are_read_by_an_unlocked_token_alone_and_safety_by_none(integrator: Integrator) -> None:
    person = unlock(integrator.add())
    person.report(PRIVATE)

    person.delete("/v1/me/unlock")
    locked = person.get("/v1/me/reports").json()["data"][0]["answers"]
    unlock_again(person)
    unlocked = person.get("/v1/me/reports").json()["data"][0]["answers"]

    assert (locked["goal"], locked["keep_private"], locked["private"]["leaning_out"]) == (None, None, None)
    assert (locked["conflict"]["level"], locked["conflict"]["feels_meant_to_hurt"]) == ("chronic", None)
    assert (unlocked["goal"], unlocked["keep_private"], unlocked["private"]["leaning_out"]) == (
        "repair",
        ["goal"],
        True,
    )
    assert unlocked["conflict"]["feels_meant_to_hurt"] == "often"
    assert "safety" not in unlocked


def test_a_locked_token_reads_the_same_bytes_whatever_was_answered_in_private(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    read = []
    for person, answers in ((one, PRIVATE), (other, {"conflict": {"level": "chronic"}})):
        id_ = person.report(answers)["id"]
        read.append(person.get("/v1/me/reports").text.replace(id_, "rpt"))

    assert read[0] == read[1]


def test_every_answer_that_there_is_has_its_place(integrator: Integrator) -> None:
    person = integrator.add()
    person.report()
    said = person.get("/v1/me/reports").json()["data"][0]["answers"]
    asked = {
        each["id"] if "." in each["id"] else f"{each['id']}."
        for each in person.get("/v1/questions").json()["questions"]
        if not each["id"].startswith("safety.")
    }

    assert paths_in(said) >= asked
    assert not [path for path in paths_in(said) if path.startswith("safety")]


def test_nobody_reads_the_reports_of_another(integrator: Integrator) -> None:
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    a.report()

    assert b.get("/v1/me/reports").json() == {"data": [], "next_cursor": None, "has_more": False}
    assert integrator.get("/v1/me/reports").json()["code"] == "token_needed"
