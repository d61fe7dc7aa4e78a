"""All activities as bits of whole numbers, so that a set of activities is one integer and a limit is one `&`.

Bits are given by effort, then evidence, then id: within equals, the lowest bit is the one to offer first.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.engine.ruleset import Activity
from app.engine.vocabulary import KINDS

Mask = int
"""A set of activities, one bit each."""

CHRONIC_MINUTES = 45
CHRONIC_QUALITY_TIME_MINUTES = 30
UNKNOWN_MINUTES = 60
SMALL_STEP_MINUTES = 30
SMALL_STEP_NOVELTY = 1
FIRST_STEP_MINUTES = 15
_EFFORT_BANDS = (15, 30, 60)
_GRADES = ("A", "A-", "B", "B-", "C", "C-", "D")
_COSTS = ("free", "low", "medium", "high")
_CEILINGS = ("rare", "occasional", "frequent", "chronic")


@dataclass(frozen=True, slots=True)
class Threshold:
    """The activities that need at most so much of something."""

    levels: tuple[int, ...]
    masks: tuple[Mask, ...]

    def within(self, limit: int) -> Mask:
        """Those that stay within the limit."""
        return self.masks[bisect_right(self.levels, limit)]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The masks that `fit`, `rank` and `select` work with. `order` maps a bit's position to its activity."""

    order: tuple[Activity, ...]
    everything: Mask
    joint: Mask
    by_minutes: Threshold
    by_minutes_a_week: Threshold
    by_novelty: Threshold
    by_cost: Mapping[str | None, Mask]
    by_kind: Mapping[str, Mask]
    by_tone: Mapping[str, Mask]
    by_practice: Mapping[str, Mask]
    by_conflict: tuple[Mask, ...]
    unsuitable: Mapping[str, Mask]
    not_lively: Mask
    not_away: Mask
    for_anyone: Mask
    remote: Mask
    no_alcohol: Mask
    parallel: Mask
    small_steps: Mask
    first_steps: Mask


def index(activities: Iterable[Activity], quality_time: frozenset[str]) -> Catalogue:
    """Lay the activities out. `quality_time` names the practices that chronic conflict bounds more tightly."""
    order = tuple(sorted(activities, key=_offered_first))

    def those(holds: Callable[[Activity], bool]) -> Mask:
        return sum(1 << bit for bit, activity in enumerate(order) if holds(activity))

    def threshold(of: Callable[[Activity], int]) -> Threshold:
        levels = tuple(sorted({of(activity) for activity in order}))
        return Threshold(levels, (0, *(those(lambda a, most=most: of(a) <= most) for most in levels)))  # type: ignore[misc]

    def at_conflict(level: int) -> Mask:
        return those(lambda a: _CEILINGS.index(a.conflict_ceiling) >= level and _is_bounded(a, level, quality_time))

    by_minutes, by_novelty = threshold(lambda a: a.minutes), threshold(lambda a: a.novelty)
    by_cost = {cost: those(lambda a, most=i: _COSTS.index(a.cost) <= most) for i, cost in enumerate(_COSTS)}  # type: ignore[misc]
    return Catalogue(
        order=order,
        everything=(1 << len(order)) - 1,
        joint=those(lambda a: a.together),
        by_minutes=by_minutes,
        by_minutes_a_week=threshold(lambda a: a.minutes_a_week or 0),
        by_novelty=by_novelty,
        by_cost={**by_cost, None: by_cost["low"]},
        by_kind={kind: those(lambda a, k=kind: k in a.kinds) for kind in KINDS},  # type: ignore[misc]
        by_tone={tone: those(lambda a, t=tone: t in a.tones) for tone in ("surprise", "romantic", "intense")},  # type: ignore[misc]
        by_practice={p: those(lambda a, p=p: a.practice == p) for p in {a.practice for a in order}},  # type: ignore[misc]
        by_conflict=(*(at_conflict(level) for level in range(len(_CEILINGS))), at_conflict(0)),
        unsuitable={
            limit: those(lambda a, limit=limit: limit in a.unsuitable_for)  # type: ignore[misc]
            for limit in ("mobility", "pain", "fatigue", "sensory", "other")
        },
        not_lively=those(lambda a: a.energy != "lively"),
        not_away=those(lambda a: a.children != "away"),
        for_anyone=those(lambda a: not a.parents_only),
        remote=those(lambda a: a.remote),
        no_alcohol=those(lambda a: not a.alcohol),
        parallel=those(lambda a: a.together and a.interaction == "parallel"),
        small_steps=by_minutes.within(SMALL_STEP_MINUTES) & by_novelty.within(SMALL_STEP_NOVELTY),
        first_steps=by_minutes.within(FIRST_STEP_MINUTES),
    )


def _offered_first(activity: Activity) -> tuple[int, int, str]:
    return bisect_right(_EFFORT_BANDS, activity.minutes - 1), _GRADES.index(activity.grade), activity.id


def _is_bounded(activity: Activity, level: int, quality_time: frozenset[str]) -> bool:
    if _CEILINGS[level] != "chronic":
        return True
    if activity.practice in quality_time:
        return activity.fixed_end and activity.minutes <= CHRONIC_QUALITY_TIME_MINUTES
    return activity.minutes <= CHRONIC_MINUTES
