"""Sets of activities as whole numbers, a bit each, so that a limit is one `&`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import get_args

from app.engine.bitset import Mask, from_flags
from app.engine.constraint_masks import ConstraintMasks, build_constraint_masks
from app.engine.ruleset import Activity, Ask, Purpose, Repeat, Ruleset
from app.engine.vocabulary import KINDS, PRACTICES

SMALL_STEP_MINUTES = 30
SMALL_STEP_NOVELTY = 1
FIRST_STEP_MINUTES = 15
HALF_HOUR, LONG = 30, 75
"""The minutes from which an activity fills a free hour, and an afternoon."""
DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class ActivityIndex:
    """The sets of activities that fit, choosing and saying work with.

    `order` maps a bit's position to its activity, `bit_of` an activity's id to its bit. `same_purpose`,
    `same_practice` and `same_family` give for each position the activities that share it, itself included. `little` is
    what the quiet view of least width may hold. Of the purposes that are for oneself, `for_oneself` is done alone, and
    `joint_for_oneself` by two. `digests` settle a draw among equals.
    """

    order: tuple[Activity, ...]
    bit_of: Mapping[str, Mask]
    everything: Mask
    joint: Mask
    constraints: ConstraintMasks
    by_kind: Mapping[str, Mask]
    by_main_kind: Mapping[str, Mask]
    by_ask: Mapping[str, Mask]
    by_practice: Mapping[str, Mask]
    by_purpose: Mapping[str, Mask]
    by_repeat: Mapping[str, Mask]
    same_purpose: tuple[Mask, ...]
    same_practice: tuple[Mask, ...]
    same_family: tuple[Mask, ...]
    parallel: Mask
    prepares: Mask
    serious: Mask
    restful: Mask
    first_steps: Mask
    half_hours: Mask
    long: Mask
    small_steps: Mask
    in_one_room: Mask
    for_oneself: Mask
    joint_for_oneself: Mask
    on_quarrels: Mask
    little: Mask
    digests: tuple[int, ...]


def build_activity_index(ruleset: Ruleset) -> ActivityIndex:
    """Lay the activities of a ruleset out in the order of their ids, which decides nothing."""
    order = tuple(sorted(ruleset.activities, key=lambda activity: activity.id))
    quality_time, new_experiences = (frozenset(ruleset.strategies[i].practices) for i in (0, -1))
    of = {purpose.id: purpose for purpose in ruleset.purposes}
    not_little = new_experiences | {"retreat", "affection"}
    where, by = partial(_where, order), partial(_by, order)
    by_practice = by(PRACTICES, lambda a: (a.practice,))
    by_purpose = by((purpose.id for purpose in ruleset.purposes), lambda a: (a.purpose,))
    by_family = by({a.family for a in order if a.family}, lambda a: (a.family,) if a.family else ())
    return ActivityIndex(
        order=order,
        bit_of={a.id: 1 << bit for bit, a in enumerate(order)},
        everything=(1 << len(order)) - 1,
        joint=where(lambda a: a.together),
        constraints=build_constraint_masks(order, quality_time),
        by_kind=by(KINDS, lambda a: a.kinds),
        by_main_kind=by(KINDS, lambda a: a.kinds[:1]),
        by_ask=by(get_args(Ask), lambda a: a.asks),
        by_practice=by_practice,
        by_purpose=by_purpose,
        by_repeat=by(get_args(Repeat), lambda a: (a.repeat,)),
        same_purpose=tuple(by_purpose[a.purpose] for a in order),
        same_practice=tuple(by_practice[a.practice] for a in order),
        same_family=tuple(by_family[a.family] if a.family else 1 << bit for bit, a in enumerate(order)),
        parallel=where(lambda a: a.together and a.interaction == "parallel"),
        prepares=where(lambda a: a.prepares),
        serious=where(lambda a: of[a.purpose].is_serious),
        restful=where(lambda a: a.energy == "drained"),
        first_steps=where(lambda a: a.minutes <= FIRST_STEP_MINUTES),
        half_hours=where(lambda a: a.minutes >= HALF_HOUR),
        long=where(lambda a: a.minutes >= LONG),
        small_steps=where(_is_small_step),
        in_one_room=where(_is_in_one_room),
        for_oneself=where(lambda a: not a.together and not a.asks and of[a.purpose].is_for_oneself),
        joint_for_oneself=where(lambda a: a.together and of[a.purpose].is_for_oneself),
        on_quarrels=where(lambda a: of[a.purpose].is_on_quarrels),
        little=where(_is_small_step) & where(lambda a: _is_careful(a, of[a.purpose]) and a.practice not in not_little),
        digests=tuple(digest_of(a.id) for a in order),
    )


def _where(order: tuple[Activity, ...], belongs: Callable[[Activity], bool]) -> Mask:
    return from_flags(map(belongs, order))


def _by(
    order: tuple[Activity, ...], names: Iterable[str], names_of: Callable[[Activity], Sequence[str]]
) -> Mapping[str, Mask]:
    return {name: from_flags(name in names_of(activity) for activity in order) for name in names}


def digest_of(text: str) -> int:
    """Return the number by which an id takes part in a draw."""
    return int.from_bytes(sha256(text.encode()).digest()[:DIGEST_BYTES])


def _is_small_step(activity: Activity) -> bool:
    return activity.minutes <= SMALL_STEP_MINUTES and activity.novelty <= SMALL_STEP_NOVELTY


def _is_in_one_room(activity: Activity) -> bool:
    return activity.together and activity.setting == "same_room"


def _is_careful(activity: Activity, purpose: Purpose) -> bool:
    """Tell whether an activity asks nothing of anybody and is for one person, or short and side by side.

    What is for oneself is not done by two.
    """
    is_short = not activity.together or activity.minutes <= SMALL_STEP_MINUTES
    is_by_two = activity.together and purpose.is_for_oneself
    return is_short and not activity.asks and not _is_in_one_room(activity) and not is_by_two
