"""The table of constraints, read condition by condition for the activities of one ruleset."""

from collections.abc import Collection

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask
from app.engine.conditions import UNKNOWN, Clause, Condition, Leaf, answer_truth, clause_truth, evaluate_condition
from app.engine.constraints import CONFLICTS, YES_OR_NO
from app.rulesets.plain_reports import Answers


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
