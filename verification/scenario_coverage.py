"""Coverage of a suite: every rule firing and silent, every literal true, false and unknown."""

from collections.abc import Iterable
from typing import NamedTuple

from app.engine.conditions import Clause, Truth, clause_truth, clauses, rule_truth
from app.engine.ruleset import Insight, Need, Rule, Ruleset
from verification.scenarios import Decided, Suite


class Row(NamedTuple):
    """The counts of the outcomes of one rule, or of one literal of it, over a suite."""

    of: str
    true: int
    false: int
    unknown: int
    may_be_silent: bool

    @property
    def is_covered(self) -> bool:
        """True where every outcome was met; a rule without a condition has nothing but firing to show."""
        return self.true > 0 and (not self.may_be_silent or (self.false > 0 and self.unknown > 0))


def rows(ruleset: Ruleset, suite: Suite) -> Iterable[Row]:
    """Yield a row for each rule and insight, and for each literal of it.

    A rule is counted as unknown where its condition is neither true nor false; that and false alike are silent.
    """
    values = {finding.id: finding.values for finding in ruleset.findings}
    expected = [suite.for_everyone, *(scenario.expected for scenario in suite.scenarios)]
    codes = [{name: values[name].index(value) for name, value in decided.finds.items()} for decided in expected]
    ones: tuple[Rule | Insight, ...] = (
        *(rule for rule in ruleset.rules if rule.status != "retired"),
        *ruleset.insights,
    )
    for one in ones:
        truths = [
            _fires(one, scenario, rule_truth(one.when, codes)) for scenario, codes in zip(expected, codes, strict=True)
        ]
        yield Row(one.id, truths.count(True), truths.count(False), truths.count(None), bool(clauses(one.when)))
        for clause in dict.fromkeys(clauses(one.when)):
            of_clause = [clause_truth(clause, codes) for codes in codes]
            name = f"{one.id}: {_said(clause)}"
            yield Row(name, of_clause.count(True), of_clause.count(False), of_clause.count(None), may_be_silent=True)


def _fires(one: Rule | Insight, expected: Decided, by_condition: Truth) -> Truth:
    """Return the truth as the suite expects it; where it is silent, the condition tells false from unknown."""
    if one.id in expected.fires or one.id in expected.insights:
        return True
    return None if by_condition is None else False


def needs(ruleset: Ruleset, suite: Suite) -> Iterable[tuple[str, str, int]]:
    """Yield each practice, each need that a rule calls for it with, and the number of scenarios that suggest it so."""
    declared = {(rule.suggests, rule.need) for rule in ruleset.rules if rule.status != "retired" and rule.suggests}
    expected = [suite.for_everyone, *(scenario.expected for scenario in suite.scenarios)]
    for practice in ruleset.practices:
        for need in Need:
            if (practice.id, need) in declared:
                yield (
                    practice.id,
                    need.name,
                    sum(decided.suggested.get(practice.id) == need.name for decided in expected),
                )


def as_table(uncovered: Iterable[Row]) -> str:
    """Return the missing rows as a table for people."""
    lines = [f"{'true':>6} {'false':>6} {'unknown':>8}"]
    lines += [f"{row.true:>6} {row.false:>6} {row.unknown:>8}  {row.of}" for row in uncovered]
    return "\n".join(lines)


def _said(clause: Clause) -> str:
    values = clause.values[0] if len(clause.values) == 1 else f"({', '.join(clause.values)})"
    return f"{clause.finding} {clause.op} {values}"
