from dataclasses import replace
from itertools import chain, product

import pytest

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import rule_truth
from app.engine.history import NO_HISTORY
from app.engine.ruleset import Need, Rule
from app.engine.self_report import agree, pool
from app.rulesets.library import Library
from app.rulesets.plain_reports import report_of
from tests.engine.reference import Pair, withholds
from tests.engine.reference_narrowing import Narrowing
from verification.commands.scenarios import turned
from verification.finding_answers import FindingAnswers, assignments
from verification.judged import effects_of, purposes_of
from verification.scenarios import ScenarioCouple, Suite, is_as_expected

STRUCTURE = "structure-first-when-talk-is-strained"


def test_the_plain_reading_of_the_ruleset_expects_the_same(library: Library, suite: Suite) -> None:
    activities = {
        purpose.id: [activity for activity in library.ruleset.activities if activity.purpose == purpose.id]
        for purpose in library.ruleset.purposes
    }
    for scenario in suite.scenarios:
        mine, said = scenario.couple.report, scenario.couple.theirs
        theirs = None if said is None else report_of(said)
        other = pool(theirs) if theirs else None
        pair = Pair(library.ruleset, pool(mine), other, agree(mine.mutual, theirs.mutual if theirs else None))
        reader = Narrowing(pair, mine, NO_HISTORY)
        fired = [rule for rule in pair.firing if rule not in reader.private_rules] + reader.withholding
        held = {of for of, those in activities.items() if all(any(withholds(r, a) for r in fired) for a in those)}

        assert {rule.id for rule in fired} - {*suite.for_everyone.fires} == {*scenario.expected.fires}, scenario.name
        assert held == {*scenario.expected.withheld}, scenario.name
        for purpose, need in (*scenario.expected.suggested.items(), *scenario.expected.withheld.items()):
            assert pair.needs[purpose] == (Need[need] if need in Need.__members__ else 0), scenario.name


def test_no_two_scenarios_have_the_same_answers(suite: Suite) -> None:
    names = [scenario.name for scenario in suite.scenarios]

    assert len(names) == len(set(names))


def firing(library: Library, rule: Rule) -> list[dict[str, int]]:
    sizes = {finding.id: len(finding.values) for finding in library.ruleset.findings}
    return [given for given in assignments(rule.when, sizes) if rule_truth(rule.when, given) is True]


def go_together(one: dict[str, int], two: dict[str, int]) -> bool:
    return all(two.get(finding, code) == code for finding, code in one.items())


def test_every_purpose_that_is_called_for_and_held_back_is_shown(library: Library, suite: Suite) -> None:
    effects = effects_of(library.ruleset)
    for purpose, withholding in effects.withholding.items():
        for rule in withholding:
            pairs = (product(firing(library, rule), firing(library, c)) for c in effects.suggesting[purpose])
            if any(go_together(a, b) for a, b in chain.from_iterable(pairs)):
                assert any(
                    rule.id in each.expected.fires and each.expected.withheld.get(purpose) in Need.__members__
                    for each in suite.scenarios
                ), (rule.id, purpose)


def test_a_wish_of_one_alone_calls_for_a_moderate_need_at_most(library: Library, suite: Suite) -> None:
    capped = [(s, line) for s in suite.scenarios for line in s.shows if "wish of one alone" in line]

    assert len(capped) >= 3
    for scenario, line in capped:
        purposes = purposes_of(library.ruleset, line.split()[0])
        called = {**suite.for_everyone.suggested, **scenario.expected.suggested, **scenario.expected.withheld}
        assert "strong" not in {called.get(purpose) for purpose in purposes}, scenario.name


def test_strategies_are_told_apart_by_needs_by_precedence_and_by_the_order_of_the_article(suite: Suite) -> None:
    shown = " ".join(line for scenario in suite.scenarios for line in scenario.shows)

    for pair in (
        "quality_time comes before structured_exercises",
        "structured_exercises comes before quality_time",
        "structured_exercises comes before new_experiences",
        "new_experiences comes before quality_time",
    ):
        assert pair in shown
    assert "the order of the article counts" in shown
    assert "and so close-calm-and-easy-to-talk counts" in shown


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
