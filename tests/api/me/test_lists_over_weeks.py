"""What a pair of partners is shown over the weeks, in the stored lists of both."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.people import Integrator, Person

START = datetime.fromisoformat("2027-01-05T19:00:00+00:00")
NEWBORN: dict[str, Any] = {
    "busyness": {"level": "overloaded", "energy": "drained", "minutes_per_week": 60, "longest_slot_minutes": 20},
    "circumstances": {"season": ["newborn"], "children_at_home": "under_6", "childcare": False},
}
SLEEP = {"one-sleeps-one-is-on", "the-night-on-one-page", "everybody-lies-down", "how-the-night-was", "a-lie-in-each"}


@pytest.fixture
def both(integrator: Integrator) -> tuple[Person, Person]:
    integrator.now = in_weeks(0)
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    return a, b


def in_weeks(weeks: float) -> str:
    return (START + timedelta(weeks=weeks)).isoformat().replace("+00:00", "Z")


def check_in(person: Person, answers: dict[str, Any]) -> None:
    answer = person.post("/v1/me/check-ins", {"answers": answers})
    assert answer.status_code == 201, answer.text


def list_of(person: Person) -> list[str]:
    return [each["id"] for each in person.view()["view"]["activities"]]


def test_parents_of_a_newborn_begin_with_sleep_though_they_share_small_moments(
    integrator: Integrator, both: tuple[Person, Person]
) -> None:
    for person in both:
        person.report(NEWBORN)
    for week in range(1, 5):
        integrator.move_to(in_weeks(week), *both)
        for person in both:
            answer = person.post(
                "/v1/me/check-ins", {"answers": {"time_together": {"we_already": ["everyday_moments"]}}}
            )
            assert answer.status_code == 201, answer.text
        assert {list_of(person)[0] for person in both} <= SLEEP


def test_nothing_begins_two_lists_in_a_row_though_both_love_it_and_do_it_each_week(
    integrator: Integrator, both: tuple[Person, Person]
) -> None:
    dancers: dict[str, Any] = {
        "time_together": {"hours_per_week": 12},
        "conflict": {"level": "rare"},
        "busyness": {"level": "slack", "energy": "lively", "longest_slot_minutes": 720, "minutes_per_week": 900},
        "novelty": {"routine": 4, "boredom": 4, "comfort_zone": "ready"},
        "closeness": {"level": 6},
        "communication": {"ease": "easy"},
        "circumstances": {"budget": "high", "children_at_home": "none"},
        "activity_preferences": {"likes": {"dance": "love", "sport": "love", "outing": "love"}},
    }
    for person in both:
        person.report(dancers)
    firsts: list[list[str]] = []
    for week in range(8):
        integrator.move_to(in_weeks(week), *both)
        firsts.append([list_of(person)[0] for person in both])
        for person, first in zip(both, firsts[-1], strict=True):
            answer = person.post("/v1/me/feedback", {"activity": first, "outcome": "done", "felt_accepted": 5})
            assert answer.status_code == 201, answer.text

    for before, after in pairwise(firsts):
        assert [a != b for a, b in zip(before, after, strict=True)] == [True, True]
