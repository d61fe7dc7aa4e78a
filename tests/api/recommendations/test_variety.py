"""Over weeks: what comes back, what never does, and that none of it is the other's to see."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.people import Integrator, Person

START = datetime.fromisoformat("2026-11-23T09:30:00+00:00")
REST_DAYS = {"ritual": 7, "seasonal": 90, "once": 365}
REPORT: dict[str, Any] = {
    "busyness": {"level": "slack", "longest_slot_minutes": 480},
    "novelty": {"routine": 5, "boredom": 5, "comfort_zone": "ready"},
    "circumstances": {"budget": "high", "children_at_home": "none"},
    "activity_preferences": {"likes": {"walk": "love", "learning": "love", "dance": "like", "screen": "ok"}},
}
WALK, BREAKFAST = "evening-walk", "breakfast-before-phones"


def on_day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat().replace("+00:00", "Z")


def offered(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.view()["view"]["activities"]
    return found


def say(person: Person, activity: str, **said: object) -> dict[str, Any]:
    answer = person.post("/v1/me/feedback", {"activity": activity, "outcome": "done", **said})
    assert answer.status_code == 201, answer.text
    given: dict[str, Any] = answer.json()
    return given


def choose(person: Person, activity: str, choice: str = "yes") -> None:
    answer = person.put(f"/v1/me/choices/{activity}", {"choice": choice})
    assert answer.status_code == 200, answer.text


def test_nothing_done_comes_back_within_its_rest(integrator: Integrator) -> None:
    """Everything that is offered is done at once, for a quarter of a year; only loved rituals come round."""
    integrator.now = on_day(0)
    person = integrator.add()
    done: dict[str, int] = {}
    came_back: set[str] = set()
    for day in range(0, 92, 4):
        integrator.move_to(on_day(day), person)
        if day % 28 == 0:
            person.report(REPORT)
        for activity in offered(person):
            if activity["id"] in done and day - done[activity["id"]] < REST_DAYS[activity["repeat"]]:
                assert activity["repeat"] == "ritual"
                assert set(activity["kinds"]) & {"walk", "learning", "dance"}
            came_back |= {activity["id"]} & done.keys()
            done[activity["id"]] = day
            say(person, activity["id"])

    assert len(done) > 10
    assert came_back


def test_what_was_done_rests_for_as_long_as_it_says(integrator: Integrator) -> None:
    integrator.now = on_day(0)
    person = integrator.add()
    person.report({**REPORT, "activity_preferences": {"likes": {"screen": "ok"}}})
    before = offered(person)
    for activity in before:
        say(person, activity["id"])
    resting = offered(person)
    integrator.move_to(on_day(365), person)

    assert before
    assert not {each["id"] for each in before} & {each["id"] for each in resting}
    assert fits_again(person, [each["id"] for each in before])


def fits_again(person: Person, activities: list[str]) -> bool:
    """Nothing but a place on the list is lacking."""
    explained = [person.post("/v1/me/explanations", {"target": activity}).json() for activity in activities]
    return {each["status"] for each in explained} <= {"suggested", "outranked"}


@pytest.mark.parametrize(("theirs", "comes_back"), [("love", True), ("ok", False)])
def test_only_a_ritual_that_both_like_comes_back_at_once(
    integrator: Integrator, theirs: str, *, comes_back: bool
) -> None:
    integrator.now = on_day(0)
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    for person, liking in ((a, "love"), (b, theirs)):
        person.report({"activity_preferences": {"likes": {"meal": liking, "screen": "ok"}}})
    before = fits_again(a, [BREAKFAST])
    say(a, BREAKFAST)
    at_once = fits_again(a, [BREAKFAST])
    integrator.move_to(on_day(7), a)

    assert before
    assert at_once is comes_back
    assert fits_again(a, [BREAKFAST])


def test_what_is_not_for_us_never_comes_back(integrator: Integrator) -> None:
    integrator.now = on_day(0)
    person = integrator.add()
    person.report(REPORT)
    refused = [each["id"] for each in offered(person)]
    for activity in refused:
        choose(person, activity, "not_for_us")

    for week in (0, 1, 2, 8, 60, 200):
        integrator.move_to(on_day(7 * week), person)
        assert not {each["id"] for each in offered(person)} & set(refused)


def test_what_is_not_for_now_comes_back_after_the_second_turn(integrator: Integrator) -> None:
    integrator.now = on_day(0)
    person = integrator.add()
    person.report(REPORT)
    before = [each["id"] for each in offered(person)]
    for activity in before:
        choose(person, activity, "not_now")
    put_off = [each["id"] for each in offered(person)]
    integrator.move_to("2026-12-06T23:59:59Z", person)
    on_the_last_day = [each["id"] for each in offered(person)]
    integrator.move_to("2026-12-07T00:00:00Z", person)

    assert not set(before) & (set(put_off) | set(on_the_last_day))
    assert fits_again(person, before)


def choose_alone(a: Person) -> None:
    choose(a, "tea-in-silence")
    choose(a, "cook-one-dish")
    choose(a, "dance-class", "not_for_us")
    choose(a, "couples-retreat", "not_now")
    a.delete("/v1/me/choices/cook-one-dish")


def give_feedback(a: Person) -> None:
    for activity in (WALK, "dance-class"):
        say(a, activity, felt_accepted=1, felt_pressured=5)
    say(a, "tea-in-silence", outcome="declined", reason="unsafe")


def take_back(a: Person) -> None:
    a.delete(f"/v1/me/choices/{WALK}")


def name_and_open(a: Person) -> None:
    (item,) = a.get("/v1/me/plan").json()["data"]
    a.ask("PATCH", f"/v1/me/plan/items/{item['id']}", {"title": "errand"}, **{"If-Match": item["etag"]})
    a.client.get(a.post("/v1/me/calendar").json()["url"])


def say_yes_again(a: Person) -> None:
    choose(a, WALK)


def change_every_mind(a: Person) -> None:
    for act in (choose_alone, give_feedback, name_and_open, take_back):
        act(a)


@pytest.mark.usefixtures("one_seed")
@pytest.mark.parametrize(
    "act", [choose_alone, give_feedback, take_back, name_and_open, say_yes_again, change_every_mind]
)
def test_what_one_does_alone_changes_nothing_that_the_other_sees(
    integrator: Integrator, act: Callable[[Person], None]
) -> None:
    """Two couples alike in everything; in one of them A acts. Compared whole, until the turn."""
    integrator.now = on_day(0)
    (a, b), (_, d) = (couple_with_a_walk(integrator) for _ in range(2))
    act(a)

    for now in (on_day(0), "2026-11-29T23:59:59Z"):
        integrator.move_to(now, b, d)
        assert seen_by(b) == seen_by(d)
    assert '"shared":true' in seen_by(b)["/v1/me/plan"]


@pytest.mark.usefixtures("one_seed")
def test_after_the_turn_the_other_sees_no_more_than_that_the_item_is_gone(integrator: Integrator) -> None:
    integrator.now = on_day(0)
    (a, b), (_, d) = (couple_with_a_walk(integrator) for _ in range(2))
    change_every_mind(a)
    integrator.move_to("2026-11-30T00:00:00Z", b, d)
    of_b, of_d = seen_by(b), seen_by(d)

    assert '"data":[]' in of_b.pop("/v1/me/plan")
    assert '"shared":true' in of_d.pop("/v1/me/plan")
    assert of_b == of_d


def couple_with_a_walk(integrator: Integrator) -> tuple[Person, Person]:
    a, b = integrator.add(), integrator.add()
    integrator.share(a, b, WALK)
    for person in (a, b):
        person.report(REPORT)
        choose(person, WALK)
    return a, b


def seen_by(person: Person) -> dict[str, str]:
    """Everything that this partner can read, without the ids that are random for each."""
    decision = person.view()["decision"]
    paths = ("/v1/me/view", "/v1/me/choices", "/v1/me/plan", "/v1/me/progress", "/v1/me/consents", "/v1/me/reports")
    read = {path: person.get(path) for path in paths}
    (items,) = [read["/v1/me/plan"].json()["data"]]
    masked = [decision, *(each[name].strip('"') for each in items for name in ("id", "etag"))]
    masked += [each["id"] for each in read["/v1/me/reports"].json()["data"]]
    return {path: f"{answer.status_code} {without(answer.text, masked)}" for path, answer in read.items()}


def without(text: str, masked: list[str]) -> str:
    for each in masked:
        text = text.replace(each, "…")
    return text
