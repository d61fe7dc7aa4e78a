"""How many activities are left for every way to live, counted from what each of them needs."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, combinations, product

import numpy as np
from numpy.typing import NDArray

from app.engine.ruleset import Activity, Ruleset
from app.rulesets.properties import BOUNDED, Case
from verification.shown import Broken, Shown

LEAST_MINUTES = 10
HEALTH = ("mobility", "pain", "fatigue", "sensory")
LIVING = ("", "same_home", "same_city", "long_distance")
CHILDREN = ("", "none", "at_home")
CHILDCARE = ("", "false", "true")
CONFLICTS = ("", "rare", "occasional", "frequent")
COMFORT: Mapping[str, int] = {"": 3, "ready": 3, "small_step": 2}
OF_THEIR_OWN = ("retreat", "affection")
"""A retreat takes a day or more, and affection is an add-on: neither has to fit everywhere."""


def made_for(ruleset: Ruleset, cases: Sequence[Case]) -> Shown:
    """Activities that ask for more, or for less, than what their practice or their tone is for."""
    broken, count = [], 0
    for case in cases:
        for activity in ruleset.activities:
            if activity.practice in case.practices or set(activity.tones) & set(case.tones):
                count += 1
                over = [name for name, most in case.at_most if _amount(activity, name) > most]
                under = [name for name, least in case.at_least if _amount(activity, name) < least]
                broken += [Broken(f"{activity.id}: its {name} is too high here") for name in over]
                broken += [Broken(f"{activity.id}: its {name} is too low here") for name in under]
    return Shown(tuple(broken), count, count)


def _amount(activity: Activity, name: str) -> int:
    value = getattr(activity, name)
    return BOUNDED[name].index(value) if BOUNDED[name] else int(value)


_CEILINGS = ("rare", "occasional", "frequent", "chronic")
_YES_NO = ("no", "yes")
Suits = Callable[[Activity, str], bool]


def choices_left(ruleset: Ruleset, least: int) -> Shown:
    """Practices of which, somewhere, fewer than so many free activities of ten minutes are left."""
    free = [a for a in ruleset.activities if a.minutes <= LEAST_MINUTES and a.cost == "free"]
    shape = tuple(len(values) for values, _ in _AXES)
    broken = []
    for practice in (p.id for p in ruleset.practices if p.id not in OF_THEIR_OWN):
        left = _left([activity for activity in free if activity.practice == practice], shape)
        if left.min() < least:
            at = np.unravel_index(int(left.argmin()), shape)
            lives = [values[int(i)] for i, (values, _) in zip(at, _AXES, strict=True)]
            broken.append(Broken(f"{practice} leaves {left.min()} choices for: {', '.join(filter(None, lives))}"))
    cells = int(np.prod(shape))
    return Shown(tuple(broken), cells, cells)


def _left(activities: Sequence[Activity], shape: tuple[int, ...]) -> NDArray[np.int16]:
    left = np.zeros(shape, np.int16)
    for activity in activities:
        suits = np.ones([1] * len(shape), bool)
        for axis, (values, suits_one) in enumerate(_AXES):
            along = [1] * len(shape)
            along[axis] = len(values)
            suits = suits & np.array([suits_one(activity, value) for value in values]).reshape(along)
        left += suits
    return left


def _suits_living(activity: Activity, living: str) -> bool:
    return (activity.remote or living != "long_distance") and (
        not activity.apart_only or living in ("same_city", "long_distance")
    )


def _suits_children(activity: Activity, home: str) -> bool:
    children, care = home.split("/")
    may_be_away = care == "true" if children == "at_home" else children == "none" or care != "false"
    return (activity.children != "away" or may_be_away) and (not activity.parents_only or children == "at_home")


def _suits_health(activity: Activity, limits: str) -> bool:
    return not set(activity.unsuitable_for) & set(limits.split("+"))


def _suits_conflict(activity: Activity, conflict: str) -> bool:
    return not conflict or _CEILINGS.index(activity.conflict_ceiling) >= _CEILINGS.index(conflict)


def _suits_comfort(activity: Activity, comfort: str) -> bool:
    return activity.novelty <= COMFORT[comfort]


def _suits_the_weary(activity: Activity, is_weary: str) -> bool:
    return is_weary == "no" or activity.energy != "lively"


def _suits_the_sober(activity: Activity, is_sober: str) -> bool:
    return is_sober == "no" or not activity.alcohol


_AXES: tuple[tuple[tuple[str, ...], Suits], ...] = (
    (LIVING, _suits_living),
    (tuple(f"{children}/{care}" for children, care in product(CHILDREN, CHILDCARE)), _suits_children),
    (
        tuple("+".join(c) for c in chain.from_iterable(combinations(HEALTH, n) for n in range(len(HEALTH) + 1))),
        _suits_health,
    ),
    (CONFLICTS, _suits_conflict),
    (tuple(COMFORT), _suits_comfort),
    (_YES_NO, _suits_the_weary),
    (_YES_NO, _suits_the_sober),
)
