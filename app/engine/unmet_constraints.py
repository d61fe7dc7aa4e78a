"""The hard limits that keep an activity out of a view, with what is asked and what there is.

The table of limits is evaluated limit by limit here; `fit` decides by the masks that are read off the same table.
"""

from typing import Any, NamedTuple, cast

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import Chosen, Clause, Leaf, Linear, Rated, answer_truth, evaluate_condition, leaves
from app.engine.constraint_masks import ActivityLimit
from app.engine.constraints import YES_OR_NO, AnswerValue
from app.engine.offer import COUNTS_FROM, Offer, Reading
from app.engine.self_report import PooledReport, answer_at


class UnmetConstraint(NamedTuple):
    """A limit that fails. `needs` is what the activity asks, `has` the viewer's own answer (None: not given).

    Of sets, `needs` holds nothing: none of what `has` lists may be there. `kind` says which kind of activity is vetoed.
    """

    constraint: str
    needs: AnswerValue = None
    has: AnswerValue = None
    kind: str | None = None

    @property
    def is_named(self) -> bool:
        """Return whether it rests on an answer of the viewer that may be said aloud."""
        return self not in (SHARED, PRIVATE_LIMIT)


SHARED = UnmetConstraint("both_of_you")
"""A limit that the other's answer alone sets: neither which nor how many of them is said."""
PRIVATE_LIMIT = UnmetConstraint("private")


def find_unmet_constraints(offer: Offer, own: Reading, position: int) -> tuple[UnmetConstraint, ...]:
    """Return the limits that the reader's own answers set against an activity.

    `own` has the answers kept from the pool too, where the reader may be told of them. Where nothing of the reader's
    stands in the way, that something of both does is all that is said.
    """
    bit = 1 << position
    unmet: list[UnmetConstraint] = []
    for limit in offer.compiled.index.constraints.of_activity[position]:
        unmet += _unmet(limit, own, offer.compiled)
    if not unmet and not offer.fitting & bit:
        unmet.append(SHARED)
    return tuple(unmet)


def _unmet(limit: ActivityLimit, reading: Reading, compiled: CompiledRuleset) -> list[UnmetConstraint]:
    """Return a limit as one partner's own answers fail it: once, or of ratings once for each kind."""

    def holds(leaf: Leaf) -> bool:
        if isinstance(leaf, Clause):
            return reading.codes[compiled.position[leaf.finding]] in leaf.accepts
        return _is_stated(leaf, reading.report)

    (constraint, condition, needs) = limit
    if not evaluate_condition(condition, YES_OR_NO, holds):
        return []
    answer: Any = answer_at(reading.report, constraint.answer)
    if isinstance(answer, dict):
        ratings = [leaf for leaf in leaves(condition) if isinstance(leaf, Rated) and holds(leaf)]
        return [UnmetConstraint(constraint.id, needs, rating.level, rating.kind) for rating in ratings]
    if isinstance(answer, frozenset):
        levels = [level for leaf in leaves(condition) if isinstance(leaf, Chosen) for level in leaf.levels]
        answer = tuple(sorted(answer.intersection(levels)))
    return [UnmetConstraint(constraint.id, needs, answer)]


def _is_stated(leaf: Leaf, report: PooledReport) -> bool:
    path = leaf.terms[0][1] if isinstance(leaf, Linear) else cast(Chosen, leaf).path
    return answer_truth(leaf, {path: answer_at(report, path)}) is True


def passive_hindrance(offer: Offer, own: Reading, position: int) -> tuple[UnmetConstraint, ...]:
    """Return that something side by side may come as company only, unless each who was heard counts it as time."""
    if own.taste.counted >> position & 1:
        return (SHARED,)
    rated = answer_at(own.report, "activity_preferences.counts_as_quality_time") or {}
    ratings = [rated[kind] for kind in offer.compiled.index.order[position].kinds if kind in rated]
    return (UnmetConstraint("counts_as_quality_time", COUNTS_FROM, max(ratings, default=None)),)
