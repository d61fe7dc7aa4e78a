from typing import cast

import pytest

from app.engine.conditions import Clause, clause_truth, clauses, truth
from app.engine.ruleset import Insight, Rule
from app.engine.vocabulary import PRACTICES
from app.rulesets.library import Library
from app.rulesets.load import CONTENT

RULES = sorted(path.stem for path in (CONTENT / "rules").glob("*.yaml"))


@pytest.mark.parametrize("id_", RULES)
def test_a_rule_has_scenarios_on_both_sides_of_its_line(library: Library, id_: str) -> None:
    rule = next(rule for rule in library.ruleset.rules if rule.id == id_)

    assert sides(library, rule) == ({True} if not clauses(rule.when) else {True, False})


def test_an_insight_has_scenarios_on_both_sides_of_its_line(library: Library) -> None:
    for insight in library.ruleset.insights:
        assert sides(library, insight) == ({True} if not clauses(insight.when) else {True, False}), insight.id


def sides(library: Library, one: Rule | Insight) -> set[bool]:
    """The outcomes of its scenarios, each of them judged anew."""
    values = {finding.id: finding.values for finding in library.ruleset.findings}
    outcomes = set()
    for scenario in one.scenarios:
        codes = {name: values[name].index(value) for name, value in scenario.given.items()}
        judged = truth(one.when, lambda leaf, codes=codes: clause_truth(cast(Clause, leaf), codes))  # type: ignore[misc]
        assert (judged is True) is scenario.fires, one.id
        outcomes.add(scenario.fires)
    return outcomes


def test_every_practice_is_suggested_by_a_rule(library: Library) -> None:
    ruleset = library.ruleset

    assert {ruleset.practice_of(rule.suggests) for rule in ruleset.rules} - {None} == set(PRACTICES)


def test_every_purpose_has_a_rule_of_its_own(library: Library) -> None:
    suggested = {rule.suggests for rule in library.ruleset.rules}

    assert [purpose.id for purpose in library.ruleset.purposes if purpose.id not in suggested] == []


def test_a_rule_that_reads_a_private_finding_suggests_nothing(library: Library) -> None:
    private = {finding.id for finding in library.ruleset.findings if finding.label == "private"}
    reading = [rule for rule in library.ruleset.rules if any(c.finding in private for c in clauses(rule.when))]

    assert {rule.suggests for rule in reading} == {None}
