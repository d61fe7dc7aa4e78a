"""Decision tables: the rules about one purpose as rows, of which the first one that fits counts.

A row reads the findings as they meet on one side. Of the two sides, the one on which more is called for counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import combinations
from math import prod
from typing import NamedTuple

from app.engine.conditions import UNKNOWN, alternatives, clauses, positive
from app.engine.ruleset import Finding, Need, Rule
from app.rulesets.library import Library
from verification.judged import effects_of

AcceptedCodes = Mapping[str, frozenset[int]]
"""Codes by finding, of which each finding must have one; a finding that is left out may be anything, unknown too."""


class PurposeFate(IntEnum):
    """The fate of a purpose; a higher one wins. `withheld_privately` is for the view of the one who answered alone."""

    uncalled = 0
    slight = Need.slight
    moderate = Need.moderate
    strong = Need.strong
    withheld_privately = 4
    withheld = 5


class DecisionTableRow(NamedTuple):
    """A row: accepted codes, and what becomes of the purpose where they hold.

    `wishes` are the findings for which the wish of only one of the two makes a strong need moderate.
    """

    fate: PurposeFate
    accepts: AcceptedCodes
    rules: tuple[str, ...]
    wishes: tuple[str, ...]


class DecisionTable(NamedTuple):
    """A table; `reads` are the findings of its rules in the content's order, `idle` the rules that no row needs."""

    purpose: str
    reads: tuple[Finding, ...]
    rows: tuple[DecisionTableRow, ...]
    idle: tuple[str, ...]

    @property
    def combinations(self) -> int:
        """The number of combinations of the values of the findings it reads, unknown being one value."""
        return prod(len(finding.values) + 1 for finding in self.reads)

    def columns(self) -> list[Finding]:
        """Return the findings that any row names."""
        return [finding for finding in self.reads if any(finding.id in row.accepts for row in self.rows)]

    def has_rest(self) -> bool:
        """Return whether some combinations fit no row: the purpose is not called for there."""
        return all(row.accepts for row in self.rows)

    def fate(self, codes: Mapping[str, int]) -> PurposeFate:
        """Return what becomes of the purpose where findings have these codes; a finding left out is unknown."""
        for row in self.rows:
            if all(codes.get(name, UNKNOWN) in accepted for name, accepted in row.accepts.items()):
                return row.fate
        return PurposeFate.uncalled


def table_of(library: Library, purpose: str) -> DecisionTable:
    """Return the table of a purpose, with as few rows as merging leaves."""
    findings = {finding.id: finding for finding in library.ruleset.findings}
    space = _Space(findings)
    effects = effects_of(library.ruleset)
    acting = {rule.id for rule in effects.suggesting[purpose] + effects.withholding[purpose]}
    rules = [rule for rule in effects.rules if rule.id in acting]
    all_rows = [row for rule in rules for row in space.rows(rule, _fate(rule, findings))]
    merged = [
        row for fate in sorted(PurposeFate, reverse=True) for row in space.merged(r for r in all_rows if r.fate == fate)
    ]
    rows = space.needed(merged)
    named = {rule for row in rows for rule in row.rules}
    read = {clause.finding for rule in rules for clause in clauses(rule.when)}
    return DecisionTable(
        purpose,
        tuple(finding for finding in library.ruleset.findings if finding.id in read),
        tuple(rows),
        tuple(rule.id for rule in rules if rule.id not in named),
    )


def _fate(rule: Rule, findings: Mapping[str, Finding]) -> PurposeFate:
    if rule.need:
        return PurposeFate(rule.need)
    is_private = any(findings[clause.finding].label == "private" for clause in clauses(rule.when))
    return PurposeFate.withheld_privately if is_private else PurposeFate.withheld


class _Space:
    """The combinations of the findings' values."""

    def __init__(self, findings: Mapping[str, Finding]) -> None:
        self._findings = findings
        self._sizes = {name: len(finding.values) for name, finding in findings.items()}
        self._every = {name: frozenset(range(UNKNOWN, size)) for name, size in self._sizes.items()}

    def rows(self, rule: Rule, fate: PurposeFate) -> Iterator[DecisionTableRow]:
        """Yield one row for each way in which a rule fires."""
        wishes = fate == PurposeFate.strong
        for way in alternatives(positive(rule.when, self._sizes)):
            accepts: dict[str, frozenset[int]] = {}
            for clause in way:
                accepts[clause.finding] = self._codes(accepts, clause.finding) & {*clause.accepts}
            if all(accepts.values()):
                read_wishes = tuple(f for f in accepts if wishes and self._findings[f].wish)
                yield DecisionTableRow(fate, accepts, (rule.id,), read_wishes)

    def merged(self, rows: Iterable[DecisionTableRow]) -> list[DecisionTableRow]:
        """Return the rows with those that differ in one finding made one; those that ask for least stand first."""
        left = list(rows)
        while pair := next((pair for pair in combinations(left, 2) if _differ_in_one(*pair)), None):
            one, two = pair
            left[left.index(one)] = DecisionTableRow(
                one.fate,
                {name: codes | two.accepts[name] for name, codes in one.accepts.items()},
                tuple(dict.fromkeys(one.rules + two.rules)),
                tuple(dict.fromkeys(one.wishes + two.wishes)),
            )
            left.remove(two)
        return sorted(left, key=lambda row: len(row.accepts))

    def needed(self, rows: Sequence[DecisionTableRow]) -> list[DecisionTableRow]:
        """Return the rows without those that others of the same or a higher fate cover."""
        left = list(rows)
        for row in reversed(rows):
            others = [other.accepts for other in left if other is not row and other.fate >= row.fate]
            if self._is_covered(row.accepts, others):
                left.remove(row)
        return left

    def _is_covered(self, accepts: AcceptedCodes, others: Sequence[AcceptedCodes]) -> bool:
        # Whatever the first of the others leaves over is looked for in the rest of them.
        for i, other in enumerate(others):
            if any(not self._codes(accepts, name) & codes for name, codes in other.items()):
                continue
            inside = dict(accepts)
            for name, codes in other.items():
                outside = self._codes(inside, name) - codes
                if outside and not self._is_covered({**inside, name: outside}, others[i + 1 :]):
                    return False
                inside[name] = self._codes(inside, name) & codes
            return True
        return False

    def _codes(self, accepts: AcceptedCodes, name: str) -> frozenset[int]:
        return accepts.get(name, self._every[name])


def _differ_in_one(one: DecisionTableRow, two: DecisionTableRow) -> bool:
    if one.accepts.keys() != two.accepts.keys():
        return False
    return sum(codes != two.accepts[name] for name, codes in one.accepts.items()) <= 1
