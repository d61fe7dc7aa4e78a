"""What the rules make of one practice, as a table: from the top, the first row that fits counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import combinations, product
from typing import NamedTuple

from app.engine.conditions import UNKNOWN, All, AnyOf, Clause, Condition, clauses, positive
from app.engine.ruleset import Finding, Need, Rule
from app.rulesets.library import Library
from app.rulesets.review import rules_in_force

Given = Mapping[str, frozenset[int]]
"""The codes that findings must have. A finding that is left out may be anything, unknown too."""


class Fate(IntEnum):
    """What becomes of a practice; a higher one wins. `withheld_privately`: from the one who told it alone."""

    uncalled = 0
    slight = Need.slight
    moderate = Need.moderate
    strong = Need.strong
    withheld_privately = 4
    withheld = 5


class Row(NamedTuple):
    """`wishes` are the findings for which the other's wish alone makes a strong need moderate."""

    fate: Fate
    given: Given
    rules: tuple[str, ...]
    wishes: tuple[str, ...]


class Table(NamedTuple):
    """`reads` are the findings of the rules in the content's order; `idle` the rules that change nothing in any row."""

    practice: str
    reads: tuple[Finding, ...]
    rows: tuple[Row, ...]
    idle: tuple[str, ...]

    @property
    def combinations(self) -> int:
        """Of the values of the findings it reads, unknown being one of them."""
        count = 1
        for finding in self.reads:
            count *= len(finding.values) + 1
        return count

    def fate(self, codes: Mapping[str, int]) -> Fate:
        """What becomes of the practice where the findings are these; those left out are unknown."""
        for row in self.rows:
            if all(codes.get(name, UNKNOWN) in accepted for name, accepted in row.given.items()):
                return row.fate
        return Fate.uncalled


def table_of(library: Library, practice: str) -> Table:
    """With as few rows as merging leaves."""
    findings = {finding.id: finding for finding in library.ruleset.findings}
    space = _Space(findings)
    rules = [rule for rule in rules_in_force(library) if practice in (rule.suggests, *rule.withholds)]
    rows = [row for rule in rules for row in space.rows(rule, _fate(rule, findings))]
    merged = [row for fate in sorted(Fate, reverse=True) for row in space.merged(r for r in rows if r.fate == fate)]
    kept = space.needed(merged)
    named = {rule for row in kept for rule in row.rules}
    read = {clause.finding for rule in rules for clause in clauses(rule.when)}
    return Table(
        practice,
        tuple(finding for finding in library.ruleset.findings if finding.id in read),
        tuple(kept),
        tuple(rule.id for rule in rules if rule.id not in named),
    )


def is_private(rule: Rule, findings: Mapping[str, Finding]) -> bool:
    return any(findings[clause.finding].label == "private" for clause in clauses(rule.when))


def _fate(rule: Rule, findings: Mapping[str, Finding]) -> Fate:
    if rule.need:
        return Fate(rule.need)
    return Fate.withheld_privately if is_private(rule, findings) else Fate.withheld


class _Space:
    """All combinations of the findings' values."""

    def __init__(self, findings: Mapping[str, Finding]) -> None:
        self._findings = findings
        self._sizes = {name: len(finding.values) for name, finding in findings.items()}
        self._every = {name: frozenset(range(UNKNOWN, size)) for name, size in self._sizes.items()}

    def rows(self, rule: Rule, fate: Fate) -> Iterator[Row]:
        """One for each way in which a rule fires."""
        wishes = fate == Fate.strong
        for given in self._ways(positive(rule.when, self._sizes)):
            if all(given.values()):
                yield Row(fate, given, (rule.id,), tuple(f for f in given if wishes and self._findings[f].wish))

    def _ways(self, condition: Condition) -> Iterator[Given]:
        match condition:
            case Clause(finding, _, _, accepts):
                yield {finding: frozenset(accepts)}
            case AnyOf(parts):
                for part in parts:
                    yield from self._ways(part)
            case All(parts):
                for choice in product(*(tuple(self._ways(part)) for part in parts)):
                    joined: dict[str, frozenset[int]] = {}
                    for given in choice:
                        joined |= {name: joined.get(name, codes) & codes for name, codes in given.items()}
                    yield joined
            case _:
                raise TypeError("the conditions of rules are clauses on findings")

    def merged(self, rows: Iterable[Row]) -> list[Row]:
        """Rows that differ in one finding become one row; those that ask for least stand first."""
        left = list(rows)
        while pair := next((pair for pair in combinations(left, 2) if _differ_in_one(*pair)), None):
            one, two = pair
            left[left.index(one)] = Row(
                one.fate,
                {name: codes | two.given[name] for name, codes in one.given.items()},
                tuple(dict.fromkeys(one.rules + two.rules)),
                tuple(dict.fromkeys(one.wishes + two.wishes)),
            )
            left.remove(two)
        return sorted(left, key=lambda row: len(row.given))

    def needed(self, rows: Sequence[Row]) -> list[Row]:
        """Without the rows that say nothing new: others of the same fate or a higher one hold wherever they do."""
        kept = list(rows)
        for row in reversed(rows):
            others = [other.given for other in kept if other is not row and other.fate >= row.fate]
            if self._is_covered(row.given, others):
                kept.remove(row)
        return kept

    def _is_covered(self, given: Given, others: Sequence[Given]) -> bool:
        """Whether each combination fits one of the others: whatever the first leaves over is looked for in the rest."""
        for i, other in enumerate(others):
            if any(not self._codes(given, name) & codes for name, codes in other.items()):
                continue
            inside = dict(given)
            for name, codes in other.items():
                outside = self._codes(inside, name) - codes
                if outside and not self._is_covered({**inside, name: outside}, others[i + 1 :]):
                    return False
                inside[name] = self._codes(inside, name) & codes
            return True
        return False

    def _codes(self, given: Given, name: str) -> frozenset[int]:
        return given.get(name, self._every[name])


def _differ_in_one(one: Row, two: Row) -> bool:
    if one.given.keys() != two.given.keys():
        return False
    return sum(codes != two.given[name] for name, codes in one.given.items()) <= 1
