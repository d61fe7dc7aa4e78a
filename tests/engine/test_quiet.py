"""The quiet view: for a screen that another may see. What is private takes away there, and is never heard of."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.history import NO_HISTORY, History
from app.engine.reasons import PLAIN
from app.engine.ruleset import NOTHING_FITS
from app.engine.self_report import PooledReport, SelfReport, pool
from app.engine.view import View
from app.engine.vocabulary import POOLED_PATHS
from tests.engine.build import a_report, ids, pooled, rules, strategies, strategy, with_answer
from tests.engine.reports import PRIVATE_PATHS, random_past, random_report, random_value, seeded

TODAY = date(2026, 11, 22)
COUPLES = 1_000
Asked = tuple[SelfReport, PooledReport | None, int, History]


def asked(compiled: CompiledRuleset, seed: int, *, is_private: bool) -> Iterator[Asked]:
    random = seeded(seed)
    everything = [activity.id for activity in compiled.index.order]
    for _ in range(COUPLES):
        mine = random_report(random, is_private=is_private, is_safe=not is_private)
        theirs = random.choice((None, pool(random_report(random))))
        past = random.choice((NO_HISTORY, random_past(random, everything)))
        yield mine, theirs, random.choice((1, 2, 3, 5, 5, 8, 20)), past


def in_bytes(renderer: Renderer, view: View) -> bytes:
    return renderer.view(view, "US", "full", TODAY)


def quietly(compiled: CompiledRuleset, mine: SelfReport, theirs: PooledReport | None, *rest: Any) -> View:
    return evaluate(compiled, mine, theirs, *rest, quiet=True)


def a_value(random: Random, path: str) -> Any:
    value = random_value(random, path)
    return frozenset(value) if isinstance(value, list) else value


def without(mine: SelfReport, paths: tuple[str, ...] | list[str]) -> SelfReport:
    for path in paths:
        mine = with_answer(mine, path, None)
    return mine


def test_without_a_private_answer_it_is_the_full_view(compiled: CompiledRuleset) -> None:
    for mine, theirs, most, past in asked(compiled, 1, is_private=False):
        calm = past._replace(gentle=False)
        assert quietly(compiled, mine, theirs, most, calm) == evaluate(compiled, mine, theirs, most, calm)


def is_less(one: View, than: View, compiled: CompiledRuleset) -> None:
    """Of two quiet views: the one says nothing that the other does not, but that a strategy does not fit."""
    assert set(ids(compiled, one)) <= set(ids(compiled, than))
    assert set(strategies(one)) <= set(strategies(than))
    assert set(one.insights) <= set(than.insights)
    assert set(one.ask_next) <= set(than.ask_next)
    assert set(one.limits) <= set(than.limits)
    assert (one.outcome, than.outcome) != ("suggestions", "nothing_now")
    assert one.verdicts == than.verdicts
    for each in one.strategies:
        before = strategy(than, each.strategy)
        assert set(each.reasons) <= set(before.reasons)
        assert each.withheld_by in (before.withheld_by, (PLAIN[NOTHING_FITS],))
        assert each.withheld_by == before.withheld_by or before.standing != "not_now"
    said = {each.position: each.reasons for each in than.activities}
    assert all(said[each.position] == each.reasons for each in one.activities)


def test_private_answers_only_take_away(compiled: CompiledRuleset) -> None:
    took_away = 0
    for mine, theirs, most, past in asked(compiled, 2, is_private=True):
        kept = sorted(mine.keep_private or ())
        public = without(mine, [*PRIVATE_PATHS, "keep_private", *kept])
        one = quietly(compiled, mine, theirs, most, past)
        calm = quietly(compiled, public, theirs, most, past._replace(gentle=False))
        is_less(one, calm, compiled)
        took_away += ids(compiled, one) != ids(compiled, calm)
    assert took_away > COUPLES / 10


def test_one_more_private_answer_takes_away_and_never_gives_back(compiled: CompiledRuleset) -> None:
    random = seeded(3)
    for mine, theirs, most, past in asked(compiled, 3, is_private=True):
        path = random.choice(PRIVATE_PATHS)
        more = mine if answered(mine, path) else with_answer(mine, path, a_value(random, path))

        is_less(quietly(compiled, more, theirs, most, past), quietly(compiled, mine, theirs, most, past), compiled)


def answered(report: SelfReport, path: str) -> bool:
    group, _, name = path.partition(".")
    answers = getattr(report, group)
    return answers is not None and getattr(answers, name) is not None


def test_whoever_needs_support_reads_what_one_who_is_not_willing_reads(
    compiled: CompiledRuleset, renderer: Renderer
) -> None:
    random = seeded(4)
    for mine, theirs, most, past in asked(compiled, 4, is_private=True):
        path = random.choice([path for path in PRIVATE_PATHS if path.startswith("safety.")])
        afraid = with_answer(mine, path, "often" if path == "safety.humiliated" else "yes")
        unwilling = with_answer(mine, "private.willingness", "no")

        view = quietly(compiled, afraid, theirs, most, past)

        assert view == quietly(compiled, unwilling, theirs, most, past)
        assert view == quietly(compiled, with_answer(unwilling, path, None), theirs, most, past)
        assert in_bytes(renderer, view) == in_bytes(renderer, quietly(compiled, unwilling, theirs, most, past))
        assert view.outcome == "nothing_now"
        assert view.verdicts == quietly(compiled, unwilling, theirs).verdicts


def test_nothing_for_now_sounds_the_same_whatever_the_cause(compiled: CompiledRuleset, renderer: Renderer) -> None:
    """Nothing fits, nothing is wanted, help is needed: each view says exactly what the others say."""
    everything = frozenset(activity.id for activity in compiled.index.order)
    said = {"routine": 5, "ease": "strained"}
    causes = (
        quietly(compiled, a_report(**said, willingness="no"), pooled()),
        quietly(compiled, a_report(**said, fear="yes"), pooled()),
        quietly(compiled, a_report(**said, self_harm="yes", humiliated="often"), pooled()),
        quietly(compiled, a_report(**said), pooled(), 5, History(unwanted=everything)),
        evaluate(compiled, a_report(**said), pooled(), 5, History(put_off=everything)),
    )
    for view in causes:
        assert (view.outcome, view.next_check_in_days) == ("nothing_now", 14)
        assert (view.ask_next, view.limits, view.insights) == (causes[0].ask_next, causes[0].limits, causes[0].insights)
        assert view.ask_next
        assert rules(view) == {NOTHING_FITS}
    assert in_bytes(renderer, causes[0]) == in_bytes(renderer, causes[1]) == in_bytes(renderer, causes[2])


def test_where_a_limit_leaves_nothing_it_is_the_same_view_too(compiled: CompiledRuleset, renderer: Renderer) -> None:
    said = {"minutes_per_week": 1, "longest_slot_minutes": 5, "routine": 5}
    nothing_fits = evaluate(compiled, a_report(**said), None)

    assert nothing_fits.outcome == "nothing_now"
    for cause in ({"willingness": "no"}, {"injury": "yes"}, {"recent_breach": True}):
        assert in_bytes(renderer, quietly(compiled, a_report(**said, **cause), None)) == in_bytes(
            renderer, nothing_fits
        )


def test_a_breach_takes_new_experiences_away_without_a_word(compiled: CompiledRuleset) -> None:
    said = {"routine": 5}
    full, quiet = (
        evaluate(compiled, a_report(**said, recent_breach=True), pooled(), quiet=quiet) for quiet in (False, True)
    )

    assert {reason.rule for reason in strategy(full, "new_experiences").withheld_by} == {"private"}
    assert strategy(quiet, "new_experiences").withheld_by == (PLAIN[NOTHING_FITS],)
    assert "counsellor_could_help" in full.insights
    assert "counsellor_could_help" not in quiet.insights


def test_affection_is_for_the_full_view(compiled: CompiledRuleset) -> None:
    mine = a_report(affection_interest="open")

    assert evaluate(compiled, mine, pooled()).activities[-1].strategy is None
    assert (
        quietly(compiled, mine, pooled())
        == quietly(compiled, a_report(), pooled())
        == evaluate(compiled, a_report(), pooled())
    )


def test_what_is_kept_private_is_private(compiled: CompiledRuleset) -> None:
    """A pooled answer that its owner holds back may take away; that it was given, and what it was, is not heard."""
    random = seeded(5)
    for mine, theirs, most, past in asked(compiled, 5, is_private=False):
        path = random.choice(sorted(POOLED_PATHS))
        kept = with_answer(with_answer(mine, path, a_value(random, path)), "keep_private", {path})

        is_less(
            quietly(compiled, kept, theirs, most, past),
            quietly(compiled, with_answer(mine, path, None), theirs, most, past),
            compiled,
        )


def test_nobody_is_asked_for_what_they_keep_private(compiled: CompiledRuleset) -> None:
    mine = a_report(closeness=2, longest_slot_minutes=30, budget="free")
    held = ("closeness.level", "busyness.longest_slot_minutes", "circumstances.budget")
    without_them = quietly(compiled, a_report(), None)
    assert {"slot_unknown", "budget_unknown"} <= set(without_them.limits)
    assert {each.question for each in without_them.ask_next} & set(held)

    view = quietly(compiled, with_answer(mine, "keep_private", set(held)), None)

    assert not {"slot_unknown", "budget_unknown"} & set(view.limits)
    assert not {each.question for each in view.ask_next} & set(held)
    assert view.strategies == without_them.strategies


@pytest.mark.parametrize("path", sorted(set(PRIVATE_PATHS) | {f"{path} kept" for path in POOLED_PATHS}))
def test_no_private_answer_is_named(compiled: CompiledRuleset, renderer: Renderer, path: str) -> None:
    """Whatever is answered there: all that is said stands in the view of one who did not answer."""
    path, _, kept = path.partition(" ")
    random = seeded(6)
    for _ in range(20):
        mine = without(random_report(random, is_private=False), [path])
        more = with_answer(mine, path, a_value(random, path))
        more = with_answer(more, "keep_private", {path}) if kept else more

        one, other = quietly(compiled, more, None), quietly(compiled, mine, None)

        is_less(one, other, compiled)
        findings = {
            (because.finding, because.level) for each in one.strategies for r in each.reasons for because in r.because
        }
        assert findings <= {(b.finding, b.level) for each in other.strategies for r in each.reasons for b in r.because}
        assert path.encode() not in in_bytes(renderer, one) or path in {each.question for each in other.ask_next}
