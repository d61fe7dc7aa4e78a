"""The table of hard limits as masks: what each answer leaves of the activities, worked out once for all requests."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import chain, product
from operator import and_, or_
from typing import Any, NamedTuple, cast

from app.engine.bitset import Mask, Threshold, from_flags, join_members
from app.engine.code_generation import compile_answer_masks
from app.engine.conditions import (
    UNKNOWN,
    Chosen,
    Clause,
    Condition,
    Leaf,
    Linear,
    Rated,
    answer_truth,
    clause_truth,
    evaluate_condition,
    leaves,
)
from app.engine.constraints import CONFLICTS, NEVER, YES_OR_NO, AnswerValue, Constraint, constraints_of
from app.engine.ruleset import Activity
from app.engine.self_report import PooledReport
from app.engine.vocabulary import ANSWERS

MaskOf = Callable[[Any], Mask]
"""From one answer, None where it is missing, to a set."""

_Gone = Mapping[Condition, Mask]
"""By the condition that keeps them out, sets of activities."""


class AnswerMasks(NamedTuple):
    """An answer of a report, and the set that each of its values amounts to."""

    path: str
    of: MaskOf


class ActivityLimit(NamedTuple):
    """A constraint for one activity: the condition that keeps it out, and what it asks of the answer."""

    constraint: Constraint
    condition: Condition
    needs: AnswerValue


class ConstraintMasks(NamedTuple):
    """The hard limits for a list of activities.

    `table` holds the constraints; `of_activity` gives for each activity those that can keep it out. `limits` are the
    answers that each by itself bound what a participant does, with what they leave; `facts` are those that state facts
    of the couple, a bit each; `read` gives both for a report. `by_facts` gives what the facts of the two leave,
    `by_conflict` what each code of the finding `conflict` leaves, the last entry being for *unknown*. `vetoes` gives by
    rating and kind what is kept out for both.
    """

    table: tuple[Constraint, ...]
    of_activity: tuple[tuple[ActivityLimit, ...], ...]
    limits: tuple[AnswerMasks, ...]
    facts: tuple[AnswerMasks, ...]
    read: Callable[[PooledReport], tuple[Mask, Mask]]
    by_facts: Sequence[Mask]
    by_conflict: tuple[Mask, ...]
    vetoes: Mapping[str, Mapping[str, Mask]]


def build_constraint_masks(order: Sequence[Activity], quality_time: frozenset[str]) -> ConstraintMasks:
    """Read the masks of these activities off the table. `quality_time`: see `constraints_of`."""
    table = constraints_of(quality_time)
    sets = _Sets(table, order)
    paths = dict.fromkeys(leaf.path for leaf in sets.facts)
    facts = tuple(_tabulate(path, (), partial(sets.stated_by, path), or_) for path in paths)
    limits = tuple(
        _tabulate(limit.answer, sets.gone[limit.id], partial(sets.left_by_answer, limit), and_)
        for limit in table
        if limit.scope == "participants" and not _reads_ratings(sets.gone[limit.id])
    )
    return ConstraintMasks(
        table=table,
        of_activity=tuple(tuple(_limits(table, activity)) for activity in order),
        limits=limits,
        facts=facts,
        read=compile_answer_masks(limits, facts),
        by_facts=sets.left_by_facts(),
        by_conflict=tuple(map(sets.left_by_conflict, (*range(len(CONFLICTS)), UNKNOWN))),
        vetoes=_vetoes(sets.gone["likes"]),
    )


def _limits(table: tuple[Constraint, ...], activity: Activity) -> Iterator[ActivityLimit]:
    for constraint in table:
        condition = constraint.keeps_out(activity)
        if condition != NEVER:
            yield ActivityLimit(constraint, condition, constraint.needs(activity))


class _Sets:
    """The table for some activities, and what it leaves of them by what is known."""

    def __init__(self, table: tuple[Constraint, ...], order: Sequence[Activity]) -> None:
        self._everything = (1 << len(order)) - 1
        self.gone = {constraint.id: _kept_out(constraint, order) for constraint in table}
        self._couple = [self.gone[constraint.id] for constraint in table if constraint.scope == "couple"]
        of_the_couple = dict.fromkeys(chain(*map(leaves, chain(*self._couple))))
        self.facts = [leaf for leaf in of_the_couple if isinstance(leaf, Chosen)]

    def left_by_answer(self, constraint: Constraint, value: Any) -> Mask:
        answers = {constraint.answer: value}
        return self._everything & ~_gone(self.gone[constraint.id], lambda leaf: answer_truth(leaf, answers) is True)

    def left_by_facts(self) -> tuple[Mask, ...]:
        """Return what each combination of facts leaves: condition by condition, each looked at by its own facts."""
        left = [self._everything] * (1 << len(self.facts))
        for condition, gone in chain(*(limit.items() for limit in self._couple)):
            own = [i for i, fact in enumerate(self.facts) if fact in leaves(condition)]
            for truths in product((False, True), repeat=len(own)):
                stated = {self.facts[i] for i, is_so in zip(own, truths, strict=True) if is_so}
                if evaluate_condition(condition, YES_OR_NO, stated.__contains__):
                    there = sum(1 << i for i, is_so in zip(own, truths, strict=True) if is_so)
                    among = sum(1 << i for i in own)
                    for facts in range(len(left)):
                        if facts & among == there:
                            left[facts] &= ~gone
        return tuple(left)

    def left_by_conflict(self, code: int) -> Mask:
        codes = {"conflict": code}
        gone = _gone(self.gone["conflict"], lambda leaf: clause_truth(cast(Clause, leaf), codes) is True)
        return self._everything & ~gone

    def stated_by(self, path: str, value: Any) -> Mask:
        answers = {path: value}
        return from_flags(leaf.path == path and answer_truth(leaf, answers) is True for leaf in self.facts)


def _kept_out(constraint: Constraint, order: Sequence[Activity]) -> _Gone:
    gone: dict[Condition, Mask] = {}
    for bit, activity in enumerate(order):
        condition = constraint.keeps_out(activity)
        if condition != NEVER:
            gone[condition] = gone.get(condition, 0) | 1 << bit
    return gone


def _reads_ratings(kept_out: _Gone) -> bool:
    return any(isinstance(leaf, Rated) for leaf in chain(*map(leaves, kept_out)))


def _gone(kept_out: _Gone, holds: Callable[[Leaf], bool]) -> Mask:
    return reduce(
        or_, (mask for condition, mask in kept_out.items() if evaluate_condition(condition, YES_OR_NO, holds)), 0
    )


def _tabulate(
    path: str, conditions: Iterable[Condition], of: MaskOf, join: Callable[[Mask, Mask], Mask]
) -> AnswerMasks:
    """Work a function of one answer out for every value: between the constants it is compared with nothing changes.

    `join` makes the set of several members of one answer.
    """
    return AnswerMasks(path, _by_value(path, conditions, of, join))


def _by_value(path: str, conditions: Iterable[Condition], of: MaskOf, join: Callable[[Mask, Mask], Mask]) -> MaskOf:
    answer, unknown = ANSWERS[path], of(None)
    if answer.shape == "integer":
        edges = sorted({leaf.constant for leaf in chain(*map(leaves, conditions)) if isinstance(leaf, Linear)})
        steps = Threshold(tuple(edges), tuple(of(edge) for edge in (-1, *edges)))
        return steps.reader(missing=unknown)
    if answer.shape == "choices":
        by_member, empty = {level: of(frozenset((level,))) for level in answer.levels}, of(frozenset())
        return partial(join_members, by_member, join, empty, unknown)
    levels: tuple[object, ...] = (False, True) if answer.shape == "yes_no" else answer.levels
    return {None: unknown, **{level: of(level) for level in levels}}.__getitem__


def _vetoes(kept_out: _Gone) -> Mapping[str, Mapping[str, Mask]]:
    vetoes: dict[str, dict[str, Mask]] = {}
    for condition, mask in kept_out.items():
        for leaf in leaves(condition):
            if isinstance(leaf, Rated):
                of_level = vetoes.setdefault(leaf.level, {})
                of_level[leaf.kind] = of_level.get(leaf.kind, 0) | mask
    return vetoes
