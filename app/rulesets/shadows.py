"""Rules that change nothing: whenever they fire, other rules already do the same, or take it away again."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from app.engine.conditions import UNKNOWN, Clause, Condition, Leaf, clause_truth, clauses, truth
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
        firings = [*_firings(rule.when, sizes)]
        for effect in _effects(rule, practice_of):
            by = _shadowing(firings, [other for other in rules if other is not rule and _covers(other, effect)])
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


def _firings(when: Condition, sizes: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
    """Yield every combination of the values of a condition's findings, unknown included, that makes it true."""
    names = [*dict.fromkeys(clause.finding for clause in clauses(when))]
    for values in product(*(range(UNKNOWN, sizes[name]) for name in names)):
        codes = dict(zip(names, values, strict=True))
        if _holds(when, codes):
            yield codes


def _holds(when: Condition, codes: Mapping[str, int]) -> bool:
    def of_clause(leaf: Leaf) -> bool | None:
        return clause_truth(leaf, codes) if isinstance(leaf, Clause) else None

    return truth(when, of_clause) is True


def _shadowing(firings: list[Mapping[str, int]], others: list[Rule]) -> tuple[Rule, ...]:
    """Return a rule that holds in every firing, else several of which one does; none where they leave a gap."""
    if not firings:
        return ()
    covered = {other.id: {i for i, codes in enumerate(firings) if _holds(other.when, codes)} for other in others}
    # One rule that does it alone is easier to look up than several that share it.
    for other in others:
        if len(covered[other.id]) == len(firings):
            return (other,)
    left, chosen = set(range(len(firings))), []
    for other in others:
        if left & covered[other.id]:
            chosen.append(other)
            left -= covered[other.id]
    return () if left else tuple(chosen)


def _in_words(rule: Rule, effect: _Effect, by: tuple[Rule, ...]) -> str:
    files = ", ".join(f"rules/{other.id}.yaml" for other in by)
    if len(by) == 1 and by[0].when == rule.when and (by[0].suggests, by[0].need) == (rule.suggests, rule.need):
        return f"this repeats {files}: the same condition, and the same effect on {effect.of}"
    if effect.verb == "suggests" and all({effect.of, effect.within} & {*other.withholds} for other in by):
        return f"whenever this suggests {effect.of}, {files} withholds it"
    return f"whenever this fires, {files} {effect.verb} {effect.of} already{', as much or more' if effect.need else ''}"
