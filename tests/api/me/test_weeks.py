"""Eight weeks in a row: what a couple is shown, though nobody answers anew."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from statistics import median
from typing import Any

import pytest

from app.service import week
from tests.people import Integrator, Person

START = datetime.fromisoformat("2026-11-25T09:30:00+00:00")
COUPLES, WEEKS = 8, 8
KINDS = ("meal", "cooking", "walk", "talk", "hobby", "outing", "game", "music", "nature", "dance", "sport", "learning")
ALL_ROOM: dict[str, Any] = {
    "conflict": {"level": "rare"},
    "busyness": {"level": "normal", "energy": "lively", "longest_slot_minutes": 480, "minutes_per_week": 1_200},
    "circumstances": {"budget": "high", "children_at_home": "none", "living": "same_home"},
    "novelty": {"comfort_zone": "ready"},
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def at_week(number: int) -> str:
    return (START + timedelta(weeks=number)).isoformat()


def some_answers(random: Random, levels: tuple[str, str]) -> dict[str, Any]:
    likes = {kind: random.choice(("ok", "like", "love")) for kind in random.sample(KINDS, 5)}
    return {
        "conflict": {"level": random.choice(levels)},
        "busyness": {
            "level": random.choice(("normal", "full")),
            "energy": random.choice(("ok", "lively")),
            "longest_slot_minutes": random.choice((60, 120, 240)),
            "minutes_per_week": random.choice((120, 240, 480)),
        },
        "circumstances": {"budget": random.choice(("low", "medium")), "children_at_home": "none"},
        "novelty": {"routine": random.randint(1, 5), "comfort_zone": random.choice(("small_step", "ready"))},
        "activity_preferences": {"likes": likes},
    }


def shown_to(person: Person) -> list[str]:
    return [activity["id"] for activity in person.view()["view"]["activities"]]


def weeks_of(integrator: Integrator, random: Random) -> Iterator[tuple[list[str], list[str]]]:
    """The lists of both in every week. They answer in the first one and again when answers lapse; one thing is done."""
    integrator.now = at_week(0)
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    # Two who live in the same weeks differ on how often they quarrel by a step at most.
    levels = random.choice((("rare", "occasional"), ("occasional", "frequent")))
    answers = some_answers(random, levels), some_answers(random, levels)
    for number in range(WEEKS):
        integrator.move_to(at_week(number), a, b)
        if number % 4 == 0:
            for person, answered in zip((a, b), answers, strict=True):
                person.report(answered)
        lists = shown_to(a), shown_to(b)
        assert (shown_to(a), shown_to(b)) == lists, "looking twice in a week shows the same"
        yield lists
        done = {"activity": lists[0][0], "outcome": "done"}
        for person in (a, b):
            assert person.post("/v1/me/feedback", done).status_code == 201


def test_eight_weeks_show_twenty_different_things_and_both_keep_sharing(
    integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    random, different, shared = Random(5), [], []
    monkeypatch.setattr(week, "new_seed", lambda: f"{random.random()}")
    for _ in range(COUPLES):
        lists = list(weeks_of(integrator, random))
        different += [len({id_ for both in lists for id_ in both[of]}) for of in (0, 1)]
        shared += [len(set(of_a) & set(of_b)) for of_a, of_b in lists]

    assert median(different) >= 20, different
    assert sum(count >= 3 for count in shared) >= 0.9 * len(shared), shared


def test_each_ones_love_has_its_share_of_eight_weeks(integrator: Integrator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(week, "new_seed", lambda: "fair")
    kind_of = {one["id"]: one["kinds"][0] for one in integrator.client.get("/v1/activities").json()["data"]}
    integrator.now = at_week(0)
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    places: Counter[tuple[int, str]] = Counter()
    for number in range(WEEKS):
        integrator.move_to(at_week(number), a, b)
        for person, love in ((a, "dance"), (b, "sport")):
            if number % 4 == 0:
                person.report(ALL_ROOM | {"activity_preferences": {"likes": {love: "love"}}})
        for who, person in enumerate((a, b)):
            places.update((who, kind_of[id_]) for id_ in shown_to(person))

    for who in (0, 1):
        dance, sport = places[who, "dance"], places[who, "sport"]
        assert min(dance, sport) >= 6, places
        assert max(dance, sport) <= 0.65 * (dance + sport), places


def test_couples_that_answer_alike_are_not_all_shown_the_same(integrator: Integrator) -> None:
    lists = [next(weeks_of(integrator, Random(7))) for _ in range(4)]

    assert len({tuple(of_a) for of_a, _ in lists}) > 1


WILLING: dict[str, Any] = {
    "time_together": {"hours_per_week": 0},
    "conflict": {"level": "rare"},
    "busyness": {"level": "overloaded"},
    "activity_preferences": {"quiet_is_welcome": True},
    "mutual": {"affection": "open"},
}
NOT_SAID = {**WILLING, "mutual": {}}
DECLINED = {**WILLING, "mutual": {"affection": "no"}}
CALLED_FOR = ("suggested", "outranked")
NEITHER, BOTH = (False, False), (True, True)


def affection_over_weeks(integrator: Integrator, *answers_of_b: dict[str, Any]) -> list[tuple[bool, bool]]:
    """Whether touch is called for, for each of two by weeks. The first always wants it; the other answers as given."""
    integrator.now = at_week(0)
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    weeks = []
    for number, answers in enumerate(answers_of_b):
        integrator.move_to(at_week(number), a, b)
        a.report(WILLING)
        b.report(answers)
        told = [person.post("/v1/me/explanations", {"target": "affection"}).json()["status"] for person in (a, b)]
        weeks.append((told[0] in CALLED_FOR, told[1] in CALLED_FOR))
    return weeks


def test_a_mutual_answer_adds_from_the_second_turn_at_which_both_held_it(integrator: Integrator) -> None:
    assert affection_over_weeks(integrator, WILLING, WILLING, WILLING) == [NEITHER, NEITHER, BOTH]
    assert affection_over_weeks(integrator, NOT_SAID, WILLING, WILLING, WILLING) == [NEITHER, NEITHER, NEITHER, BOTH]


def test_a_mutual_no_takes_away_at_once_for_oneself_and_at_the_turn_for_the_other(integrator: Integrator) -> None:
    weeks = affection_over_weeks(integrator, WILLING, WILLING, DECLINED, WILLING, WILLING, WILLING)

    assert weeks == [NEITHER, NEITHER, (True, False), NEITHER, NEITHER, BOTH]


def test_a_mutual_no_and_no_mutual_answer_look_alike_to_the_other(integrator: Integrator) -> None:
    for answers in (DECLINED, NOT_SAID):
        assert affection_over_weeks(integrator, *[answers] * 3) == [NEITHER] * 3
