"""One who left is offered what is for themselves alone, and nothing to suggest to the one they left."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.people import Integrator, Person

START = datetime.fromisoformat("2026-11-18T09:30:00+00:00")
FREE = [{"day": day, "from": "08:00", "to": "22:00"} for day in ("tue", "sat")]
ANSWERS: dict[str, Any] = {
    "time_together": {"hours_per_week": 2, "desired_hours_per_week": 8},
    "busyness": {"level": "normal", "energy": "ok", "minutes_per_week": 600, "longest_slot_minutes": 120},
    "closeness": {"feelings": ["distant", "hopeful"], "going_well": ["humour"]},
}


def in_weeks(number: int) -> str:
    return (START + timedelta(weeks=number)).isoformat()


@pytest.fixture
def couple(integrator: Integrator) -> tuple[Person, Person]:
    integrator.now = in_weeks(0)
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    for person in (a, b):
        person.report(ANSWERS)
    return a, b


def proposed(person: Person) -> list[str]:
    weeks = person.post("/v1/me/plan/proposals", {"weeks": 2, "free": FREE}).json()["weeks"]
    return [item["activity"] for week in weeks for item in week["items"]]


def is_for_two(person: Person, activity: str) -> bool:
    return bool(person.get(f"/v1/activities/{activity}").json()["together"])


def test_one_who_left_is_offered_nothing_for_two_and_told_to_suggest_nothing(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, _ = couple
    before = a.view()["view"]
    a.delete("/v1/me/couple")
    for week in (0, 1, 5):
        integrator.move_to(in_weeks(week), a)
        answered = a.report(ANSWERS)["view"] if week else a.view()["view"]
        for view in (a.view()["view"], answered):
            assert view["activities"], "what is for oneself needs no rule that calls for it"
            assert {one["purpose"] for one in view["activities"]} <= {"time_for_yourself", "see_a_counsellor"}
            assert not any(one["together"] for one in view["activities"])
            assert not any("Suggest" in limit for limit in view["limits"])
            assert view["opening"] is None
        assert proposed(a)
        assert not any(is_for_two(a, activity) for activity in proposed(a))
        told = a.post("/v1/me/explanations", {"target": before["activities"][0]["id"]}).json()
        assert (told["status"], told["would_change"]) == ("withheld", [])

    assert any(one["together"] for one in before["activities"])


def test_with_a_new_link_things_for_two_come_again(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, _ = couple
    a.delete("/v1/me/couple")
    c = integrator.add()
    integrator.link(a, c)
    for person in (a, c):
        person.report(ANSWERS)

    assert any(one["together"] for one in a.view()["view"]["activities"])


def test_one_who_was_left_is_offered_what_they_were_and_may_suggest_it(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    before = b.view()["view"]
    a.delete("/v1/me/couple")
    in_the_week = b.view()["view"]
    integrator.move_to(in_weeks(1), b)
    alone = b.view()["view"]

    assert in_the_week == before
    assert any(one["together"] for one in alone["activities"])
    assert any("Suggest" in limit for limit in alone["limits"])


def test_one_who_never_was_linked_has_left_nobody(integrator: Integrator) -> None:
    integrator.now = in_weeks(0)
    person = integrator.add()
    person.report(ANSWERS)
    before = person.view()["view"]
    person.delete("/v1/me/couple")

    assert person.view()["view"] == before
