"""Small mistakes in the rules are shown by a scenario, or are proved to be no mistakes."""

from dataclasses import replace

import pytest

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import Not
from app.engine.ruleset import Need
from app.rulesets.library import Library
from verification.equivalents import is_equivalent, unseen
from verification.mutants import Mutant, mutants, survivors
from verification.scenarios import Suite

SAMPLE = 40
"""One mutant of so many is tried here; tests/trust tries them all."""


def test_mutants_of_the_rules_are_shown_by_a_scenario_or_equivalent(library: Library, suite: Suite) -> None:
    chosen = [*mutants(library.ruleset)][::SAMPLE]

    assert unseen(library, suite, chosen) == []


def test_no_two_mutants_have_the_same_name(library: Library) -> None:
    names = [mutant.name for mutant in mutants(library.ruleset)]

    assert len(names) == len(set(names)) > 1400


def test_every_rule_finding_and_insight_has_mutants(library: Library) -> None:
    changed = {mutant.of for mutant in mutants(library.ruleset)}

    assert changed >= {f"rules/{rule.id}" for rule in library.ruleset.rules if rule.status != "retired"}
    assert changed >= {f"findings/{finding.id}" for finding in library.ruleset.findings}
    assert changed >= {f"insights/{insight.id}" for insight in library.ruleset.insights}


@pytest.mark.thorough
def test_a_suite_that_lost_its_scenarios_of_a_rule_lets_its_mutants_live(library: Library, suite: Suite) -> None:
    name = "turns-first-when-conflict-runs-in-a-circle"
    kept = tuple(scenario for scenario in suite.scenarios if name not in scenario.expected.fires)
    chosen = [mutant for mutant in mutants(library.ruleset) if mutant.name == f"{name}: dropped"]

    assert [*survivors(library, replace(suite, scenarios=kept), chosen)] == chosen != []


def test_what_is_not_equivalent_is_not_called_so(library: Library) -> None:
    findings = library.ruleset.findings
    talk = next(i for i, finding in enumerate(findings) if finding.id == "talk")
    value, condition = findings[talk].tries[0]
    tries = ((value, Not(condition)), *findings[talk].tries[1:])
    for changed in (
        replace(findings[talk], tries=tries),
        replace(findings[talk], wish=True),
        replace(findings[talk], both="own"),
    ):
        ruleset = replace(library.ruleset, findings=(*findings[:talk], changed, *findings[talk + 1 :]))
        assert not is_equivalent(library, Mutant("talk", "findings/talk", ruleset))


def test_a_finding_that_a_rule_reads_is_not_read_alike_under_another_label(library: Library) -> None:
    findings = tuple(replace(f, label="private") if f.id == "appreciation" else f for f in library.ruleset.findings)
    mutant = Mutant("appreciation", "findings/appreciation", replace(library.ruleset, findings=findings))

    assert not is_equivalent(library, mutant)


def test_a_mutant_is_a_ruleset_that_can_be_used(library: Library) -> None:
    for mutant in [*mutants(library.ruleset)][::400]:
        assert compile_ruleset(mutant.ruleset).rules


def test_needs_move_by_one_step(library: Library) -> None:
    moved = [mutant.name for mutant in mutants(library.ruleset) if mutant.of == "rules/a-cause-in-common"]

    assert [name for name in moved if name.endswith(" need")] == [f"a-cause-in-common: {Need.moderate.name} need"]
