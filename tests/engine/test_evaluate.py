"""How views of changed answers relate to each other."""

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import CompiledRuleset, compile_ruleset
from app.engine.conditions import UNKNOWN
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.history import NO_HISTORY, Moment
from app.engine.self_report import Conflict, SelfReport, agree, pool
from app.engine.view import View
from app.engine.vocabulary import ANSWERS, POOLED_PATHS
from tests.engine.build import a_report, offer_to, strategies, view_of, with_answer, without_private
from tests.engine.reference import answer
from tests.engine.reference_narrowing import begins_otherwise
from tests.engine.reports import (
    PRIVATE_PATHS,
    SAFETY_PATHS,
    pooled_alone,
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
    private = [path for path in PRIVATE_PATHS if not path.startswith("mutual.")]
    for path in [*private, *sorted(report.keep_private or ())]:
        if path in ANSWERS:
            value = random_value(random, path) if random.random() < 0.7 else None
            report = with_answer(report, path, frozenset(value) if isinstance(value, list) else value)
    return report


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


def test_every_private_answer_can_be_changed_without_a_trace_in_the_other_view(
    compiled: CompiledRuleset, renderer: Renderer
) -> None:
    mine, theirs = a_report(ease="strained", hours_per_week=2), a_report(closeness=2, conflict="occasional")
    before = written(renderer, view_of(compiled, mine, pool(theirs)))
    for path in PRIVATE_PATHS:
        for value in values_of(path):
            after = view_of(compiled, mine, pool(with_answer(theirs, path, value)))
            assert written(renderer, after) == before, path


@settings(max_examples=100)
@given(mine=safe, theirs=safe)
def test_what_to_ask_next_is_asked_as_if_the_other_had_not_answered(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport
) -> None:
    """But on a page with nothing on it, which asks nothing."""
    view, alone = view_of(compiled, mine, pool(theirs)), view_of(compiled, mine, None)

    assert view.ask_next == (alone.ask_next if view.outcome == "suggestions" else ())


@settings(max_examples=50)
@given(mine=whole, theirs=whole)
def test_the_same_answers_give_the_same_bytes_whenever_and_in_whatever_order(
    compiled: CompiledRuleset, other_program: CompiledRuleset, renderer: Renderer, mine: SelfReport, theirs: SelfReport
) -> None:
    turned = replace(theirs, **groups_turned(theirs))
    one, again = (
        view_of(compiled, mine, pool(theirs)),
        view_of(compiled, replace(mine, **groups_turned(mine)), pool(turned)),
    )
    elsewhere = view_of(other_program, mine, pool(theirs))

    assert written(renderer, one) == written(renderer, again) == written(renderer, elsewhere)


@pytest.fixture(scope="session")
def other_program(compiled: CompiledRuleset) -> CompiledRuleset:
    return compile_ruleset(compiled.ruleset, compiled.shares)


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
    view = view_of(compiled, mine, None if theirs is None else pool(theirs))

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


def test_a_report_has_no_field_for_what_the_other_keeps_private() -> None:
    theirs = pool(
        SelfReport(conflict=Conflict(level="rare", feels_meant_to_hurt="always"), keep_private=frozenset({"goal"}))
    )
    assert not hasattr(theirs, "private")
    assert not hasattr(theirs, "safety")
    assert not hasattr(theirs.conflict, "feels_meant_to_hurt")


@settings(max_examples=60)
@given(a=whole, b=whole, limits=st.tuples(st.integers(1, 20), st.integers(1, 20)), turn=st.integers(0, 50))
def test_both_views_at_once_are_the_two_views_each_alone(
    compiled: CompiledRuleset, a: SelfReport, b: SelfReport, limits: tuple[int, int], turn: int
) -> None:
    one, two = (Moment("seed", turn, (), NO_HISTORY, limit) for limit in limits)
    agreed = agree(a.mutual, b.mutual)
    assert evaluate_both(compiled, a, b, (one, two)) == (
        evaluate(compiled, a, pool(b), agreed, one),
        evaluate(compiled, b, pool(a), agreed, two),
    )


@settings(max_examples=60)
@given(mine=safe, theirs=st.none() | safe)
def test_what_fits_only_shrinks_as_conflict_rises(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None
) -> None:
    levels = [None, "rare", "occasional", "frequent", "chronic"]
    for of_mine in (True, False):
        fitting = []
        for level in levels if theirs or of_mine else ():
            a = with_answer(mine, "conflict.level", level) if of_mine else mine
            b = with_answer(theirs, "conflict.level", level) if theirs and not of_mine else theirs
            other = None if b is None else pool(replace(b, keep_private=None))
            fitting.append(offer_to(compiled, replace(a, keep_private=None), other).fitting)
        assert all(more & less == more for less, more in pairwise(fitting))


@settings(max_examples=60)
@given(mine=safe, theirs=st.none() | safe, path=st.sampled_from(SAFETY_PATHS))
def test_a_safety_answer_takes_everything_away_and_no_takes_nothing(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None, path: str
) -> None:
    other = None if theirs is None else pool(theirs)
    before = view_of(compiled, mine, other)
    for value in set(values_of(path)) - {"skip", "sometimes"}:
        after = view_of(compiled, with_answer(mine, path, value), other)
        if value in ("yes", "often"):
            assert after.outcome == "support"
            assert not after.activities
        else:
            assert after._replace(verdict=None) == before._replace(verdict=None)


@settings(max_examples=60)
@given(pooled_answers=pooled_alone, private=safe, theirs=st.none() | safe)
def test_private_answers_only_take_away_and_leave_the_order(
    compiled: CompiledRuleset, pooled_answers: SelfReport, private: SelfReport, theirs: SelfReport | None
) -> None:
    mine = pooled_answers
    for path in PRIVATE_PATHS:
        mine = with_answer(mine, path, answer(private, path))
    other = None if theirs is None else pool(theirs)
    public, own = view_of(compiled, pooled_answers, other, 20), view_of(compiled, mine, other, 20)

    offer = offer_to(compiled, mine, other)
    together = sum(1 << each.position for each in own.activities) & compiled.index.joint & ~offer.passive
    # A strategy that is left with things for one alone, or with company, gives way to one that has something for two.
    for_two = {strategy.id for strategy in compiled.strategies if strategy.activities & together}
    left = [id_ for id_ in strategies(own) if id_ in for_two]
    assert begins_otherwise(mine) or sorted(left, key=strategies(public).index) == left
    assert all(offer.eligible >> suggestion.position & 1 for suggestion in own.activities)


@settings(max_examples=60)
@given(mine=safe, theirs=st.none() | safe)
def test_chronic_conflict_still_leaves_time_and_structure_unless_nothing_of_one_fits(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None
) -> None:
    other = None if theirs is None else pool(theirs)
    mine = without_private(with_answer(replace(mine, keep_private=None), "conflict.level", "chronic"))
    view, offer = view_of(compiled, mine, other), offer_to(compiled, mine, other)
    for strategy in compiled.strategies[:2]:
        is_there = strategy.activities & offer.fitting & ~offer.pair.withheld & ~offer.passive
        assert strategy.id in strategies(view) or not is_there & offer.pair.called


def test_nothing_said_is_never_taken_for_an_answer(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, SelfReport(), None)

    assert view.verdict is not None
    assert set(view.verdict.codes) == {UNKNOWN}
    reasons = [reason for strategy in view.strategies for reason in strategy.reasons]
    assert {reason.id for reason in reasons} <= {strategy.id for strategy in compiled.ruleset.strategies}
    assert not any(reason.because for reason in reasons)
