"""Counts of the activities that constraints leave, and the bounds of what each practice offers."""

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from itertools import combinations, product
from math import prod
from operator import and_
from typing import Any

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask, from_flags
from app.engine.conditions import UNKNOWN, Clause, Condition, Leaf, answer_truth, clause_truth, evaluate_condition
from app.engine.constraints import CONFLICTS, YES_OR_NO
from app.engine.ruleset import Ruleset
from app.rulesets.coverage import OF_THEIR_OWN
from app.rulesets.plain_reports import Answers
from app.rulesets.properties import Case
from app.rulesets.review import out_of_bounds
from verification.counterexamples import Violation

LEAST_MINUTES = 10
_HEALTH = ("mobility", "pain", "fatigue", "sensory")


HOME: Mapping[str, tuple[Any, ...]] = {
    "circumstances.living": (None, "same_home", "same_city", "long_distance"),
    "circumstances.children_at_home": (None, "none", "under_6"),
    "circumstances.childcare": (None, False, True),
}
_AXES: tuple[Mapping[str, tuple[Any, ...]], ...] = (
    HOME,
    {
        "circumstances.health_limits": tuple(
            frozenset(some) for count in range(len(_HEALTH) + 1) for some in combinations(_HEALTH, count)
        )
    },
    {"conflict.level": (None, "rare", "occasional", "frequent")},
    {"novelty.comfort_zone": (None, "ready", "small_step")},
    {"busyness.energy": (None, "drained")},
    {"circumstances.alcohol_free": (None, True)},
)
"""The answers that bound a free idea of ten minutes, by the constraints that read them together."""


def mixes(axis: Mapping[str, tuple[Any, ...]]) -> list[Answers]:
    """Return every mix of some answers; None: not answered."""
    return [
        {path: value for path, value in zip(axis, values, strict=True) if value is not None}
        for values in product(*axis.values())
    ]


def made_for(ruleset: Ruleset, cases: Sequence[Case]) -> tuple[list[Violation], int]:
    """Return the activities outside the bounds of their practice or of what they ask, and how many were looked at."""
    looked_at = [
        (activity, case)
        for case in cases
        for activity in ruleset.activities
        if activity.practice in case.practices or {*activity.asks} & {*case.asks}
    ]
    broken = [Violation(f"{one.id} has {wrong}") for one, case in looked_at for wrong in out_of_bounds(one, case)]
    return broken, len(looked_at)


def choices_left(ruleset: Ruleset, index: ActivityIndex, least: int) -> tuple[list[Violation], int]:
    """Return the practices of which somewhere fewer than `least` free activities of ten minutes are left.

    The second value is the number of ways to live that were gone through.
    """
    free = from_flags(a.minutes <= LEAST_MINUTES and a.cost == "free" for a in index.order)
    table = ConstraintTable(index)
    axes = [[(table.left_by(axis, answers), answers) for answers in mixes(axis)] for axis in _AXES]
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
    return broken, prod(map(len, axes))


class ConstraintTable:
    """The table of constraints for the activities of one ruleset, read condition by condition."""

    def __init__(self, index: ActivityIndex) -> None:
        self._everything = index.everything
        self._kept_out: dict[str, dict[Condition, Mask]] = {}
        for bit, limits in enumerate(index.constraints.of_activity):
            for constraint, condition, _ in limits:
                by_condition = self._kept_out.setdefault(constraint.answer, {})
                by_condition[condition] = by_condition.get(condition, 0) | 1 << bit

    def left_by(self, paths: Collection[str], *reports: Answers) -> Mask:
        """Return the activities that no constraint on these answers keeps out, where the reports give them."""
        left = self._everything
        for path in paths:
            for condition, mask in self._kept_out.get(path, {}).items():
                if left & mask and _keeps_out(condition, *reports):
                    left &= ~mask
        return left


def _keeps_out(condition: Condition, *reports: Answers) -> bool:
    """Return whether the condition of a constraint holds, a leaf being so when one of the reports states it."""

    def is_stated(leaf: Leaf) -> bool:
        if isinstance(leaf, Clause):
            levels = [CONFLICTS.index(report["conflict.level"]) for report in reports if "conflict.level" in report]
            return clause_truth(leaf, {leaf.finding: max(levels, default=UNKNOWN)}) is True
        return any(answer_truth(leaf, report) for report in reports)

    return evaluate_condition(condition, YES_OR_NO, is_stated)
