from dataclasses import replace
from typing import Any

import pytest

from app.engine.compiled_ruleset import CompiledRuleset, compile_ruleset, paths_of
from app.engine.condition_parser import parse_rule_condition
from app.engine.conditions import Clause
from app.engine.evaluate import evaluate
from app.engine.ruleset import Finding, Need, Rule
from app.engine.view import Because
from tests.engine.build import a_report, ids, offer_to, pooled, rules, strategies, strategy, view_of


def with_rule(compiled: CompiledRuleset, when: str, **changed: object) -> CompiledRuleset:
    """The ruleset in force, with one rule of its own making."""
    values = {finding.id: finding.values for finding in compiled.findings}
    rule = Rule(
        id="a-rule-of-this-test",
        status="draft",
        when=parse_rule_condition(when, values),
        suggests="learn_together",
        need=Need.strong,
        withholds=(),
        withholds_asks=(),
        basis="editorial",
        claims=(),
        grade="D",
        scenarios=(),
    )
    added: dict[str, object] = {"rules": (*compiled.ruleset.rules, replace(rule, **changed))}  # type: ignore[arg-type]
    return compile_ruleset(replace(compiled.ruleset, **added))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("id_", "changed", "is_left"),
    [
        ("speaker-listener", {"minutes": 45}, True),
        ("speaker-listener", {"minutes": 46}, False),
        ("speaker-listener", {"fixed_end": False}, True),
        ("tea-in-silence", {"minutes": 30}, True),
        ("tea-in-silence", {"minutes": 31}, False),
        ("tea-in-silence", {"fixed_end": False}, False),
        ("tea-in-silence", {"conflict_ceiling": "frequent"}, False),
    ],
)
def test_chronic_conflict_bounds_whatever_content_may_come(
    compiled: CompiledRuleset, id_: str, changed: dict[str, Any], *, is_left: bool
) -> None:
    activities = tuple(replace(a, **changed) if a.id == id_ else a for a in compiled.ruleset.activities)
    other = compile_ruleset(replace(compiled.ruleset, activities=activities))
    fitting = offer_to(other, a_report(conflict="chronic"), None).fitting

    assert (id_ in {a.id for i, a in enumerate(other.index.order) if fitting >> i & 1}) == is_left


def test_a_reason_names_only_what_holds(compiled: CompiledRuleset) -> None:
    changed = with_rule(compiled, "talk == strained or silence == uncomfortable")
    view = evaluate(changed, a_report(silence="uncomfortable", ease="easy"), None)
    (_, reason) = strategy(view, "new_experiences").reasons

    assert reason.because == (Because("silence", "uncomfortable"),)


def test_a_rule_with_not_fires_where_its_clause_is_false_and_never_where_it_is_unknown(
    compiled: CompiledRuleset,
) -> None:
    changed = with_rule(compiled, "not (talk == strained or silence == uncomfortable)")

    for said, fires in (
        ({"ease": "easy", "silence": "neutral"}, True),
        ({"ease": "easy"}, False),
        ({"ease": "strained", "silence": "neutral"}, False),
        ({}, False),
    ):
        assert ("a-rule-of-this-test" in rules(evaluate(changed, a_report(**said), None))) == fires


def test_a_retired_rule_never_fires(compiled: CompiledRuleset) -> None:
    live, retired = (with_rule(compiled, "talk == easy", status=status) for status in ("reviewed", "retired"))

    assert "new_experiences" in strategies(evaluate(live, a_report(ease="easy"), None))
    assert "new_experiences" not in strategies(evaluate(retired, a_report(ease="easy"), None))


def test_saying_every_reason_twice_changes_no_rank_and_no_list(compiled: CompiledRuleset) -> None:
    again = tuple(replace(rule, id=f"{rule.id}-again") for rule in compiled.ruleset.rules if rule.suggests)
    doubled = compile_ruleset(replace(compiled.ruleset, rules=compiled.ruleset.rules + again))
    for said in (
        {},
        {"ease": "strained"},
        {"routine": 5},
        {"closeness": 1, "mostly": "passive"},
        {"conflict": "chronic"},
    ):
        once, twice = (view_of(each, a_report(**said), pooled(routine=3), 20) for each in (compiled, doubled))
        assert [(s.strategy, s.rank, s.standing) for s in twice.strategies] == [
            (s.strategy, s.rank, s.standing) for s in once.strategies
        ]
        assert ids(doubled, twice) == ids(compiled, once)


def test_a_finding_knows_the_answers_it_reads(compiled: CompiledRuleset) -> None:
    by_id = {finding.id: finding for finding in compiled.findings}

    assert paths_of(by_id["date_night_only"]) == {
        "time_together.mostly",
        "time_together.date_nights_per_month",
        "time_together.everyday_moments",
    }
    assert paths_of(by_id["blind_spot"]) == {
        "time_together.hours_per_week",
        "time_together.desired_hours_per_week",
        "time_together.feels",
    }
    assert paths_of(by_id["drifting"]) == {"closeness.feelings", "closeness.level"}
    assert paths_of(by_id["meaning"]) == {"activity_preferences.counts_as_quality_time"}


def test_a_finding_that_would_read_a_finding_reads_no_answer() -> None:
    circular = Clause("talk", "==", ("strained",), (2,))
    finding = Finding("f", ("no", "yes"), "own", "pooled", False, (("yes", circular),), None, "product")

    assert paths_of(finding) == frozenset()


@pytest.mark.parametrize("name", ["conflict", "start"])
def test_what_bounds_and_what_comes_first_have_their_findings(compiled: CompiledRuleset, name: str) -> None:
    assert compiled.findings[compiled.position[name]].id == name
