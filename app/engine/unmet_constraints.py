"""The hard limits that keep an activity out of a view, with what is asked and what there is.

The table of limits is evaluated limit by limit here; `fit` decides by the masks that are read off the same table.
"""

from typing import Any, NamedTuple, cast

from app.engine.bitset import Mask
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import Chosen, Clause, Leaf, Linear, Rated, answer_truth, evaluate_condition, leaves
from app.engine.constraint_masks import ActivityLimit
from app.engine.constraints import YES_OR_NO, AnswerValue, ConstraintScope
from app.engine.fit import COUNTS_FROM, conflict_fit, place_fit
from app.engine.selection import Offer
from app.engine.self_report import PooledReport, answer_at
from app.engine.verdicts import Reading, Situation


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


def find_unmet_constraints(situation: Situation, position: int) -> tuple[UnmetConstraint, ...]:
    """Return the limits that keep an activity out; of the other partner's, that there is one."""
    index, own, other = situation.compiled.index, situation.own, situation.other
    unmet: list[UnmetConstraint] = []
    is_shared = False
    failing = _failing_scopes(situation, 1 << position)
    for limit in index.constraints.of_activity[position]:
        if limit.constraint.scope not in failing:
            continue
        mine = _unmet(limit, own, situation.compiled)
        if limit.constraint.scope == "couple":
            if not evaluate_condition(limit.condition, YES_OR_NO, lambda leaf: _is_so(leaf, situation)):
                continue
            is_shared |= not mine
        elif other is not None and (index.order[position].together or limit.constraint.scope == "either"):
            kinds = {each.kind for each in mine}
            is_shared |= any(each.kind not in kinds for each in _unmet(limit, other, situation.compiled))
        unmet += mine
    if is_shared:
        unmet.append(SHARED)
    if situation.takes_small_steps and not index.small_steps >> position & 1:
        unmet.append(PRIVATE_LIMIT)
    return tuple(unmet)


def _failing_scopes(situation: Situation, bit: Mask) -> set[ConstraintScope]:
    """Return the scopes in which some limit keeps an activity out; the masks know without reading the table."""
    index, own, other = situation.compiled.index, situation.own, situation.other
    theirs = None if other is None else other.limits
    readings = (own,) if other is None else (own, other)
    doers = readings if index.joint & bit else (own,)
    failing: set[ConstraintScope] = set()
    if not all(reading.limits.allowed & bit for reading in doers):
        failing.add("participants")
    if any(reading.taste.vetoed & bit for reading in readings):
        failing.add("either")
    conflict = situation.verdicts.codes[situation.compiled.conflict]
    if not place_fit(index, own.limits, theirs) & conflict_fit(index, conflict) & bit:
        failing.add("couple")
    return failing


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


def _is_so(leaf: Leaf, situation: Situation) -> bool:
    """Return whether a leaf holds for the two: a finding as they meet, anything else when one of them states it."""
    if isinstance(leaf, Clause):
        return situation.verdicts.codes[situation.compiled.position[leaf.finding]] in leaf.accepts
    readings = (situation.own, situation.other)
    return any(reading is not None and _is_stated(leaf, reading.report) for reading in readings)


def _is_stated(leaf: Leaf, report: PooledReport) -> bool:
    path = leaf.terms[0][1] if isinstance(leaf, Linear) else cast(Chosen, leaf).path
    return answer_truth(leaf, {path: answer_at(report, path)}) is True


def passive_hindrance(situation: Situation, offer: Offer, position: int) -> tuple[UnmetConstraint, ...]:
    """Something passive may come as company only, unless each who was heard counts it as time together."""
    index, own = situation.compiled.index, situation.own
    bit = 1 << position
    if not offer.passive & bit:
        return ()
    if own.taste.counted & bit or (own.taste.welcomes_quiet and index.by_kind["quiet"] & bit):
        return (SHARED,)
    rated = answer_at(own.report, "activity_preferences.counts_as_quality_time") or {}
    ratings = [rated[kind] for kind in index.order[position].kinds if kind in rated]
    return (UnmetConstraint("counts_as_quality_time", COUNTS_FROM, max(ratings, default=None)),)
