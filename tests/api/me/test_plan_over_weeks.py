"""Plans over weeks: how long a yes and a time stand, and what goes when something is done."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response

from tests.people import Integrator, Person

FIRST, SECOND, THIRD, FOURTH = (f"{day}T09:30:00Z" for day in ("2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07"))
WALK, TEA, DANCE = "evening-walk", "tea-in-silence", "basic-step-in-the-kitchen"
ALONE = "ten-quiet-minutes-for-you"
IN_THE_THIRD_WEEK = {"scheduled_for": "2026-12-02T19:30", "time_zone": "Europe/Paris"}


@pytest.fixture
def couple(integrator: Integrator) -> tuple[Person, Person]:
    """Two who both said yes to a walk and a dance in the week before this one."""
    integrator.now = SECOND
    a, b = integrator.add(), integrator.add()
    integrator.share(a, b, WALK, DANCE)
    return a, b


def say_yes(person: Person, activity: str = WALK) -> None:
    assert person.put(f"/v1/me/choices/{activity}", {"choice": "yes"}).status_code == 200


def plan(person: Person) -> dict[str, dict[str, Any]]:
    return {item["activity"]: item for item in person.get("/v1/me/plan").json()["data"]}


def set_time(person: Person, time: object, activity: str = WALK) -> Response:
    item = plan(person)[activity]
    return person.ask("PATCH", f"/v1/me/plan/items/{item['id']}", time, If_Match=item["etag"])


def times(*people: Person, activity: str = WALK) -> Iterator[str | None]:
    for person in people:
        yield plan(person).get(activity, {}).get("scheduled_for")


def test_a_time_for_next_week_stands_though_who_set_it_says_no_other_yes(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    answer = set_time(a, IN_THE_THIRD_WEEK)
    say_yes(b)
    unseen = [*times(b)]
    integrator.move_to(THIRD, a, b)
    stands = [*times(a, b)]
    integrator.move_to(FOURTH, a, b)

    assert (answer.status_code, answer.json()["until"]) == (200, "2026-12-07T00:00:00Z")
    assert unseen == [None]
    assert stands == ["2026-12-02T19:30:00"] * 2
    assert [*plan(a), *plan(b)] == []


def test_a_time_holds_nobody_elses_yes(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, b = couple
    set_time(a, IN_THE_THIRD_WEEK)
    integrator.move_to(THIRD, a, b)

    assert WALK not in {**plan(a), **plan(b)}


def test_a_time_beyond_a_yes_of_both_is_refused_with_the_latest_there_is(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    late = set_time(a, {"scheduled_for": "2026-12-07T01:00", "time_zone": "Europe/Paris"})
    (mistake,) = late.json()["errors"]
    latest = set_time(a, {"scheduled_for": "2026-12-07T00:59", "time_zone": "Europe/Paris"})

    assert (late.status_code, mistake["pointer"], mistake["code"]) == (422, "#/scheduled_for", "too_far_ahead")
    assert "2026-12-07T00:59 in Europe/Paris" in mistake["detail"]
    assert latest.status_code == 200


def test_what_one_does_alone_stays_until_its_time_is_over(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, _ = couple
    say_yes(a, ALONE)
    answer = set_time(a, {"scheduled_for": "2026-12-16T19:30", "time_zone": "Europe/Paris"}, ALONE)
    say_yes(a, ALONE)
    in_weeks: list[str | None] = []
    for day in ("2026-12-07", "2026-12-20", "2026-12-21"):
        integrator.move_to(f"{day}T09:30:00Z", a)
        in_weeks += times(a, activity=ALONE)

    assert answer.json()["until"] == "2026-12-21T00:00:00Z"
    assert in_weeks == ["2026-12-16T19:30:00"] * 2 + [None]


def test_without_its_time_it_lapses_as_any_yes(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, _ = couple
    say_yes(a, ALONE)
    set_time(a, {"scheduled_for": "2026-12-16T19:30", "time_zone": "Europe/Paris"}, ALONE)
    taken_away = set_time(a, {"scheduled_for": None}, ALONE)
    integrator.move_to(FOURTH, a)

    assert taken_away.json()["until"] == "2026-12-07T00:00:00Z"
    assert ALONE not in plan(a)


def done(person: Person, activity: str) -> None:
    assert person.post("/v1/me/feedback", {"activity": activity, "outcome": "done"}).status_code == 201


def test_what_is_done_once_leaves_its_doers_plan_now_and_the_others_at_the_turn(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    for person in couple:
        say_yes(person, DANCE)
    set_time(a, IN_THE_THIRD_WEEK, DANCE)
    before = b.get("/v1/me/plan").content
    done(a, DANCE)

    assert DANCE not in plan(a)
    assert DANCE not in {choice["activity"] for choice in a.get("/v1/me/choices").json()["data"]}
    assert b.get("/v1/me/plan").content == before
    integrator.move_to("2026-11-29T23:59:59Z", b)
    assert DANCE in plan(b)
    integrator.move_to(THIRD, a, b)
    assert DANCE not in {**plan(a), **plan(b)}


def test_what_returns_stays_in_the_plan_though_it_was_done(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    done(a, WALK)

    assert WALK in plan(a)


def test_what_was_done_once_makes_room_for_another_yes(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    others = [each["id"] for each in a.get("/v1/activities").json()["data"] if each["id"] not in (WALK, DANCE)]
    for activity in others[:10]:
        say_yes(a, activity)
    refused = a.put(f"/v1/me/choices/{others[10]}", {"choice": "yes"})
    done(a, DANCE)

    assert refused.json()["code"] == "too_many_yeses"
    say_yes(a, others[10])
