"""Conditions as a typed tree, and the one function that evaluates them.

A condition of a rule has clauses on findings as its leaves, a condition of a derivation has leaves on answers. The
evaluation is the same for truth values, solver terms and sentences: an `Algebra` says what *and*, *or* and *not* are.
Truth has three values: True, False and None for *unknown* (Kleene's strong logic).
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product
from typing import Any, Generic, Literal, TypeVar, cast

from app.engine.vocabulary import ANSWERS

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in"]
Truth = bool | None

UNKNOWN = -1
"""The code of a finding that no answer decides."""

QUARTERS = 4
"""Hours come in quarters; as whole quarters they are integers, and no float decides anything."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A finding compared with named values; `accepts` holds the positions of the values that make it true."""

    finding: str
    op: Operator
    values: tuple[str, ...]
    accepts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An answer that is one of these levels, or a set of answers that has one of them."""

    path: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contains:
    """A set of answers that has this member."""

    path: str
    member: str


@dataclass(frozen=True, slots=True)
class Linear:
    """A whole-number sum of answers compared with a constant: `sum(factor * answer) op constant`."""

    terms: tuple[tuple[int, str], ...]
    op: Operator
    constant: int


@dataclass(frozen=True, slots=True)
class Rated:
    """A kind of activity that is rated at this level. No text of a rule or derivation can say it."""

    path: str
    kind: str
    level: str


Leaf = Clause | Chosen | Contains | Linear | Rated
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class All:
    """A conjunction: true when every part is; an empty one is always true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A disjunction: true when at least one part is; an empty one is never true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A negation: true when its part is false."""

    part: "Condition"


Condition = Leaf | All | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Algebra(Generic[T]):
    """Truth of one kind with its connectives. `and_` of no parts is true, `or_` of no parts false."""

    and_: Callable[[Iterable[T]], T]
    or_: Callable[[Iterable[T]], T]
    not_: Callable[[T], T]


def evaluate_condition(condition: Condition, algebra: Algebra[T], leaf: Callable[[Leaf], T]) -> T:
    """Return what a condition amounts to in `algebra`; `leaf` gives the value of each leaf.

    Parts are evaluated one after the other, so a connective may stop at the first that decides.
    """
    match condition:
        case All(parts):
            return algebra.and_(evaluate_condition(part, algebra, leaf) for part in parts)
        case AnyOf(parts):
            return algebra.or_(evaluate_condition(part, algebra, leaf) for part in parts)
        case Not(part):
            return algebra.not_(evaluate_condition(part, algebra, leaf))
        case _:
            return leaf(condition)


def _kleene_and(parts: Iterable[Truth]) -> Truth:
    truths = set(parts)
    return False if False in truths else None if None in truths else True


def _kleene_or(parts: Iterable[Truth]) -> Truth:
    truths = set(parts)
    return True if True in truths else None if None in truths else False


KLEENE: Algebra[Truth] = Algebra(_kleene_and, _kleene_or, lambda part: None if part is None else not part)
"""Truth values with *unknown*."""


def truth(condition: Condition, leaf_truth: Callable[[Leaf], Truth]) -> Truth:
    """Return the truth of a condition: the plain reading that the compiled forms must agree with."""
    return evaluate_condition(condition, KLEENE, leaf_truth)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield every leaf, in reading order."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def clauses(condition: Condition) -> tuple[Clause, ...]:
    """Return the clauses of a rule's condition, in reading order."""
    return tuple(leaf for leaf in leaves(condition) if isinstance(leaf, Clause))


def positive(condition: Condition, values: Mapping[str, int], *, negated: bool = False) -> Condition:
    """Return the same condition of a rule without `not`: a negated clause accepts the finding's other values.

    `values` gives the number of values of each finding.
    """
    match condition:
        case Not(part):
            return positive(part, values, negated=not negated)
        case All(parts) | AnyOf(parts):
            inner = tuple(positive(part, values, negated=negated) for part in parts)
            return All(inner) if isinstance(condition, All) is not negated else AnyOf(inner)
        case Clause(finding, op, words, accepts) if negated:
            others = tuple(code for code in range(values[finding]) if code not in accepts)
            return Clause(finding, op, words, others)
        case _:
            return condition


def _no_negation(_: object) -> Any:
    raise TypeError("the conditions of rules are compiled as clauses on findings, without `not`")


_ALTERNATIVES: Algebra[list[tuple[Clause, ...]]] = Algebra(
    lambda parts: [tuple(chain(*choice)) for choice in product(*parts)],
    lambda parts: [way for part in parts for way in part],
    _no_negation,
)


def alternatives(condition: Condition) -> list[tuple[Clause, ...]]:
    """Return every way for a `positive` condition of a rule to be true, each as clauses that are all true."""
    return evaluate_condition(condition, _ALTERNATIVES, _only_clause)


def _only_clause(leaf: Leaf) -> list[tuple[Clause, ...]]:
    if not isinstance(leaf, Clause):
        raise TypeError("the conditions of rules are clauses on findings")
    return [(leaf,)]


def clause_truth(clause: Clause, codes: Mapping[str, int]) -> Truth:
    """Return the truth of a clause, given the codes of findings; unknown where its finding is."""
    code = codes.get(clause.finding, UNKNOWN)
    return None if code == UNKNOWN else code in clause.accepts


def rule_truth(condition: Condition, codes: Mapping[str, int]) -> Truth:
    """Return the truth of a rule's condition, given the codes of findings; those that are not given are unknown."""
    return truth(condition, lambda leaf: clause_truth(cast(Clause, leaf), codes))


def answer_truth(leaf: Leaf, answers: Mapping[str, Any]) -> Truth:
    """Return the truth of a leaf on answers, given by their paths; unknown where one that it reads is missing."""
    match leaf:
        case Linear(terms, op, constant):
            values = [answers.get(path) for _, path in terms]
            if None in values:
                return None
            total = sum(factor * whole(value, path) for (factor, path), value in zip(terms, values, strict=True))
            return is_compared(op, total, constant)
        case Contains(path, member):
            value = answers.get(path)
            return None if value is None else member in value
        case Chosen(path, levels):
            value = answers.get(path)
            if value is None:
                return None
            return not value.isdisjoint(levels) if isinstance(value, frozenset) else str(value).lower() in levels
        case Rated(path, kind, level):
            value = answers.get(path)
            return None if value is None else value.get(kind) == level
        case _:
            raise TypeError("a derivation reads answers, not findings")


def is_compared(op: str, left: int, right: int) -> bool:
    """Return `left op right` for one of the six comparisons."""
    return _COMPARE[op](left, right)


def whole(value: Any, path: str) -> int:
    """Return an answer as the whole number that `Linear` compares: hours in quarters, everything else as it is."""
    return int(value * QUARTERS) if ANSWERS[path].shape == "number" else int(value)
