"""Changes of a viewer's answers: their size, their combination, and the report that they lead to.

Only answers that a person can decide about may change, and only upwards: more time, more room, more liking.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import ceil
from typing import Any, NamedTuple, cast, get_args

from app.engine.answer_types import Budget, ComfortZone, Liking
from app.engine.constraints import UNKNOWN_BUDGET, UNKNOWN_MINUTES, AnswerValue
from app.engine.self_report import ActivityPreferences, Busyness, Circumstances, Novelty, SelfReport, TimeTogether

AnswerChanges = Mapping[str, Any]
"""New values of answers, by path; a kind of activity is the last part of its path."""

SLOT, WEEK = "busyness.longest_slot_minutes", "busyness.minutes_per_week"
LIKES, COUNTS = "activity_preferences.likes", "activity_preferences.counts_as_quality_time"
QUIET = "activity_preferences.quiet_is_welcome"
ZONE, PURPOSE = "novelty.comfort_zone", "novelty.shared_purpose"
BUDGET, DESIRED = "circumstances.budget", "time_together.desired_hours_per_week"
ACTIONABLE = (SLOT, WEEK, BUDGET, ZONE, PURPOSE, DESIRED, LIKES, COUNTS, QUIET)

LEVELS: Mapping[str, tuple[str, ...]] = {
    BUDGET: get_args(Budget),
    ZONE: get_args(ComfortZone),
    LIKES: get_args(Liking),
}
_STANDS_IN: Mapping[str, AnswerValue] = {SLOT: UNKNOWN_MINUTES, BUDGET: UNKNOWN_BUDGET, LIKES: "ok", COUNTS: 3}
"""The value from which a change is measured where an answer is missing."""
_STEP = {SLOT: 15, WEEK: 15}
"""The size of one step, in minutes; one unit or level for all other answers."""
_GROUPS = {
    "busyness": Busyness,
    "activity_preferences": ActivityPreferences,
    "novelty": Novelty,
    "circumstances": Circumstances,
    "time_together": TimeTogether,
}


class Change(NamedTuple):
    """A changed answer of the viewer: as it is and as it would have to be."""

    answer: str
    now: AnswerValue
    to: AnswerValue


def answer_of(path: str) -> str:
    """Return the answer that a path leads into: a map of kinds is one answer."""
    return ".".join(path.split(".")[:2])


def answer_now(report: SelfReport, path: str) -> Any:
    """Return one answer by its path, which may lead to a single kind of activity."""
    group, name, *kind = path.split(".")
    answers = getattr(report, group)
    value = None if answers is None else getattr(answers, name)
    return (value or {}).get(kind[0]) if kind else value


def apply_changes(report: SelfReport, changes: AnswerChanges) -> SelfReport:
    """Return the report with these answers in place of its own."""
    for path, to in changes.items():
        group, name, *kind = path.split(".")
        answers = getattr(report, group) or cast(Callable[[], Any], _GROUPS[group])()
        value = {**(getattr(answers, name) or {}), kind[0]: to} if kind else to
        report = replace(report, **{group: replace(answers, **{name: value})})
    return report


def rank(path: str, value: Any) -> Any:
    """Return the place of a value on its answer's scale; a number stands for itself."""
    levels = LEVELS.get(answer_of(path))
    return levels.index(value) if levels else value


def rank_now(report: SelfReport, path: str) -> Any:
    """Return the place of the report's answer, or of what stands in for a missing one."""
    now = answer_now(report, path)
    if now is None:
        now = _STANDS_IN.get(answer_of(path))
    if now is not None:
        return rank(path, now)
    if path == DESIRED:
        # Who names no wish is taken to wish for the time that there is.
        return answer_now(report, "time_together.hours_per_week") or 0
    return -1 if path == ZONE else 0


def order_by_question(changes: Iterable[str]) -> list[tuple[int, str]]:
    """Return the paths with the place of their question, in the order of the questions."""
    return sorted((ACTIONABLE.index(answer_of(path)), path) for path in changes)


def size_of(changes: AnswerChanges, report: SelfReport) -> tuple[int, int, list[tuple[int, str]]]:
    """Return a key that puts fewer changes first, then fewer steps, then the order of the questions."""
    steps = sum(_steps(report, path, to) for path, to in changes.items())
    return len(changes), steps, order_by_question(changes)


def smaller_changes(changes: AnswerChanges, report: SelfReport) -> Iterator[AnswerChanges]:
    """Yield the changes with some of them left out, then with one of them a level or more lower."""
    for count in range(1, len(changes)):
        for paths in combinations(changes, count):
            yield {path: changes[path] for path in paths}
    # A number has no levels: its change is the smallest one that meets the constraint already.
    for path, to in changes.items():
        levels = LEVELS.get(answer_of(path), ())
        for level in levels[: rank(path, to) if levels else 0]:
            if rank(path, level) > rank_now(report, path):
                yield {**changes, path: level}


def subsets(changes: Sequence[AnswerChanges], room: int) -> Iterator[tuple[AnswerChanges, ...]]:
    """Yield all choices of at most `room` of them, the empty one first."""
    for count in range(room + 1):
        yield from combinations(changes, count)


def join(parts: Iterable[AnswerChanges]) -> AnswerChanges:
    """Return all changes at once; where two concern the same answer, the larger one counts."""
    joined: dict[str, Any] = {}
    for part in parts:
        for path, to in part.items():
            if path not in joined or rank(path, to) > rank(path, joined[path]):
                joined[path] = to
    return joined


def is_within(smaller: AnswerChanges, larger: AnswerChanges) -> bool:
    """Tell whether every change of the smaller set goes no further than the same change of the larger one."""
    return all(path in larger and rank(path, to) <= rank(path, larger[path]) for path, to in smaller.items())


def _steps(report: SelfReport, path: str, to: AnswerValue) -> int:
    further: float = rank(path, to) - rank_now(report, path)
    # A quarter of an hour or an hour that is started counts as a whole step.
    return ceil(further / _STEP.get(path, 1))
