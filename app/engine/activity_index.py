"""All activities as bits of whole numbers, so that a set of activities is one integer and a limit is one `&`.

Bits are given by effort, then evidence, then id: within equals, the lowest bit is the one to offer first.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from app.engine.bitset import Mask, Threshold, from_flags
from app.engine.ruleset import Activity, Grade, Repeat, Tone
from app.engine.self_report import HealthLimit
from app.engine.vocabulary import KINDS, PRACTICES

CHRONIC_MINUTES = 45
CHRONIC_QUALITY_TIME_MINUTES = 30
UNKNOWN_MINUTES = 60
SMALL_STEP_MINUTES = 30
SMALL_STEP_NOVELTY = 1
FIRST_STEP_MINUTES = 15
EFFORT_BANDS = (15, 30, 60)
GRADES = get_args(Grade)
_COSTS = ("free", "low", "medium", "high")
_CEILINGS = ("rare", "occasional", "frequent", "chronic")


@dataclass(frozen=True, slots=True)
class ActivityIndex:
    """The masks that `fit`, `rank` and `select` work with.

    `order` maps a bit's position to its activity, `bit_of` an activity's id to its bit.
    """

    order: tuple[Activity, ...]
    bit_of: Mapping[str, Mask]
    everything: Mask
    joint: Mask
    by_minutes: Threshold
    by_minutes_a_week: Threshold
    by_novelty: Threshold
    by_cost: Mapping[str | None, Mask]
    by_kind: Mapping[str, Mask]
    by_tone: Mapping[str, Mask]
    by_practice: Mapping[str, Mask]
    by_repeat: Mapping[str, Mask]
    by_conflict: tuple[Mask, ...]
    unsuitable: Mapping[str, Mask]
    not_lively: Mask
    not_away: Mask
    not_for_parents_only: Mask
    not_for_apart_only: Mask
    remote: Mask
    no_alcohol: Mask
    parallel: Mask
    small_steps: Mask
    first_steps: Mask


def build_activity_index(activities: Iterable[Activity], quality_time: frozenset[str]) -> ActivityIndex:
    """Lay the activities out. `quality_time` names the practices that chronic conflict bounds more tightly."""
    order = tuple(sorted(activities, key=_offered_first))
    by_minutes = _threshold(a.minutes for a in order)
    by_novelty = _threshold(a.novelty for a in order)
    by_cost = {cost: from_flags(_COSTS.index(a.cost) <= i for a in order) for i, cost in enumerate(_COSTS)}
    conflicts = range(len(_CEILINGS))
    by_conflict = tuple(from_flags(_may_be_offered(a, level, quality_time) for a in order) for level in conflicts)
    return ActivityIndex(
        order=order,
        bit_of={a.id: 1 << bit for bit, a in enumerate(order)},
        everything=(1 << len(order)) - 1,
        joint=from_flags(a.together for a in order),
        by_minutes=by_minutes,
        by_minutes_a_week=_threshold(a.minutes_a_week or 0 for a in order),
        by_novelty=by_novelty,
        by_cost=by_cost | {None: by_cost["low"]},
        by_kind={kind: from_flags(kind in a.kinds for a in order) for kind in KINDS},
        by_tone={tone: from_flags(tone in a.tones for a in order) for tone in get_args(Tone)},
        by_practice={practice: from_flags(a.practice == practice for a in order) for practice in PRACTICES},
        by_repeat={repeat: from_flags(a.repeat == repeat for a in order) for repeat in get_args(Repeat)},
        by_conflict=(*by_conflict, by_conflict[0]),
        unsuitable={limit: from_flags(limit in a.unsuitable_for for a in order) for limit in get_args(HealthLimit)},
        not_lively=from_flags(a.energy != "lively" for a in order),
        not_away=from_flags(a.children != "away" for a in order),
        not_for_parents_only=from_flags(not a.parents_only for a in order),
        not_for_apart_only=from_flags(not a.apart_only for a in order),
        remote=from_flags(a.remote for a in order),
        no_alcohol=from_flags(not a.alcohol for a in order),
        parallel=from_flags(a.together and a.interaction == "parallel" for a in order),
        small_steps=by_minutes.within(SMALL_STEP_MINUTES) & by_novelty.within(SMALL_STEP_NOVELTY),
        first_steps=by_minutes.within(FIRST_STEP_MINUTES),
    )


def _threshold(amounts: Iterable[int]) -> Threshold:
    needed = tuple(amounts)
    levels = tuple(sorted(set(needed)))
    return Threshold(levels, (0, *(from_flags(amount <= level for amount in needed) for level in levels)))


def _offered_first(activity: Activity) -> tuple[int, int, str]:
    return bisect_right(EFFORT_BANDS, activity.minutes - 1), GRADES.index(activity.grade), activity.id


def _may_be_offered(activity: Activity, conflict: int, quality_time: frozenset[str]) -> bool:
    if _CEILINGS.index(activity.conflict_ceiling) < conflict:
        return False
    if _CEILINGS[conflict] != "chronic":
        return True
    if activity.practice in quality_time:
        return activity.fixed_end and activity.minutes <= CHRONIC_QUALITY_TIME_MINUTES
    return activity.minutes <= CHRONIC_MINUTES
