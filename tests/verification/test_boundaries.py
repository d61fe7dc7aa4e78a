from dataclasses import replace
from difflib import unified_diff
from itertools import product
from pathlib import Path

import pytest

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import All, Clause, clauses
from app.engine.ruleset import Need, Rule
from app.engine.self_report import pool
from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.plain_reports import report_of
from tests.engine.reference import Reference
from verification.boundaries import generate
from verification.exercised import as_table, needs, rows
from verification.scenarios import NAME, Couple, Suite, differences, read, write
from verification.ways import Ways, assignments, holds

MOST_LINES = 250
"""So many of over four thousand lines are read in a few minutes."""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_ruleset()


@pytest.fixture(scope="module")
def suite() -> Suite:
    return read()


def test_every_scenario_comes_out_as_reviewed(library: Library, suite: Suite) -> None:
    assert [str(each) for each in differences(library.compiled, suite)] == []


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


def test_the_file_is_what_is_generated(library: Library) -> None:
    generated = write(generate(library))

    assert generated == (CONTENT / NAME).read_text(encoding="utf-8"), (
        "`rekindle scenarios --write`, and review what changed"
    )


def test_what_is_written_is_read_again(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(write(suite), encoding="utf-8")

    assert read(tmp_path / NAME) == suite


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
    return [given for given in assignments(rule.when, sizes) if holds(rule.when, given) is True]


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
    for edge in Ways(finding).edges:
        assert Couple(edge.at) in couples
        assert Couple(edge.below) in couples or not edge.below


def changed_lines(library: Library, rule: Rule) -> tuple[int, int]:
    """Lines gone and lines new, where one rule is another."""
    rules = tuple(rule if each.id == rule.id else each for each in library.ruleset.rules)
    ruleset = replace(library.ruleset, rules=rules)
    before = (CONTENT / NAME).read_text(encoding="utf-8").splitlines()
    after = write(generate(replace(library, ruleset=ruleset, compiled=compile_ruleset(ruleset)))).splitlines()
    lines = [line for line in unified_diff(before, after, n=0, lineterm="") if line[:3] not in ("---", "+++")]
    return sum(line.startswith("-") for line in lines), sum(line.startswith("+") for line in lines)


@pytest.mark.parametrize(
    ("name", "finding", "accepts"),
    [
        ("small-moments-in-full-weeks", "busy", (3,)),
        ("a-hobby-in-place-of-passive-evenings", "closeness", (2,)),
        ("nothing-unannounced-while-tension-is-high", "conflict", (3,)),
    ],
)
def test_a_moved_threshold_changes_few_lines(
    library: Library, name: str, finding: str, accepts: tuple[int, ...]
) -> None:
    rule = next(each for each in library.ruleset.rules if each.id == name)
    clause = next(each for each in clauses(rule.when) if each.finding == finding)
    moved = Clause(finding, clause.op, clause.values, accepts)
    parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
    when = All(tuple(moved if part == clause else part for part in parts))

    gone, new = changed_lines(library, replace(rule, when=when))

    assert 0 < gone + new <= MOST_LINES, (gone, new)


def test_a_dropped_need_changes_few_lines(library: Library) -> None:
    rule = next(each for each in library.ruleset.rules if each.id == "structure-first-when-talk-is-strained")

    gone, new = changed_lines(library, replace(rule, need=Need.moderate))

    assert 0 < gone + new <= MOST_LINES, (gone, new)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("scenarios: []\n", "`for_everyone` is missing"),
        ("for_everyone: {}\nscenarios:\n  - { mine: {} }\n", "`shows` is missing"),
        ("for_everyone: {}\nscenarios:\n  - { shows: [x], mine: { talk: strained } }\n", "there is no answer `talk`"),
        ("for_everyone: {}\nscenarios:\n  - { shows: [x], mine: {}, fired: [] }\n", "there is no key `fired` here"),
        (
            "for_everyone: {}\nscenarios:\n  - { shows: [x], mine: { conflict.level: loud } }\n",
            "`loud` is not known here",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        read(tmp_path / NAME)

    assert any(str(each).startswith(f"{NAME}:") and reason in each.reason for each in caught.value.mistakes)


def test_what_comes_out_otherwise_is_said_in_one_line(library: Library, suite: Suite) -> None:
    wrong = next(each for each in suite.scenarios if each.expected.fires)
    other = replace(wrong, expected=replace(wrong.expected, fires=()))

    (said,) = map(str, differences(library.compiled, suite, [other]))

    assert said == f"{wrong.name}: fires: expected nothing, but it is [{', '.join(wrong.expected.fires)}]"
