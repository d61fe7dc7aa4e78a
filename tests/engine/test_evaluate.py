"""How views of changed answers relate to each other."""

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import CompiledRuleset, compile_ruleset
from app.engine.conditions import UNKNOWN, All
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.self_report import Conflict, SelfReport, pool
from app.engine.view import View
from app.engine.vocabulary import ANSWERS, POOLED_PATHS
from tests.engine.build import a_report, ids, practices, strategies, with_answer
from tests.engine.reference import answer, decision_of, find
from tests.engine.reports import (
    PRIVATE_PATHS,
    SAFETY_PATHS,
    pooled_alone,
    random_report,
    random_value,
    safe,
    seeded,
    values_of,
    whole,
)

TODAY = date(2026, 11, 23)
POOLED = sorted(POOLED_PATHS)


def written(renderer: Renderer, view: View) -> bytes:
    return renderer.view(view, "US", "full", TODAY)


def said_otherwise(report: SelfReport, seed: int) -> SelfReport:
    """The same pooled answers; everything that the other must not feel is different."""
    random = seeded(seed)
    for path in PRIVATE_PATHS + tuple(sorted(report.keep_private or ())):
        if path in ANSWERS:
            value = random_value(random, path) if random.random() < 0.7 else None
            report = with_answer(report, path, frozenset(value) if isinstance(value, list) else value)
    return report


def practices_of(compiled: CompiledRuleset, view: View) -> set[str]:
    """The practices that fired rules suggest in a view, whatever becomes of them."""
    assert view.verdicts is not None
    fired = (rule for i, rule in enumerate(compiled.rules) if view.verdicts.true >> i & 1)
    return {compiled.ruleset.practices[rule.practice].id for rule in fired if rule.need is not None}


@settings(max_examples=150)
@given(a=whole, b=whole, most=st.integers(1, 20))
def test_both_views_at_once_are_the_two_views_each_alone(
    compiled: CompiledRuleset, a: SelfReport, b: SelfReport, most: int
) -> None:
    assert evaluate_both(compiled, a, b, most) == (
        evaluate(compiled, a, pool(b), most),
        evaluate(compiled, b, pool(a), most),
    )


@settings(max_examples=100)
@given(a=whole, b=whole)
def test_swapping_the_reports_swaps_the_views_and_nothing_else(
    compiled: CompiledRuleset, a: SelfReport, b: SelfReport
) -> None:
    assert evaluate_both(compiled, a, b) == tuple(reversed(evaluate_both(compiled, b, a)))


@settings(max_examples=150)
@given(mine=whole, theirs=whole, seed=st.integers(0, 10_000))
def test_what_the_other_keeps_private_changes_no_byte_of_my_view(
    compiled: CompiledRuleset, renderer: Renderer, mine: SelfReport, theirs: SelfReport, seed: int
) -> None:
    one, _ = evaluate_both(compiled, mine, theirs)
    two, _ = evaluate_both(compiled, mine, said_otherwise(theirs, seed))

    assert one == two
    assert written(renderer, one) == written(renderer, two)


@settings(max_examples=100)
@given(mine=whole, theirs=whole)
def test_an_answer_kept_private_is_to_the_other_as_if_it_had_not_been_given(
    compiled: CompiledRuleset, renderer: Renderer, mine: SelfReport, theirs: SelfReport
) -> None:
    without = replace(theirs, keep_private=None)
    for path in theirs.keep_private or ():
        without = with_answer(without, path, None)

    kept, absent = evaluate_both(compiled, mine, theirs)[0], evaluate_both(compiled, mine, without)[0]

    assert written(renderer, kept) == written(renderer, absent)


@settings(max_examples=100)
@given(mine=whole, theirs=whole, kept=st.frozensets(st.sampled_from(POOLED)))
def test_keeping_answers_private_changes_nothing_in_my_own_view(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport, kept: frozenset[Any]
) -> None:
    assert evaluate(compiled, mine, pool(theirs)) == evaluate(compiled, replace(mine, keep_private=kept), pool(theirs))


def test_every_private_answer_can_be_changed_without_a_trace_in_the_other_view(
    compiled: CompiledRuleset, renderer: Renderer
) -> None:
    mine, theirs = a_report(ease="strained", hours_per_week=2), a_report(closeness=2, conflict="occasional")
    before = written(renderer, evaluate(compiled, mine, pool(theirs)))
    for path in PRIVATE_PATHS:
        for value in values_of(path):
            after = evaluate(compiled, mine, pool(with_answer(theirs, path, value)))
            assert written(renderer, after) == before, path


@settings(max_examples=150)
@given(mine=safe, theirs=st.none() | safe)
def test_what_fits_only_shrinks_as_conflict_rises(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None
) -> None:
    mine = with_answer(mine, "private.willingness", "yes")
    levels = [None, "rare", "occasional", "frequent", "chronic"]
    for of_mine in (True, False):
        fitting = []
        for level in levels if theirs or of_mine else ():
            a = with_answer(mine, "conflict.level", level) if of_mine else mine
            b = with_answer(theirs, "conflict.level", level) if theirs and not of_mine else theirs
            other = None if b is None else pool(replace(b, keep_private=None))
            fitting.append(evaluate(compiled, a, other).fitting)
        assert all(more & less == more for less, more in pairwise(fitting))


@settings(max_examples=100)
@given(mine=safe, theirs=st.none() | safe, path=st.sampled_from(SAFETY_PATHS))
def test_a_safety_answer_takes_everything_away_and_no_or_skip_take_nothing(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None, path: str
) -> None:
    other = None if theirs is None else pool(theirs)
    before = evaluate(compiled, mine, other)
    for value in values_of(path):
        after = evaluate(compiled, with_answer(mine, path, value), other)
        if value in ("yes", "often"):
            assert after.outcome == "support"
            assert after.fitting == 0
        else:
            assert after == before


@settings(max_examples=120)
@given(mine=safe, theirs=st.none() | safe, path=st.sampled_from(POOLED), pick=st.integers(0, 1000))
def test_a_finding_that_becomes_known_takes_a_practice_away_only_by_withholding_or_a_limit(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None, path: str, pick: int
) -> None:
    mine = replace(with_answer(mine, "private.willingness", None), keep_private=None)
    assume(answer(mine, path) is None)
    value = random_value(seeded(pick), path)
    other = None if theirs is None else pool(theirs)
    before = evaluate(compiled, mine, other, 20)
    after = evaluate(
        compiled, with_answer(mine, path, frozenset(value) if isinstance(value, list) else value), other, 20
    )
    assert before.verdicts is not None
    assert after.verdicts is not None
    changed = [old for old, new in zip(before.verdicts.codes, after.verdicts.codes, strict=True) if old != new]
    assume(set(changed) <= {UNKNOWN})

    assert practices_of(compiled, before) <= practices_of(compiled, after)
    lost = set(practices(compiled, before)) - set(practices(compiled, after))
    if lost and len(after.activities) < 20:
        withheld = {
            practice
            for i, rule in enumerate(compiled.ruleset.rules)
            if after.verdicts.true >> i & 1
            for practice in rule.withholds
        }
        fitting = {a.practice for i, a in enumerate(compiled.index.order) if after.fitting >> i & 1}
        for practice in lost - withheld:
            assert practice not in fitting or after.fitting != before.fitting or only_toned_down(compiled, after)


def only_toned_down(compiled: CompiledRuleset, view: View) -> bool:
    assert view.verdicts is not None
    return any(view.verdicts.true >> i & 1 and rule.tones for i, rule in enumerate(compiled.rules))


@settings(max_examples=120)
@given(pooled_answers=pooled_alone, private=safe, theirs=st.none() | safe)
def test_private_answers_only_take_away_and_leave_the_order(
    compiled: CompiledRuleset, pooled_answers: SelfReport, private: SelfReport, theirs: SelfReport | None
) -> None:
    mine = pooled_answers
    for path in PRIVATE_PATHS:
        mine = with_answer(mine, path, answer(private, path))
    other = None if theirs is None else pool(theirs)

    public, own = evaluate(compiled, pooled_answers, other, 20), evaluate(compiled, mine, other, 20)

    left = strategies(own)
    assert [strategy for strategy in strategies(public) if strategy in left] == left
    if len(public.activities) < 20:
        assert set(practices(compiled, own)) - {"affection"} <= set(practices(compiled, public))
    if other is not None:
        first = {*ids(compiled, public)[:1], *ids(compiled, own)[:1]}
        both = (set(ids(compiled, public)) & set(ids(compiled, own))) - first
        assert [id_ for id_ in ids(compiled, public) if id_ in both] == [
            id_ for id_ in ids(compiled, own) if id_ in both
        ]


@settings(max_examples=100)
@given(mine=safe, theirs=safe)
def test_what_to_ask_next_is_asked_as_if_the_other_had_not_answered(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport
) -> None:
    assert evaluate(compiled, mine, pool(theirs)).ask_next == evaluate(compiled, mine, None).ask_next


@settings(max_examples=150)
@given(mine=safe, theirs=st.none() | safe)
def test_a_level_is_there_exactly_where_my_own_answers_give_it(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None
) -> None:
    view = evaluate(compiled, mine, None if theirs is None else pool(theirs))
    findings = {finding.id: finding for finding in compiled.findings}
    theirs_alone = {rule.id for rule in compiled.rules if rule.reads_theirs}
    assert view.verdicts is not None
    for strategy in view.strategies:
        for reason in strategy.reasons + strategy.withheld_by:
            for name, level in reason.because:
                finding = findings[name]
                met = view.verdicts.codes[compiled.findings.index(finding)]
                own = UNKNOWN if finding.gap else find(finding, mine)
                assert finding.both != "theirs"
                assert level == (finding.values[met] if own == met else None)
            unsaid = any(level is None for _, level in reason.because)
            assert reason.is_shared == (unsaid or reason.rule in theirs_alone)


@settings(max_examples=100)
@given(mine=safe)
def test_one_who_is_heard_alone_reads_of_nobody_else(compiled: CompiledRuleset, mine: SelfReport) -> None:
    view = evaluate(compiled, mine, None)
    given_reasons = [reason for strategy in view.strategies for reason in strategy.reasons + strategy.withheld_by]
    assert not any(reason.is_shared for reason in given_reasons)


@settings(max_examples=100)
@given(mine=safe, theirs=st.none() | safe)
def test_chronic_conflict_still_leaves_time_and_structure_unless_nothing_fits(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None
) -> None:
    mine = with_answer(with_answer(mine, "conflict.level", "chronic"), "private.willingness", "yes")
    view = evaluate(compiled, mine, None if theirs is None else pool(theirs))
    for strategy in view.strategies:
        if strategy.strategy in ("quality_time", "structured_exercises") and strategy.standing == "not_now":
            assert "nothing_fits" in {reason.rule for reason in strategy.withheld_by}


@settings(max_examples=50)
@given(mine=whole, theirs=whole)
def test_the_same_answers_give_the_same_bytes_whenever_and_in_whatever_order(
    compiled: CompiledRuleset, other_program: CompiledRuleset, renderer: Renderer, mine: SelfReport, theirs: SelfReport
) -> None:
    turned = replace(theirs, **groups_turned(theirs))
    one, again = (
        evaluate(compiled, mine, pool(theirs)),
        evaluate(compiled, replace(mine, **groups_turned(mine)), pool(turned)),
    )
    elsewhere = evaluate(other_program, mine, pool(theirs))

    assert written(renderer, one) == written(renderer, again) == written(renderer, elsewhere)


@pytest.fixture(scope="session")
def other_program(compiled: CompiledRuleset) -> CompiledRuleset:
    return compile_ruleset(compiled.ruleset)


def groups_turned(report: SelfReport) -> dict[str, Any]:
    """The same maps, written in the other order."""
    preferences = report.activity_preferences
    if preferences is None:
        return {}
    turned: dict[str, Any] = {
        name: dict(reversed(list(rated.items())))
        for name in ("likes", "counts_as_quality_time")
        if (rated := getattr(preferences, name)) is not None
    }
    return {"activity_preferences": replace(preferences, **turned)}


@settings(max_examples=100)
@given(mine=whole, theirs=st.none() | whole)
def test_a_written_view_has_no_empty_text_and_nothing_twice(
    compiled: CompiledRuleset, renderer: Renderer, mine: SelfReport, theirs: SelfReport | None
) -> None:
    view = evaluate(compiled, mine, None if theirs is None else pool(theirs))

    def walk(value: Any) -> None:
        if isinstance(value, str):
            assert value.strip()
        elif isinstance(value, list):
            seen = [json.dumps(each) for each in value]
            assert len(seen) == len(set(seen))
            for each in value:
                walk(each)
        elif isinstance(value, dict):
            for each in value.values():
                walk(each)

    walk(json.loads(written(renderer, view)))


def test_unknown_is_never_taken_for_an_answer(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, SelfReport(), None)
    always = {rule.id for rule in compiled.ruleset.rules if rule.when == All(())}
    assert view.verdicts is not None
    assert set(view.verdicts.codes) == {UNKNOWN}
    assert {reason.rule for strategy in view.strategies for reason in strategy.reasons} <= always


def test_the_views_of_two_who_agree_on_most_things_keep_meeting(compiled: CompiledRuleset) -> None:
    random = seeded(5)
    meetings = []
    for _ in range(600):
        a, b = random_report(random, is_private=False), random_report(random, is_private=False)
        for path in POOLED:
            if random.random() < 0.8:
                b = with_answer(b, path, answer(a, path))
        one, two = evaluate_both(compiled, a, b)
        if len(one.activities) == len(two.activities) == 5:
            meetings.append(len(set(ids(compiled, one)) & set(ids(compiled, two))) >= 3)

    assert len(meetings) > 300
    assert sum(meetings) >= 0.9 * len(meetings)


def test_a_report_has_no_field_for_what_the_other_keeps_private() -> None:
    theirs = pool(
        SelfReport(conflict=Conflict(level="rare", feels_meant_to_hurt="always"), keep_private=frozenset({"goal"}))
    )
    assert not hasattr(theirs, "private")
    assert not hasattr(theirs, "safety")
    assert not hasattr(theirs.conflict, "feels_meant_to_hurt")


def test_the_engine_decides_alike_for_a_ruleset_compiled_twice(
    compiled: CompiledRuleset, other_program: CompiledRuleset
) -> None:
    mine = a_report(ease="strained", closeness=2)
    assert decision_of(compiled.index.order, evaluate(compiled, mine, None)) == decision_of(
        other_program.index.order, evaluate(other_program, mine, None)
    )
