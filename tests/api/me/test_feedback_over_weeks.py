"""What each part of feedback changes in the lists of the next four weeks, in one's own view, and what it says."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.people import Integrator, Person

START = datetime.fromisoformat("2026-11-23T09:30:00+00:00")
ROOM: dict[str, Any] = {
    "busyness": {"level": "slack", "longest_slot_minutes": 480, "minutes_per_week": 900, "energy": "lively"},
    "novelty": {"routine": 5, "boredom": 5, "comfort_zone": "ready"},
    "circumstances": {"budget": "high", "children_at_home": "under_6", "childcare": True},
    "communication": {"ease": "effortful"},
    "activity_preferences": {"likes": {"dance": "love", "outing": "like", "talk": "like", "screen": "ok"}},
}
SHORTER = "One of the last ideas was too long for you, so these are shorter."
LIGHTER = "You were too tired for one of the last ideas, so these ask less of you."
CHEAPER = "One of the last ideas cost too much for you, so these cost less."
EVENING_WALK = 20
NOT_NOW = "Other things may help more right now. This can wait."

View = dict[str, Any]


@pytest.fixture
def person(integrator: Integrator) -> Person:
    integrator.now = in_weeks(0)
    person = integrator.add(country="US")
    person.report(ROOM)
    return person


def in_weeks(weeks: float) -> str:
    return (START + timedelta(weeks=weeks)).isoformat().replace("+00:00", "Z")


def say(person: Person, activity: str, outcome: str = "skipped", **said: object) -> None:
    answer = person.post("/v1/me/feedback", {"activity": activity, "outcome": outcome, **said})
    assert answer.status_code == 201, answer.text


def view_of(person: Person) -> View:
    view: View = person.view()["view"]
    return view


def after_weeks(integrator: Integrator, person: Person, weeks: float) -> View:
    integrator.move_to(in_weeks(weeks), person)
    return view_of(person)


def facts(person: Person, activity: str) -> dict[str, Any]:
    found: dict[str, Any] = person.get(f"/v1/activities/{activity}").json()
    return found


def ids(view: View) -> set[str]:
    return {each["id"] for each in view["activities"]}


def is_resting(person: Person, activity: str) -> bool:
    """Whether it is kept out for a while, with no more said than that."""
    why = person.post("/v1/me/explanations", {"target": activity}).json()
    return why["status"] == "withheld" and [each["text"] for each in why["because"]] == [NOT_NOW]


@pytest.mark.parametrize("reason", ["too_long", "no_time"])
def test_what_was_too_long_is_followed_by_two_thirds_of_it_at_most(
    integrator: Integrator, person: Person, reason: str
) -> None:
    assert any(each["minutes"] >= 60 for each in view_of(person)["activities"])
    say(person, "screens-off-hour", reason=reason)

    for weeks in (0, 3.9):
        view = after_weeks(integrator, person, weeks)
        assert view["activities"]
        assert all(each["minutes"] <= 40 for each in view["activities"])
        assert SHORTER in view["limits"]
    later = after_weeks(integrator, person, 4.1)
    assert any(each["minutes"] >= 60 for each in later["activities"])
    assert SHORTER not in later["limits"]


def test_it_is_said_only_where_everything_is_shorter(person: Person) -> None:
    """What takes ten minutes is never too long to be shown, so with it on the list the sentence would be untrue."""
    assert facts(person, "watch-the-rain")["minutes"] == 10
    say(person, "watch-the-rain", reason="too_long")

    view = view_of(person)

    assert max(each["minutes"] for each in view["activities"]) == 10
    assert SHORTER not in view["limits"]


def test_what_was_too_tiring_is_followed_by_what_asks_for_less(integrator: Integrator, person: Person) -> None:
    assert {"ok", "lively"} & {each["energy"] for each in view_of(person)["activities"]}
    assert facts(person, "evening-walk")["energy"] == "ok"
    say(person, "evening-walk", "declined", reason="too_tired")

    view = after_weeks(integrator, person, 1)

    assert is_all_light(view)
    assert LIGHTER in view["limits"]
    later = after_weeks(integrator, person, 4.1)
    assert {"ok", "lively"} & {each["energy"] for each in later["activities"]}
    assert LIGHTER not in later["limits"]


def test_where_even_rest_was_too_much_short_rest_is_left_and_nothing_is_said(person: Person) -> None:
    assert facts(person, "tea-in-silence")["energy"] == "drained"
    say(person, "tea-in-silence", reason="too_tired")

    view = view_of(person)

    assert {each["energy"] for each in view["activities"]} == {"drained"}
    assert max(each["minutes"] for each in view["activities"]) <= 15
    assert LIGHTER not in view["limits"]


def test_what_was_too_dear_is_followed_by_what_costs_less(integrator: Integrator, person: Person) -> None:
    assert any(each["cost"] != "free" for each in view_of(person)["activities"])
    assert facts(person, "mystery-outing")["cost"] == "low"
    say(person, "mystery-outing", reason="too_expensive")

    view = after_weeks(integrator, person, 1)

    assert {each["cost"] for each in view["activities"]} == {"free"}
    assert CHEAPER in view["limits"]
    assert CHEAPER not in after_weeks(integrator, person, 4.1)["limits"]


def is_all_light(view: View) -> bool:
    """Whether nothing asks for as much as an evening's walk does."""
    return all(
        each["energy"] == "drained" or (each["energy"] == "ok" and each["minutes"] <= 2 * EVENING_WALK / 3)
        for each in view["activities"]
    )


def check_in(person: Person, energy: str, **more: Any) -> View:
    answer = person.post("/v1/me/check-ins", {"answers": {"busyness": {"energy": energy}, **more}})
    assert answer.status_code == 201, answer.text
    return view_of(person)


@pytest.mark.parametrize("enough", ["ok", "lively"])
def test_who_tells_of_energy_again_is_tired_no_longer(integrator: Integrator, person: Person, enough: str) -> None:
    assert (facts(person, "evening-walk")["energy"], facts(person, "evening-walk")["minutes"]) == ("ok", EVENING_WALK)
    say(person, "evening-walk", reason="too_tired")
    tired = after_weeks(integrator, person, 1)
    assert is_all_light(tired)
    assert LIGHTER in tired["limits"]

    assert is_all_light(check_in(person, "drained"))
    rested = check_in(person, enough)

    assert not is_all_light(rested)
    assert LIGHTER not in rested["limits"]
    say(person, "evening-walk", reason="too_tired")
    assert is_all_light(view_of(person))


def test_an_answer_that_is_not_newer_or_is_kept_private_ends_nothing(integrator: Integrator, person: Person) -> None:
    integrator.move_to(in_weeks(1), person)
    say(person, "evening-walk", reason="too_tired")

    earlier = {"answers": {"busyness": {"energy": "lively"}}, "answered_on": in_weeks(0.5)[:10]}
    assert person.post("/v1/me/check-ins", earlier).status_code == 201
    assert is_all_light(view_of(person))
    assert is_all_light(check_in(person, "lively", keep_private=["busyness.energy"]))


def test_what_was_done_since_ends_what_it_contradicts(integrator: Integrator, person: Person) -> None:
    refused = {"evening-walk": "too_tired", "screens-off-hour": "too_long", "mystery-outing": "too_expensive"}
    for activity, reason in refused.items():
        say(person, activity, reason=reason)
    view = after_weeks(integrator, person, 1)
    assert {SHORTER, LIGHTER, CHEAPER} <= {*view["limits"]}
    done = facts(person, "dance-class")
    assert (done["energy"], done["minutes"], done["cost"]) == ("lively", 75, "medium")
    say(person, "dance-class", "done")

    view = after_weeks(integrator, person, 2)

    assert not {SHORTER, LIGHTER, CHEAPER} & {*view["limits"]}
    assert not is_all_light(view)
    assert any(each["minutes"] > 40 for each in view["activities"])


def test_it_is_said_of_one_or_of_several_and_only_while_nothing_newer_is_known(
    integrator: Integrator, person: Person
) -> None:
    several = "The last ones were too long for you, so these are shorter."
    say(person, "screens-off-hour", reason="too_long")
    say(person, "dance-class", reason="no_time")

    view = after_weeks(integrator, person, 1)

    assert several in view["limits"]
    assert SHORTER not in view["limits"]
    say(person, "watch-the-rain", "done")
    later = after_weeks(integrator, person, 2)
    assert all(each["minutes"] <= 40 for each in later["activities"])
    assert not {several, SHORTER} & {*later["limits"]}


@pytest.mark.parametrize("reason", ["too_long", "too_tired", "too_expensive"])
def test_what_was_refused_is_not_back_when_the_rest_has_given_way(
    integrator: Integrator, person: Person, reason: str
) -> None:
    say(person, "mystery-outing", reason=reason)

    for weeks in (4.1, 7.9):
        integrator.move_to(in_weeks(weeks), person)
        assert is_resting(person, "mystery-outing")
    integrator.move_to(in_weeks(8.1), person)
    assert not is_resting(person, "mystery-outing")


def test_without_childcare_what_the_children_may_be_near_comes_first(integrator: Integrator, person: Person) -> None:
    def children(view: View) -> set[str]:
        return {facts(person, each["id"])["children"] for each in view["activities"]}

    assert "away" in children(view_of(person))
    say(person, "dance-class", reason="no_childcare")

    for weeks in (0, 1, 2):
        assert "away" not in children(after_weeks(integrator, person, weeks))


@pytest.mark.parametrize(
    ("said", "weeks"),
    [
        ({"outcome": "declined"}, 4),
        ({"outcome": "declined", "reason": "partner_declined"}, 8),
        ({"outcome": "skipped", "reason": "not_our_kind_of_thing"}, 90 / 7),
    ],
)
def test_what_was_declined_rests_and_nothing_is_said_of_it(
    integrator: Integrator, person: Person, said: dict[str, Any], weeks: float
) -> None:
    before = view_of(person)
    declined = next(each["id"] for each in before["activities"] if each["together"])
    say(person, declined, **said)

    for later in (0, weeks - 0.2):
        view = after_weeks(integrator, person, later)
        assert declined not in ids(view)
        assert view["limits"] == before["limits"]
        assert is_resting(person, declined)
    integrator.move_to(in_weeks(weeks + 0.2), person)
    assert not is_resting(person, declined)


@pytest.mark.parametrize("reason", ["partner_declined", "not_our_kind_of_thing", "unsafe", "felt_forced"])
def test_near_duplicates_of_what_was_refused_rest_with_it(person: Person, reason: str) -> None:
    say(person, "new-route", "declined", reason=reason)

    assert is_resting(person, "evening-walk") == (reason != "felt_forced")


def test_who_felt_little_accepted_is_asked_nothing_hard_first(integrator: Integrator, person: Person) -> None:
    def asks(view: View) -> set[str]:
        return {ask for each in view["activities"] for ask in facts(person, each["id"])["asks"]}

    before = view_of(person)
    say(person, "back-on-the-bike", "done", felt_accepted=2)

    view = after_weeks(integrator, person, 1)

    assert asks(before)
    assert not asks(view)
    assert view["limits"] == before["limits"]
    assert asks(after_weeks(integrator, person, 4.1))


def test_who_felt_accepted_reads_on_as_before(person: Person) -> None:
    before = view_of(person)
    say(person, "back-on-the-bike", "done", felt_accepted=3)

    assert view_of(person) == before


@pytest.mark.parametrize("said", [{"felt_pressured": 4, "outcome": "done"}, {"reason": "felt_forced"}])
def test_after_pressure_small_things_come_and_nothing_is_said(
    integrator: Integrator, person: Person, said: dict[str, Any]
) -> None:
    before = view_of(person)
    say(person, "back-on-the-bike", **said)

    view = after_weeks(integrator, person, 1)

    assert max(each["minutes"] for each in view["activities"]) <= 30 < max(e["minutes"] for e in before["activities"])
    assert view["limits"] == before["limits"]


def test_what_one_said_changes_nothing_for_the_other(integrator: Integrator) -> None:
    integrator.now = in_weeks(0)
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    a.report(ROOM)
    b.report(ROOM)
    integrator.move_to(in_weeks(1), a, b)
    before = b.view()
    for activity in before["view"]["activities"]:
        say(a, activity["id"], "declined", felt_accepted=1, felt_pressured=5)
    say(a, "screens-off-hour", reason="too_long")

    assert b.view() == before
    assert a.view()["view"] != before["view"]
