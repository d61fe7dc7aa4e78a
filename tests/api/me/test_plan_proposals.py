from datetime import date, timedelta
from typing import Any

import pytest

from tests.people import Integrator, Person

MONDAY = "2026-11-23T09:30:00Z"
WALK = "evening-walk"
FREE = [{"day": "tue", "from": "20:00", "to": "21:30"}, {"day": "sat", "from": "10:00", "to": "14:00"}]
ASKED = {"weeks": 4, "free": FREE}
ROOM = {"busyness": {"level": "normal", "minutes_per_week": 90, "longest_slot_minutes": 60}}


@pytest.fixture
def couple(integrator: Integrator) -> tuple[Person, Person]:
    return some_couple(integrator)


def some_couple(integrator: Integrator) -> tuple[Person, Person]:
    """Two who have answered; both said yes to a walk."""
    integrator.now = MONDAY
    a, b = integrator.add(time_zone="Europe/Paris"), integrator.add(time_zone="America/New_York")
    integrator.share(a, b, WALK)
    for person in (a, b):
        person.report(ROOM)
        say_yes(person, WALK)
    return a, b


def say_yes(person: Person, activity: str) -> None:
    assert person.put(f"/v1/me/choices/{activity}", {"choice": "yes"}).status_code == 200


def proposed(person: Person, asked: object = ASKED) -> list[dict[str, Any]]:
    answer = person.post("/v1/me/plan/proposals", asked)
    assert answer.status_code == 200, answer.text
    weeks: list[dict[str, Any]] = answer.json()["weeks"]
    return weeks


def items(person: Person, asked: object = ASKED) -> list[dict[str, Any]]:
    return [item for week in proposed(person, asked) for item in week["items"]]


def test_weeks_are_proposed_within_the_free_times_and_the_minutes_of_a_week(couple: tuple[Person, Person]) -> None:
    a, _ = couple

    weeks = proposed(a)

    assert [week["starts_on"] for week in weeks] == ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"]
    for week in weeks:
        assert 0 < week["minutes"] == sum(item["minutes"] for item in week["items"]) <= 90
        for item in week["items"]:
            day = date.fromisoformat(item["on"])
            assert timedelta() <= day - date.fromisoformat(week["starts_on"]) < timedelta(days=7)
            assert (f"{day:%a}".lower(), item["at"]) in {("tue", "20:00"), ("sat", "10:00")}
            assert item["minutes"] == a.get(f"/v1/activities/{item['activity']}").json()["minutes"]
            assert item["title"] == a.get(f"/v1/activities/{item['activity']}").json()["title"]


def test_shared_is_what_both_said_yes_to(couple: tuple[Person, Person]) -> None:
    a, b = couple
    say_yes(a, "tea-in-silence")

    for person in (a, b):
        weeks = [[(item["activity"], item["shared"]) for item in week["items"]] for week in proposed(person)]
        assert all((WALK, True) in week for week in weeks[:2])
        assert all((WALK, False) in week for week in weeks[2:]), "a yes lapses by then, so nothing is promised"
        assert len(items(person)) > 4


@pytest.mark.usefixtures("one_seed")
def test_what_the_other_alone_said_yes_to_is_proposed_no_sooner(integrator: Integrator) -> None:
    found = []
    for chosen in ((), ("tea-in-silence", "dance-class", "thanks-at-the-table", "micro-adventure")):
        a, b = some_couple(integrator)
        for activity in chosen:
            say_yes(a, activity)
        integrator.move_to("2026-11-30T09:30:00Z", a, b)
        found.append(proposed(b))

    assert found[0] == found[1]


def test_it_is_stored_nowhere(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    paths = ("/v1/me/plan", "/v1/me/view", "/v1/me/choices", "/v1/me/reports", "/v1/me/access-log")
    before = [person.get(path).content for person in couple for path in paths]

    first, again = (a.post("/v1/me/plan/proposals", ASKED) for _ in range(2))

    assert first.content == again.content
    assert first.headers["cache-control"] == "no-store"
    assert [person.get(path).content for person in couple for path in paths] == before


def test_the_first_week_begins_now_where_the_partner_is(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, b = couple
    free = {"weeks": 1, "free": [{"day": "sun", "from": "18:00", "to": "24:00"}]}
    # Sunday half past eleven in Paris, half past five in New York.
    integrator.move_to("2026-11-29T22:30:00Z", a, b)
    late = items(a, free)
    [first] = items(b, free)
    integrator.move_to("2026-11-29T23:40:00Z", a, b)

    assert all(item["at"] == "23:30" for item in late)
    assert (first["on"], first["at"]) == ("2026-11-29", "18:00")
    assert [week["starts_on"] for week in proposed(a, free)] == ["2026-11-30"]
    assert [(week["starts_on"], week["items"][0]["at"]) for week in proposed(b, free)] == [("2026-11-23", "18:45")]


def test_two_who_are_free_at_the_same_times_find_what_both_want_at_the_same_time(integrator: Integrator) -> None:
    integrator.now = MONDAY
    a, b = integrator.add(time_zone="Europe/Paris"), integrator.add(time_zone="Europe/Paris")
    wanted = (WALK, "board-game-coop", "dance-kitchen", "cook-one-dish")
    integrator.share(a, b, *wanted)
    room = {"busyness": {"level": "normal", "minutes_per_week": 300, "longest_slot_minutes": 60}}
    a.report({**room, "private": {"willingness": "yes", "feels_rejected": True}})
    b.report(room)
    say_yes(a, "ten-quiet-minutes-for-you")
    for activity in ("dance-kitchen", "cook-one-dish"):
        assert a.post("/v1/me/feedback", {"activity": activity, "outcome": "done"}).status_code == 201
    free = [{"day": day, "from": "18:00", "to": "22:00"} for day in ("mon", "tue", "wed", "thu", "fri", "sat")]

    found = [
        {(each["on"], each["at"], each["activity"]) for each in items(one, {"free": free}) if each["shared"]}
        for one in (a, b)
    ]

    # What one of them did lately, or what a private answer takes away, is missing there and moves nothing else.
    assert found[0] <= found[1]
    assert len(found[1]) == 4, "two of them have one purpose, and two another"
    assert found[0]


def test_what_has_a_time_already_is_not_proposed_again(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    [item] = a.get("/v1/me/plan").json()["data"]
    time = {"scheduled_for": "2026-11-28T10:00", "time_zone": "Europe/Paris"}
    path = f"/v1/me/plan/items/{item['id']}"
    assert a.ask("PATCH", path, time, **{"If-Match": item["etag"]}).status_code == 200

    first, *later = proposed(a)

    assert WALK not in {item["activity"] for item in first["items"]}
    assert "2026-11-28" not in {item["on"] for item in first["items"]}
    assert all(WALK in {item["activity"] for item in week["items"]} for week in later)


def test_a_time_that_clocks_skip_is_not_proposed(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, b = couple
    integrator.move_to("2027-03-22T09:30:00Z", a, b)
    for person in couple:
        person.report(ROOM)
        say_yes(person, WALK)

    weeks = proposed(a, {"weeks": 2, "free": [{"day": "sun", "from": "02:00", "to": "03:00"}]})

    assert [len(week["items"]) for week in weeks] == [0, 1]


@pytest.mark.parametrize("private", [{"safety": {"fear": "yes"}}, {"private": {"willingness": "no"}}])
def test_who_is_to_be_left_alone_is_proposed_nothing_and_nobody_can_tell_why(
    couple: tuple[Person, Person], private: dict[str, Any]
) -> None:
    a, b = couple
    of_b = b.post("/v1/me/plan/proposals", ASKED).content

    a.report({**ROOM, **private})

    answer = a.post("/v1/me/plan/proposals", ASKED)
    nothing = [{"starts_on": week["starts_on"], "minutes": 0, "items": []} for week in answer.json()["weeks"]]
    assert answer.json() == {"weeks": nothing}
    assert b.post("/v1/me/plan/proposals", ASKED).content == of_b


def test_it_needs_consent_and_a_report(integrator: Integrator) -> None:
    person = integrator.add()

    assert person.post("/v1/me/plan/proposals", ASKED).json()["code"] == "no_report"
    person.agree(granted=False)
    assert person.post("/v1/me/plan/proposals", ASKED).json()["code"] == "consent_required"


def test_without_free_times_there_is_nothing_to_propose(couple: tuple[Person, Person]) -> None:
    a, _ = couple

    assert len(proposed(a, {"free": []})) == 4
    assert items(a, {"weeks": None, "free": []}) == []


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"weeks": 4}, "#/free"),
        ({**ASKED, "weeks": 0}, "#/weeks"),
        ({**ASKED, "weeks": 9}, "#/weeks"),
        ({**ASKED, "start": "2026-11-23"}, "#/start"),
        ({"free": [{"day": "tuesday", "from": "20:00", "to": "21:30"}]}, "#/free/0/day"),
        ({"free": [{"day": "tue", "from": "20.00", "to": "21:30"}]}, "#/free/0/from"),
        ({"free": [{"day": "tue", "from": "24:00", "to": "24:00"}]}, "#/free/0/from"),
        ({"free": [{"day": "tue", "from": "20:00", "to": "25:00"}]}, "#/free/0/to"),
        ({"free": [*FREE, {"day": "tue", "from": "23:00", "to": "01:00"}]}, "#/free/2"),
        ({"free": [FREE[0]] * 29}, "#/free"),
    ],
)
def test_what_is_no_free_time_is_refused(couple: tuple[Person, Person], asked: object, pointer: str) -> None:
    refused = couple[0].post("/v1/me/plan/proposals", asked)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
