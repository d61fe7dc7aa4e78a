"""The quiet view: for a screen that another may see. It knows three widths, and never says why."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.history import NO_HISTORY, History, Moment
from app.engine.self_report import NO_AGREEMENT, PooledReport, SelfReport, pool
from app.engine.view import View
from app.rulesets.sampling import sample_couples
from tests.engine.build import (
    a_report,
    ids,
    offer_to,
    pooled,
    rules,
    shown,
    strategies,
    view_of,
    with_answer,
    withheld_by,
)
from tests.engine.measures import eligible
from tests.engine.reference import Pair
from tests.engine.reference_narrowing import Narrowing, needs_care, presses
from tests.engine.reports import PRIVATE_PATHS, random_past, random_report, seeded

TODAY = date(2026, 11, 22)
Asked = tuple[SelfReport, PooledReport | None, Moment]
LITTLE: tuple[dict[str, Any], ...] = (
    {"willingness": "small_steps"},
    {"recent_breach": True},
    {"leaning_out": True},
    {"season": {"separation"}},
    {"feels_meant_to_hurt": "sometimes"},
    {"being_together_feels": "overwhelming"},
    {"being_together_feels": "avoided"},
    {"partner_responds_warmly": "never"},
    {"humiliated": "sometimes", "feels_meant_to_hurt": "often"},
    {"leaning_out": True, "humiliated": "sometimes", "recent_breach": True},
)
NOTHING: tuple[dict[str, Any], ...] = (
    {"willingness": "no"},
    {"fear": "yes"},
    {"self_harm": "yes", "humiliated": "often"},
    {"worried_about_own_acts": "yes", "willingness": "small_steps"},
)
POOLED_SAID: tuple[dict[str, Any], ...] = (
    {},
    {"routine": 5, "closeness": 5},
    {"ease": "strained", "conflict": "frequent"},
    {"hours_per_week": 1, "desired_hours_per_week": 8, "likes": {"walk": "love"}},
)


def asked(compiled: CompiledRuleset, seed: int, number: int, *, is_private: bool) -> Iterator[Asked]:
    random = seeded(seed)
    everything = [activity.id for activity in compiled.index.order]
    for _ in range(number):
        mine = random_report(random, is_private=is_private, is_safe=not is_private)
        theirs = random.choice((None, pool(random_report(random))))
        past = random.choice((NO_HISTORY, random_past(random, everything, is_gentle=False)))
        yield mine, theirs, Moment("s", 2, (), past, random.choice((1, 2, 3, 5, 5, 8, 20)))


def in_bytes(renderer: Renderer, view: View) -> bytes:
    return renderer.view(view, "US", "full", TODAY)


def without(mine: SelfReport, paths: tuple[str, ...]) -> SelfReport:
    for path in paths:
        mine = with_answer(mine, path, None)
    return mine


def test_without_a_private_answer_it_says_what_the_full_view_says(compiled: CompiledRuleset) -> None:
    for couple in sample_couples(range(150)):
        mine = without(couple.a, (*PRIVATE_PATHS, "keep_private", "circumstances.season", "activity_preferences.likes"))
        theirs = pool(couple.b) if couple.b else None
        full, quiet = (evaluate(compiled, mine, theirs, moment=Moment("s"), quiet=each) for each in (False, True))
        assert full._replace(verdict=None) == quiet._replace(verdict=None)


@pytest.mark.parametrize("said", POOLED_SAID)
@pytest.mark.parametrize("is_alone", [False, True])
@pytest.mark.parametrize("causes", [LITTLE, NOTHING], ids=["little", "nothing"])
def test_causes_of_one_width_give_the_same_bytes(
    compiled: CompiledRuleset,
    renderer: Renderer,
    said: dict[str, Any],
    causes: tuple[dict[str, Any], ...],
    *,
    is_alone: bool,
) -> None:
    theirs = None if is_alone else pooled(**said)
    views = [view_of(compiled, a_report(**said | {"season": set()} | cause), theirs, quiet=True) for cause in causes]

    assert all(view == views[0] for view in views)
    assert len({in_bytes(renderer, view) for view in views}) == 1
    assert (views[0].outcome == "nothing_now") == (causes is NOTHING)


def test_causes_of_one_width_give_the_same_view_whatever_else_is_pooled(compiled: CompiledRuleset) -> None:
    for mine, theirs, moment in asked(compiled, 3, 60, is_private=False):
        plain = without(mine, (*PRIVATE_PATHS, "circumstances.season"))
        views = [
            evaluate(compiled, with_answer(plain, path, value), theirs, moment=moment, quiet=True)
            for path, value in (
                ("private.willingness", "small_steps"),
                ("private.recent_breach", True),
                ("conflict.feels_meant_to_hurt", "often"),
            )
        ]
        assert views[0] == views[1] == views[2]


def test_a_little_list_is_a_whole_list_of_small_things(compiled: CompiledRuleset) -> None:
    rich = {"longest_slot_minutes": 240, "minutes_per_week": 900, "budget": "medium", "routine": 5, "closeness": 5}
    view = view_of(compiled, a_report(**rich, recent_breach=True), pooled(**rich), quiet=True)

    assert len(view.activities) == 5
    for activity in shown(compiled, view):
        assert activity.minutes <= 30
        assert activity.novelty <= 1
        assert not activity.asks
        assert not (activity.together and activity.setting == "same_room")
        assert activity.practice not in ("retreat", "affection", "learn_together", "serve_together", "explore_together")


def test_nothing_stands_there_that_the_full_view_would_not_hold(compiled: CompiledRuleset) -> None:
    """But for one who needs care or presses: the quiet view is as little for every cause, the full one for oneself."""
    stood = 0
    for mine, theirs, moment in asked(compiled, 4, 60, is_private=True):
        if needs_care(mine) or presses(mine):
            continue
        view = evaluate(compiled, mine, theirs, moment=moment, quiet=True)
        narrowing = Narrowing(Pair(compiled.ruleset, pool(mine), theirs, NO_AGREEMENT), mine, moment.history)
        assert all(narrowing.fully_allows(activity) for activity in shown(compiled, view))
        stood += len(view.activities)
    assert stood > 60


def test_what_every_private_rule_withholds_is_in_no_little_list(compiled: CompiledRuleset) -> None:
    private = [rule for rule in compiled.rules if rule.is_private]

    assert len(private) > 5
    assert not [rule.id for rule in private if rule.withholds & compiled.little]
    assert compiled.little


def test_it_never_says_why(compiled: CompiledRuleset, renderer: Renderer) -> None:
    private_rules = {rule.id for rule in compiled.rules if rule.is_private}
    private = {finding.id for finding in compiled.findings if finding.label == "private"}
    for mine, theirs, moment in asked(compiled, 5, 150, is_private=True):
        view = evaluate(compiled, mine, theirs, moment=moment, quiet=True)
        assert view.outcome != "support"
        assert not rules(view) & (private_rules | {"not_willing"})
        assert "kept_small" not in view.limits
        assert view.verdict is not None
        known = zip(compiled.findings, view.verdict.codes, strict=True)
        assert not {finding.id for finding, code in known if code >= 0} & private


def test_its_words_are_those_of_the_pooled_answers_alone(compiled: CompiledRuleset) -> None:
    """Insights, opening and reasons are the same as if nothing private had been answered, where the same stands."""
    for mine, theirs, moment in asked(compiled, 6, 100, is_private=True):
        public = without(mine, (*PRIVATE_PATHS, "keep_private", *sorted(mine.keep_private or ())))
        one, calm = (evaluate(compiled, each, theirs, moment=moment, quiet=True) for each in (mine, public))
        assert one.opening == (calm.opening if one.outcome == "suggestions" else ())
        assert set(one.insights) <= set(calm.insights) | {"it_takes_weeks"}


def test_a_breach_takes_new_experiences_away_without_a_word(compiled: CompiledRuleset) -> None:
    full, quiet = (
        view_of(compiled, a_report(routine=5, recent_breach=True), pooled(), quiet=quiet) for quiet in (False, True)
    )

    assert withheld_by(full, "new_experiences") == withheld_by(quiet, "new_experiences") == {"not_the_moment"}
    assert "counsellor_could_help" in full.insights
    assert "counsellor_could_help" not in quiet.insights


def test_pressure_felt_makes_it_little_and_is_not_named(compiled: CompiledRuleset) -> None:
    for said in POOLED_SAID:
        gentle = view_of(compiled, a_report(**said), pooled(), 5, History(gentle=True), quiet=True)
        small = view_of(compiled, a_report(**said, willingness="small_steps"), pooled(), quiet=True)
        assert gentle == small


def test_nobody_is_told_that_what_they_keep_private_is_missing(compiled: CompiledRuleset) -> None:
    held = frozenset({"busyness.longest_slot_minutes", "circumstances.budget"})
    mine = a_report(longest_slot_minutes=30, budget="free")
    kept = view_of(compiled, with_answer(mine, "keep_private", held), None, quiet=True)

    assert {"slot_unknown", "budget_unknown"} <= set(view_of(compiled, a_report(), None, quiet=True).limits)
    assert not {"slot_unknown", "budget_unknown"} & set(kept.limits)
    assert not {each.question for each in kept.ask_next} & held
    assert all(activity.cost == "free" and activity.minutes <= 30 for activity in shown(compiled, kept))


def test_where_a_limit_leaves_nothing_it_sounds_the_same(compiled: CompiledRuleset, renderer: Renderer) -> None:
    said = {"minutes_per_week": 1, "longest_slot_minutes": 5, "routine": 5}
    nothing_fits = view_of(compiled, a_report(**said), None, quiet=True)

    assert nothing_fits.outcome == "nothing_now"
    for cause in ({"willingness": "no"}, {"injury": "yes"}, {"recent_breach": True}):
        view = view_of(compiled, a_report(**said, **cause), None, quiet=True)
        assert in_bytes(renderer, view) == in_bytes(renderer, nothing_fits)


def test_what_is_kept_private_only_takes_away(compiled: CompiledRuleset) -> None:
    for mine, theirs, moment in asked(compiled, 7, 80, is_private=False):
        kept = with_answer(mine, "keep_private", frozenset({"busyness.longest_slot_minutes"}))
        absent = with_answer(mine, "busyness.longest_slot_minutes", None)
        one, other = (
            evaluate(compiled, each, theirs, moment=moment._replace(limit=20), quiet=True) for each in (kept, absent)
        )
        could_be = {activity.id for activity in eligible(offer_to(compiled, absent, theirs), absent)}
        assert [name for name in strategies(other) if name in strategies(one)] == strategies(one)
        assert set(ids(compiled, one)) <= could_be
