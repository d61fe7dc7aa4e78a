"""Sets of activities as whole numbers, a bit each, so that a limit is one `&`.

Bits are given by effort, then evidence, then id: within equals, the lowest bit is the one to offer first.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from app.engine.bitset import Mask, from_flags
from app.engine.constraint_masks import ConstraintMasks, build_constraint_masks
from app.engine.ruleset import Activity, Grade, Repeat, Tone
from app.engine.vocabulary import KINDS, PRACTICES

SMALL_STEP_MINUTES = 30
SMALL_STEP_NOVELTY = 1
FIRST_STEP_MINUTES = 15
EFFORT_BANDS = (15, 30, 60)
GRADES = get_args(Grade)


@dataclass(frozen=True, slots=True)
class ActivityIndex:
    """The masks that `fit`, `rank` and `select` work with.

    `order` maps a bit's position to its activity, `bit_of` an activity's id to its bit.
    """

    order: tuple[Activity, ...]
    bit_of: Mapping[str, Mask]
    everything: Mask
    joint: Mask
    constraints: ConstraintMasks
    by_kind: Mapping[str, Mask]
    by_tone: Mapping[str, Mask]
    by_practice: Mapping[str, Mask]
    by_repeat: Mapping[str, Mask]
    parallel: Mask
    small_steps: Mask
    first_steps: Mask


def build_activity_index(activities: Iterable[Activity], quality_time: frozenset[str]) -> ActivityIndex:
    """Lay the activities out. `quality_time` names the practices that chronic conflict bounds more tightly."""
    order = tuple(sorted(activities, key=_offered_first))
    return ActivityIndex(
        order=order,
        bit_of={a.id: 1 << bit for bit, a in enumerate(order)},
        everything=(1 << len(order)) - 1,
        joint=from_flags(a.together for a in order),
        constraints=build_constraint_masks(order, quality_time),
        by_kind={kind: from_flags(kind in a.kinds for a in order) for kind in KINDS},
        by_tone={tone: from_flags(tone in a.tones for a in order) for tone in get_args(Tone)},
        by_practice={practice: from_flags(a.practice == practice for a in order) for practice in PRACTICES},
        by_repeat={repeat: from_flags(a.repeat == repeat for a in order) for repeat in get_args(Repeat)},
        parallel=from_flags(a.together and a.interaction == "parallel" for a in order),
        small_steps=from_flags(a.minutes <= SMALL_STEP_MINUTES and a.novelty <= SMALL_STEP_NOVELTY for a in order),
        first_steps=from_flags(a.minutes <= FIRST_STEP_MINUTES for a in order),
    )


def _offered_first(activity: Activity) -> tuple[int, int, str]:
    return bisect_right(EFFORT_BANDS, activity.minutes - 1), GRADES.index(activity.grade), activity.id
