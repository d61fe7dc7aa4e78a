"""Rules that change nothing: whenever they fire, other rules already do the same, or take it away again."""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

from app.engine.bitset import Mask
from app.engine.conditions import UNKNOWN, Algebra, Clause, Condition, Leaf, clauses, evaluate_condition, positive
from app.engine.ruleset import Finding, Purpose, Rule


class Shadow(NamedTuple):
    """An effect of a rule that changes nothing, in words, and the ids of the rules that make it so."""

    rule: str
    effect: str
    by: tuple[str, ...]


class _Effect(NamedTuple):
    """An effect of a rule: a purpose that it suggests, or what it withholds; `within` holds it as a part."""

    verb: str
    of: str
    within: str
    need: int


def shadows_among(
    rules: tuple[Rule, ...], findings: tuple[Finding, ...], purposes: tuple[Purpose, ...]
) -> Iterator[Shadow]:
    """Yield every effect of the rules that other rules leave without consequence whatever is answered.

    What other rules make of a firing is judged by the findings that the rule itself reads; all others count as
    unknown, so that nothing is named here that could make a difference.
    """
    sizes = {finding.id: len(finding.values) for finding in findings}
    practice_of = {purpose.id: purpose.practice for purpose in purposes}
    for rule in rules:
        space = _Combinations(rule.when, sizes)
        for effect in _effects(rule, practice_of):
            by = _shadowing(space, [other for other in rules if other is not rule and _covers(other, effect)])
            if by:
                yield Shadow(rule.id, _in_words(rule, effect, by), tuple(other.id for other in by))


def _effects(rule: Rule, practice_of: Mapping[str, str]) -> Iterator[_Effect]:
    if rule.suggests and rule.need:
        yield _Effect("suggests", rule.suggests, practice_of.get(rule.suggests, rule.suggests), rule.need)
    for withheld in (*rule.withholds, *rule.withholds_asks):
        yield _Effect("withholds", withheld, practice_of.get(withheld, withheld), 0)


def _covers(other: Rule, effect: _Effect) -> bool:
    """Return whether a rule has this effect too, as strongly, or withholds what is suggested: withholding wins."""
    parts = (effect.of, effect.within)
    if any(part in (*other.withholds, *other.withholds_asks) for part in parts):
        return True
    return effect.verb == "suggests" and other.suggests in parts and (other.need or 0) >= effect.need


class _Combinations:
    """Every combination of the values of some findings, unknown included, as one bit of a mask.

    A finding's value is a digit of the combination's number, the first finding's the lowest; unknown is its zero.
    """

    def __init__(self, when: Condition, sizes: Mapping[str, int]) -> None:
        self._sizes, self._strides, self._count = sizes, dict[str, int](), 1
        for name in dict.fromkeys(clause.finding for clause in clauses(when)):
            self._strides[name] = self._count
            self._count *= sizes[name] - UNKNOWN
        everything = (1 << self._count) - 1
        self._algebra: Algebra[Mask] = Algebra(
            lambda parts: reduce(and_, parts, everything), lambda parts: reduce(or_, parts, 0), everything.__xor__
        )
        self.firings = self.where(when)

    def where(self, when: Condition) -> Mask:
        """Return the combinations that make a condition true; findings that are not among these are unknown."""
        return evaluate_condition(positive(when, self._sizes), self._algebra, self._where_clause)

    def _where_clause(self, leaf: Leaf) -> Mask:
        if not isinstance(leaf, Clause) or leaf.finding not in self._strides:
            return 0
        stride = self._strides[leaf.finding]
        period = stride * (self._sizes[leaf.finding] - UNKNOWN)
        block = sum(((1 << stride) - 1) << stride * (code - UNKNOWN) for code in leaf.accepts)
        return block * (((1 << self._count) - 1) // ((1 << period) - 1))


def _shadowing(space: _Combinations, others: list[Rule]) -> tuple[Rule, ...]:
    """Return a rule that holds in every firing, else several of which one does; none where they leave a gap."""
    covered = [(other, space.where(other.when) & space.firings) for other in others]
    # One rule that does it alone is easier to look up than several that share it.
    if alone := next((other for other, mask in covered if mask == space.firings != 0), None):
        return (alone,)
    left, chosen = space.firings, []
    for other, mask in covered:
        if left & mask:
            chosen.append(other)
            left &= ~mask
    return () if left else tuple(chosen)


def _in_words(rule: Rule, effect: _Effect, by: tuple[Rule, ...]) -> str:
    files = ", ".join(f"rules/{other.id}.yaml" for other in by)
    if len(by) == 1 and by[0].when == rule.when and (by[0].suggests, by[0].need) == (rule.suggests, rule.need):
        return f"this repeats {files}: the same condition, and the same effect on {effect.of}"
    if effect.verb == "suggests" and all({effect.of, effect.within} & {*other.withholds} for other in by):
        return f"whenever this suggests {effect.of}, {files} withholds it"
    return f"whenever this fires, {files} {effect.verb} {effect.of} already{', as much or more' if effect.need else ''}"
