"""Counts of the activities that are left for every way to live, and the bounds of what each practice offers."""

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import chain, combinations, product
from math import prod
from operator import and_
from typing import Any

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask, from_flags
from app.engine.ruleset import Activity, Ruleset
from app.rulesets.coverage import OF_THEIR_OWN
from app.rulesets.properties import BOUNDED, Case
from verification.constraint_table import ConstraintTable
from verification.counterexamples import MeansResult, Violation

LEAST_MINUTES = 10
_HEALTH = ("mobility", "pain", "fatigue", "sensory")


def _each(path: str, *values: Any) -> list[dict[str, Any]]:
    return [{} if value is None else {path: value} for value in values]


_AXES: tuple[tuple[tuple[str, ...], list[dict[str, Any]]], ...] = (
    (("circumstances.living",), _each("circumstances.living", None, "same_home", "same_city", "long_distance")),
    (
        ("circumstances.children_at_home", "circumstances.childcare"),
        [
            children | care
            for children in _each("circumstances.children_at_home", None, "none", "under_6")
            for care in _each("circumstances.childcare", None, False, True)
        ],
    ),
    (
        ("circumstances.health_limits",),
        [
            {"circumstances.health_limits": frozenset(some)}
            for some in chain.from_iterable(combinations(_HEALTH, n) for n in range(len(_HEALTH) + 1))
        ],
    ),
    (("conflict.level",), _each("conflict.level", None, "rare", "occasional", "frequent")),
    (("novelty.comfort_zone",), _each("novelty.comfort_zone", None, "ready", "small_step")),
    (("busyness.energy",), _each("busyness.energy", None, "drained")),
    (("circumstances.alcohol_free",), _each("circumstances.alcohol_free", None, True)),
)
"""The answers that bound a free idea of ten minutes, by the constraints that read them together."""


def made_for(ruleset: Ruleset, cases: Sequence[Case]) -> MeansResult:
    """Activities that ask for more, or for less, than what their practice is for, or what they ask of two people."""
    broken, count = [], 0
    for case in cases:
        for activity in ruleset.activities:
            if activity.practice in case.practices or set(activity.asks) & set(case.asks):
                count += 1
                over = [name for name, upper in case.at_most if _amount(activity, name) > upper]
                under = [name for name, least in case.at_least if _amount(activity, name) < least]
                broken += [Violation(f"{activity.id}: its {name} is too high here") for name in over]
                broken += [Violation(f"{activity.id}: its {name} is too low here") for name in under]
    return MeansResult(tuple(broken), count, count)


def _amount(activity: Activity, name: str) -> int:
    value = getattr(activity, name)
    return BOUNDED[name].index(value) if BOUNDED[name] else int(value)


def choices_left(ruleset: Ruleset, index: ActivityIndex, least: int) -> MeansResult:
    """Return the practices of which, somewhere, fewer than `least` free activities of ten minutes are left."""
    free = from_flags(a.minutes <= LEAST_MINUTES and a.cost == "free" for a in index.order)
    table = ConstraintTable(index)
    axes = [[(table.left_by(paths, answers), answers) for answers in axis] for paths, axis in _AXES]
    left: dict[Mask, Sequence[Mapping[str, Any]]] = {}
    for lives in product(*axes):
        left[reduce(and_, (mask for mask, _ in lives), free)] = [answers for _, answers in lives]
    broken = []
    for practice in (p.id for p in ruleset.practices if p.id not in OF_THEIR_OWN):
        these = index.by_practice[practice]
        count, fewest = min(((mask & these).bit_count(), mask) for mask in left)
        if count < least:
            merged = {path: value for answers in left[fewest] for path, value in answers.items()}
            broken.append(Violation(f"{practice} leaves {count} choices", (("a", merged),)))
    cells = prod(map(len, axes))
    return MeansResult(tuple(broken), cells, cells)
