from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from app.service.progress import is_getting_heavier

FROM_LIGHT_TO_HEAVY: dict[str, list[Any]] = {
    "conflict.level": ["rare", "occasional", "frequent", "chronic"],
    "conflict.unresolved_issues": ["none", "some", "many"],
    "closeness.level": [7, 6, 5, 4, 3, 2, 1],
    "closeness.appreciated": ["always", "often", "sometimes", "rarely", "never"],
    "communication.ease": ["easy", "effortful", "strained"],
    "communication.trust": [5, 4, 3, 2, 1],
    "busyness.stress": ["none", "some", "high", "overwhelming"],
    "time_together.feels": ["about_right", "too_little", "far_too_little"],
}


def a_report(answers: Mapping[str, object]) -> dict[str, dict[str, object]]:
    plain: dict[str, dict[str, object]] = {}
    for path, answer in answers.items():
        group, _, name = path.partition(".")
        plain.setdefault(group, {})[name] = answer
    return plain


def gets_heavier(*answers: Mapping[str, object]) -> bool:
    return is_getting_heavier([a_report(each) for each in answers])


@pytest.mark.parametrize("path", FROM_LIGHT_TO_HEAVY)
def test_each_answer_has_one_direction(path: str) -> None:
    # What was worse, and got worse again, whatever this answer says: so it decides alone which way the last step goes.
    levels = FROM_LIGHT_TO_HEAVY[path]
    other = "conflict.level" if path != "conflict.level" else "busyness.stress"
    light, heavy = FROM_LIGHT_TO_HEAVY[other][:2]
    for lighter, heavier in pairwise(levels):
        before = [{other: light, path: lighter}, {other: heavy, path: lighter}]
        assert gets_heavier(*before, {other: heavy, path: heavier})
        before = [{other: light, path: heavier}, {other: heavy, path: heavier}]
        assert not gets_heavier(*before, {other: heavy, path: lighter})


@pytest.mark.parametrize("alike", ["enough", "plenty"])
def test_enough_time_weighs_no_more_than_time_that_is_about_right(alike: str) -> None:
    first, second = {"conflict.level": "rare"}, {"conflict.level": "occasional"}

    assert not gets_heavier(first, {**second, "time_together.feels": "about_right"}, {"time_together.feels": alike})
    assert gets_heavier(first, {**second, "time_together.feels": alike}, {**second, "time_together.feels": "too_much"})


def test_as_much_better_as_worse_is_not_worse() -> None:
    first, second = {"conflict.level": "rare"}, {"conflict.level": "occasional", "closeness.level": 4}

    assert not gets_heavier(first, second, {"conflict.level": "frequent", "closeness.level": 7})
    assert gets_heavier(first, second, {"conflict.level": "frequent", "closeness.level": 4})


def test_what_was_not_answered_both_times_does_not_count() -> None:
    first, second = {"conflict.level": "rare"}, {"conflict.level": "occasional"}

    assert not gets_heavier(first, second, {"closeness.level": 1})
    assert not gets_heavier(first, {**second, "closeness.level": 7}, {"busyness.stress": "overwhelming"})


@pytest.mark.parametrize("number", [0, 1, 2])
def test_fewer_than_three_reports_say_nothing(number: int) -> None:
    worse = [{"conflict.level": level} for level in FROM_LIGHT_TO_HEAVY["conflict.level"]]

    assert not gets_heavier(*worse[:number])


def test_only_the_last_three_count() -> None:
    levels = [{"conflict.level": level} for level in ("chronic", "rare", "occasional", "frequent")]

    assert gets_heavier(*levels)
    assert not gets_heavier(*levels, levels[-1])
