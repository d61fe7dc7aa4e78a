from typing import Any

import pytest

from app.service.progress import POOLED_PATHS, PRIVATE_PATHS
from tests.people import Integrator, Person

MONDAYS = ["2026-11-02T09:30:00Z", "2026-11-09T09:30:00Z", "2026-11-16T09:30:00Z", "2026-11-23T09:30:00Z"]
LIGHT, HEAVIER, HEAVIEST = (
    {"conflict": {"level": "rare"}, "closeness": {"level": 6}},
    {"conflict": {"level": "occasional"}, "closeness": {"level": 5}},
    {"conflict": {"level": "frequent"}, "closeness": {"level": 5}},
)
READY: dict[str, Any] = {
    "busyness": {"level": "slack", "longest_slot_minutes": 480, "minutes_per_week": 600},
    "novelty": {"routine": 5, "boredom": 5, "comfort_zone": "ready"},
    "circumstances": {"budget": "high", "children_at_home": "none"},
}


def answer_over_time(integrator: Integrator, person: Person, *reports: dict[str, Any]) -> None:
    for now, report in zip(MONDAYS, reports, strict=False):
        integrator.move_to(now, person)
        person.report(report)


def progress(person: Person) -> list[dict[str, Any]]:
    answer = person.get("/v1/me/progress")
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def unlock(person: Person) -> None:
    assert person.put("/v1/me/passphrase", {"passphrase": "four words of mine"}).is_success
    assert person.post("/v1/me/unlock", {"passphrase": "four words of mine"}).is_success


def test_own_answers_are_listed_the_oldest_first(integrator: Integrator) -> None:
    person = integrator.add()
    answer_over_time(integrator, person, LIGHT, HEAVIER)

    steps = progress(person)

    assert [step["reported_on"] for step in steps] == ["2026-11-02", "2026-11-09"]
    assert [step["answers"]["conflict.level"] for step in steps] == ["rare", "occasional"]
    assert [step["answers"]["closeness.level"] for step in steps] == [6, 5]


def test_before_the_first_report_there_is_nothing(integrator: Integrator) -> None:
    assert progress(integrator.add()) == []


def test_long_lists_come_in_parts(integrator: Integrator) -> None:
    person = integrator.add()
    answer_over_time(integrator, person, LIGHT, HEAVIER, HEAVIEST)

    first = person.get("/v1/me/progress?limit=2").json()
    last = person.get(f"/v1/me/progress?limit=2&cursor={first['next_cursor']}").json()

    assert [step["reported_on"] for step in first["data"] + last["data"]] == ["2026-11-02", "2026-11-09", "2026-11-16"]
    assert (first["has_more"], last["has_more"], last["next_cursor"]) == (True, False, None)


def test_the_keys_are_the_same_whatever_was_answered(integrator: Integrator) -> None:
    person = integrator.add()
    private = {"private": {"willingness": "no", "physical_closeness": 1}, "safety": {"fear": "yes"}}
    answer_over_time(integrator, person, {}, private, {"keep_private": ["conflict.level"]})

    steps = progress(person)

    assert all(tuple(step["answers"]) == POOLED_PATHS for step in steps)
    assert [step["answers"]["conflict.level"] for step in steps] == ["occasional", "occasional", None]


def test_private_answers_are_for_an_unlocked_token(integrator: Integrator) -> None:
    person = integrator.add()
    private = {"private": {"willingness": "no", "physical_closeness": 1}, "keep_private": ["conflict.level"]}
    for now, report in zip(MONDAYS, ({}, private), strict=False):
        integrator.move_to(now, person)
        unlock(person)
        person.report(report)

    first, last = progress(person)

    assert tuple(first["answers"]) == tuple(last["answers"]) == POOLED_PATHS + PRIVATE_PATHS
    assert first["answers"]["private.willingness"] is None
    assert (last["answers"]["private.willingness"], last["answers"]["private.physical_closeness"]) == ("no", 1)
    assert last["answers"]["conflict.level"] == "occasional"


def test_nothing_of_the_other_is_in_it(integrator: Integrator) -> None:
    integrator.now = MONDAYS[0]
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    a.report()
    before = a.get("/v1/me/progress").content
    b.report({"conflict": {"level": "chronic"}})

    assert a.get("/v1/me/progress").content == before


def test_it_takes_consent(integrator: Integrator) -> None:
    answer = integrator.add(agrees=False).get("/v1/me/progress")

    assert (answer.status_code, answer.json()["code"]) == (403, "consent_required")


@pytest.mark.usefixtures("one_seed")
@pytest.mark.parametrize(
    ("reports", "is_gentle"),
    [
        ([LIGHT, HEAVIER, HEAVIEST], True),
        ([LIGHT, HEAVIER, HEAVIER], False),
        ([HEAVIEST, HEAVIER, HEAVIEST], False),
        ([HEAVIER, HEAVIEST], False),
        ([LIGHT, HEAVIER, HEAVIEST, HEAVIEST], False),
    ],
)
def test_two_worse_reports_in_a_row_make_the_steps_smaller(
    integrator: Integrator, reports: list[dict[str, Any]], *, is_gentle: bool
) -> None:
    person, other = integrator.add(), integrator.add()
    answer_over_time(integrator, person, *({**report, **READY} for report in reports))
    now = MONDAYS[len(reports) - 1]
    integrator.move_to(now, other)
    other.report({**reports[-1], **READY})

    assert not are_small(steps(other))
    assert are_small(steps(person)) is is_gentle


@pytest.mark.usefixtures("one_seed")
def test_the_others_view_is_as_it_was(integrator: Integrator) -> None:
    integrator.now = MONDAYS[0]
    a, b = integrator.add(), integrator.add()
    c, d = integrator.add(), integrator.add()
    for one, two in ((a, b), (c, d)):
        integrator.link(one, two)
        two.report(READY)
    for person in (a, c):
        person.report({**HEAVIEST, **READY})
    for now, of_a in zip(MONDAYS[1:], (LIGHT, HEAVIER, HEAVIEST), strict=True):
        integrator.move_to(now, a, c)
        a.report({**of_a, **READY})
        c.report({**HEAVIEST, **READY})
    integrator.move_to("2026-11-30T09:30:00Z", a, b, c, d)

    assert are_small(steps(a))
    assert not are_small(steps(c))
    assert b.view()["basis"] == "both_partners"
    assert b.view()["view"] == d.view()["view"]


def steps(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.view()["view"]["activities"]
    return found


def are_small(activities: list[dict[str, Any]]) -> bool:
    return all(each["minutes"] <= 30 and each["novelty"] <= 1 for each in activities)
