from dataclasses import replace
from itertools import product

import pytest

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import rule_truth
from app.engine.ruleset import Need, Rule
from app.engine.self_report import pool
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.plain_reports import report_of
from tests.engine.reference import Reference
from verification.boundaries import generate
from verification.changed_scenarios import turned
from verification.finding_answers import FindingAnswers, assignments
from verification.scenario_coverage import as_table, needs, rows
from verification.scenarios import ScenarioCouple, Suite, is_as_expected

STRUCTURE = "structure-first-when-talk-is-strained"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_ruleset()


@pytest.fixture(scope="module")
def suite(library: Library) -> Suite:
    return generate(library)


def test_the_plain_reading_of_the_ruleset_expects_the_same(library: Library, suite: Suite) -> None:
    for scenario in suite.scenarios:
        mine, theirs = scenario.couple
        other = None if theirs is None else pool(report_of(theirs))
        plain = Reference(library.ruleset, report_of(mine), other, 5)
        fired = {rule.id for rule in plain.fired} - {*suite.for_everyone.fires}

        assert fired == {*scenario.expected.fires}, scenario.name
        for practice, need in (*scenario.expected.suggested.items(), *scenario.expected.withheld.items()):
            expected = Need[need] if need in Need.__members__ else 0
            assert plain.need(practice) == expected, scenario.name
            assert plain.is_withheld(practice, privately=True) == (practice in scenario.expected.withheld), (
                scenario.name
            )


def test_no_two_scenarios_have_the_same_answers(suite: Suite) -> None:
    names = [scenario.name for scenario in suite.scenarios]

    assert len(names) == len(set(names))


def test_every_rule_fires_and_is_silent_and_every_literal_is_true_false_and_unknown(
    library: Library, suite: Suite
) -> None:
    uncovered = [row for row in rows(library.ruleset, suite) if not row.is_covered]

    assert not uncovered, f"\n{as_table(uncovered)}"


def test_what_is_not_covered_is_shown_as_a_table(library: Library, suite: Suite) -> None:
    half = Suite(suite.for_everyone, suite.scenarios[::40])

    table = as_table(row for row in rows(library.ruleset, half) if not row.is_covered)

    assert table.splitlines()[0].split() == ["true", "false", "unknown"]
    assert len(table.splitlines()) > 50


def test_every_practice_is_suggested_with_every_need_that_a_rule_has_for_it(library: Library, suite: Suite) -> None:
    assert [each for each in needs(library.ruleset, suite) if not each[2]] == []


def firing(library: Library, rule: Rule) -> list[dict[str, int]]:
    sizes = {finding.id: len(finding.values) for finding in library.ruleset.findings}
    return [given for given in assignments(rule.when, sizes) if rule_truth(rule.when, given) is True]


def agree(one: dict[str, int], two: dict[str, int]) -> bool:
    return all(two.get(finding, code) == code for finding, code in one.items())


def test_every_practice_that_is_called_for_and_held_back_is_shown(library: Library, suite: Suite) -> None:
    in_force = [rule for rule in library.ruleset.rules if rule.status != "retired"]
    for rule, caller in product(in_force, in_force):
        pairs = product(firing(library, rule), firing(library, caller))
        if caller.suggests and caller.suggests in rule.withholds and any(agree(a, b) for a, b in pairs):
            assert any(
                rule.id in each.expected.fires and each.expected.withheld.get(caller.suggests) in Need.__members__
                for each in suite.scenarios
            ), (rule.id, caller.suggests)


def test_a_wish_of_the_other_alone_calls_for_a_moderate_need_at_most(suite: Suite) -> None:
    capped = [s for s in suite.scenarios if any("other's wish alone" in line for line in s.shows)]

    assert len(capped) >= 3
    for scenario in capped:
        practices = {line.split()[0] for line in scenario.shows if "other's wish alone" in line}
        assert all({**scenario.expected.suggested, **scenario.expected.withheld}[p] == "moderate" for p in practices)


def test_strategies_are_told_apart_by_needs_and_then_by_the_order_of_the_article(suite: Suite) -> None:
    shown = " ".join(line for scenario in suite.scenarios for line in scenario.shows)

    for pair in (
        "quality_time comes before structured_exercises",
        "structured_exercises comes before quality_time",
        "structured_exercises comes before new_experiences",
        "new_experiences comes before quality_time",
    ):
        assert pair in shown
    assert "the order of the article counts" in shown


@pytest.mark.parametrize("of", ["talk", "closeness", "time", "season"])
def test_both_sides_of_every_line_of_a_finding_are_there(library: Library, suite: Suite, of: str) -> None:
    couples = [scenario.couple for scenario in suite.scenarios]
    finding = next(each for each in library.ruleset.findings if each.id == of)
    for edge in FindingAnswers(finding).edges:
        assert ScenarioCouple(edge.at) in couples
        assert ScenarioCouple(edge.below) in couples or not edge.below


def test_a_moved_threshold_turns_few_scenarios(library: Library, suite: Suite) -> None:
    rules = {rule.id: rule for rule in library.ruleset.rules}
    changed = replace(rules[STRUCTURE], need=Need.moderate)
    ruleset = replace(library.ruleset, rules=tuple((rules | {STRUCTURE: changed}).values()))
    other = replace(library, ruleset=ruleset, compiled=compile_ruleset(ruleset))

    differing = [*turned(library, other, suite)]

    assert 0 < len(differing) < len(suite.scenarios) / 4
    assert all(difference.key in ("suggested", "withheld", "order") for difference in differing)


def test_an_unchanged_ruleset_turns_nothing(library: Library, suite: Suite) -> None:
    assert [*turned(library, library, suite)] == []
    assert is_as_expected(library.compiled, suite)
