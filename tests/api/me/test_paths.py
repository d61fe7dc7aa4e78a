"""A path over weeks: begun, half done, left; and what of it another reader sees."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.people import Integrator, Person
from tests.unlocked import unlock

START = datetime.fromisoformat("2026-11-23T09:30:00+00:00")
CHECK_IN, BREACH = "a-check-in-that-stays", "after-a-breach"
FIRST, ALONE = "thumb-before-words", "midday-kind-word"
FOR_ONESELF = ("ten-quiet-minutes-for-you", "what-would-you-tell-a-counsellor")
ROOM: dict[str, Any] = {"busyness": {"level": "normal", "longest_slot_minutes": 60, "minutes_per_week": 600}}


def in_weeks(weeks: float) -> str:
    return (START + timedelta(weeks=weeks)).isoformat().replace("+00:00", "Z")


@pytest.fixture
def person(integrator: Integrator) -> Person:
    integrator.now = in_weeks(0)
    person = integrator.add()
    person.report(ROOM)
    return person


def own(person: Person, path: str = CHECK_IN) -> dict[str, Any]:
    listed = person.get("/v1/me/paths")
    assert listed.status_code == 200, listed.text
    found: dict[str, Any] = next(each for each in listed.json()["data"] if each["id"] == path)
    return found


def begin(person: Person, path: str = CHECK_IN) -> dict[str, Any]:
    begun = person.put(f"/v1/me/paths/{path}")
    assert begun.status_code == 200, begun.text
    body: dict[str, Any] = begun.json()
    return body


def steps_in(view: dict[str, Any]) -> dict[str, Any]:
    return {each["id"]: each["path"] for each in view["activities"] if each["path"]}


def do(person: Person, activity: str) -> None:
    assert person.post("/v1/me/feedback", {"activity": activity, "outcome": "done"}).status_code == 201


def test_a_path_is_begun_half_done_and_left(integrator: Integrator, person: Person) -> None:
    assert own(person) == {"id": CHECK_IN, "title": own(person)["title"], "begun_on": None, "step": None, "of": 5}
    assert begin(person) == own(person)
    assert (own(person)["begun_on"], own(person)["step"]) == ("2026-11-23", 1)

    for week in (0, 1, 2):
        integrator.move_to(in_weeks(week), person)
        person.report(ROOM)
        assert steps_in(person.view()["view"]) == {ALONE: {"id": CHECK_IN, "step": 2, "of": 5}}, "never by date"
    do(person, "thumb-before-words")
    assert own(person)["step"] == 2
    do(person, ALONE)
    assert own(person)["step"] == 3
    assert steps_in(person.view()["view"]) == {}, "the other steps are for two, and one alone began it"

    assert person.delete(f"/v1/me/paths/{CHECK_IN}").status_code == 204
    assert own(person)["begun_on"] is None
    assert person.delete(f"/v1/me/paths/{CHECK_IN}").status_code == 204


def test_going_on_with_a_path_begins_nothing_anew(integrator: Integrator, person: Person) -> None:
    begin(person)
    do(person, "thumb-before-words")
    integrator.move_to(in_weeks(1), person)

    assert (begin(person)["begun_on"], begin(person)["step"]) == ("2026-11-23", 2)


def test_after_leaving_its_steps_come_no_longer(person: Person) -> None:
    without = person.view()["view"]
    begin(person)
    assert steps_in(person.view()["view"])
    person.delete(f"/v1/me/paths/{CHECK_IN}")

    assert person.view()["view"] == without


def test_there_is_no_other_path(person: Person) -> None:
    for answer in (person.put("/v1/me/paths/no-such"), person.put("/v1/me/paths/evening-walk")):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_no_path_is_begun_without_consent(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)

    assert person.put(f"/v1/me/paths/{CHECK_IN}").json()["code"] == "consent_required"
    assert person.get("/v1/me/paths").json()["code"] == "consent_required"


def test_a_path_for_something_private_is_read_by_an_unlocked_token_alone(person: Person) -> None:
    begin(person, BREACH)
    unlock(person)
    assert own(person, BREACH)["begun_on"] is None, "a passphrase opens nothing from before it"
    assert begin(person, BREACH)["step"] == 1
    do(person, FOR_ONESELF[0])
    assert own(person, BREACH)["step"] == 2
    person.delete("/v1/me/unlock")

    assert own(person, BREACH)["begun_on"] is None
    assert begin(person, BREACH) == own(person, BREACH)
    assert person.get("/v1/me/export").json()["paths"] == []


def test_in_a_quiet_view_a_path_for_something_private_has_no_name(person: Person) -> None:
    begin(person, BREACH)
    person.report({**ROOM, "private": {"recent_breach": True}})

    view = person.view()["view"]

    assert steps_in(view) == {}
    assert BREACH not in person.get("/v1/me/view").text


def test_what_is_exported_is_what_was_begun(person: Person) -> None:
    begin(person)

    assert person.get("/v1/me/export").json()["paths"] == [{"id": CHECK_IN, "begun_on": "2026-11-23"}]


@pytest.fixture
def two(integrator: Integrator) -> tuple[Person, Person]:
    integrator.now = in_weeks(0)
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    for person in (a, b):
        person.report(ROOM)
    return a, b


def shown(person: Person) -> dict[str, int]:
    """The steps of the path that the partner reads, by activity."""
    return {id_: step["step"] for id_, step in steps_in(person.view()["view"]).items() if step["id"] == CHECK_IN}


def test_steps_for_two_come_at_the_turn_where_both_began_it(integrator: Integrator, two: tuple[Person, Person]) -> None:
    a, b = two
    begin(a)
    integrator.move_to(in_weeks(1), a, b)
    assert (shown(a), shown(b)) == ({ALONE: 2}, {})
    begin(b)
    assert (shown(a), shown(b)) == ({ALONE: 2}, {ALONE: 2}), "nothing shows to the other between two turns"
    integrator.move_to(in_weeks(2), a, b)

    assert shown(a) == shown(b) == {FIRST: 1}
    do(a, FIRST)
    assert (shown(a), shown(b)) == ({ALONE: 2}, {FIRST: 1}), "each goes on by what they did themselves"


def test_leaving_shows_to_the_other_at_the_turn_alone(integrator: Integrator, two: tuple[Person, Person]) -> None:
    a, b = two
    begin(a)
    begin(b)
    integrator.move_to(in_weeks(1), a, b)
    before = a.view()
    assert steps_in(before["view"])
    b.delete(f"/v1/me/paths/{CHECK_IN}")

    assert shown(b) == {}
    assert a.view() == before
    integrator.move_to(in_weeks(2), a, b)
    assert shown(a) == {ALONE: 2}


def test_a_path_begun_before_they_were_linked_counts_for_both(integrator: Integrator) -> None:
    integrator.now = in_weeks(0)
    a, b = integrator.add(), integrator.add()
    begin(a)
    begin(b)
    integrator.link(a, b)
    for person in (a, b):
        person.report(ROOM)
    integrator.move_to(in_weeks(1), a, b)

    assert shown(a) == shown(b) == {FIRST: 1}
