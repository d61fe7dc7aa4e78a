"""What comes before what: the precedences that the source leaves open, each decided once and said here."""

from typing import Any

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.ruleset import Need
from app.engine.self_report import PooledReport, SelfReport, pool
from app.engine.view import View
from tests.engine.build import (
    a_report,
    ids,
    offer_to,
    pooled,
    practices,
    rules,
    shown,
    strategies,
    view_of,
    withheld_by,
)
from tests.engine.measures import eligible


def reasons_of(compiled: CompiledRuleset, view: View, practice: str) -> set[str]:
    """The rules that speak for one practice in a view."""
    suggesting = {rule.id for rule in compiled.ruleset.rules if compiled.ruleset.practice_of(rule.suggests) == practice}
    return rules(view) & suggesting


def need_of(compiled: CompiledRuleset, mine: SelfReport, theirs: PooledReport | None, practice: str) -> int:
    """The strongest need of a practice for the pair."""
    pair, here = offer_to(compiled, mine, theirs).pair, compiled.index.by_practice[practice]
    return 3 if here & pair.strong else 2 if here & pair.firm else 1 if here & pair.called else 0


def test_the_kind_of_time_comes_before_the_amount_where_there_is_time_enough(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(hours_per_week=10, desired_hours_per_week=10, engagement=1), None, 20)

    assert view.strategies[0].strategy == "quality_time"
    assert practices(compiled, view)[0] == "interactive_time"
    assert "protected_time" not in practices(compiled, view)
    assert "kind_over_amount" in view.insights


def test_where_time_is_short_the_amount_comes_before_the_kind(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(hours_per_week=1, desired_hours_per_week=8, engagement=1), None)

    assert practices(compiled, view)[0] == "protected_time"


def test_chronic_conflict_withholds_new_experiences_and_the_retreat(compiled: CompiledRuleset) -> None:
    mine = a_report(
        conflict="chronic", routine=5, comfort_zone="ready", closeness=1, longest_slot_minutes=2880, budget="high"
    )
    view = view_of(compiled, mine, None, 20)

    assert withheld_by(view, "new_experiences") == {"small-steps-before-new-ventures-in-chronic-conflict"}
    assert not {"retreat", "learn_together", "serve_together", "explore_together"} & set(practices(compiled, view))


def test_chronic_conflict_bounds_time_but_never_to_zero(compiled: CompiledRuleset) -> None:
    mine = a_report(conflict="chronic", longest_slot_minutes=2880, minutes_per_week=1200, budget="high")
    view = view_of(compiled, mine, None, 20)
    of = {activity.id: activity for activity in compiled.index.order}
    quality_time = compiled.ruleset.strategies[0].practices

    assert strategies(view) == ["structured_exercises", "quality_time"]
    for id_ in ids(compiled, view):
        assert of[id_].minutes <= (30 if of[id_].practice in quality_time else 45)
        assert of[id_].fixed_end or of[id_].practice not in quality_time


def test_the_same_couple_without_chronic_conflict_is_not_held_to_forty_five_minutes(compiled: CompiledRuleset) -> None:
    mine = a_report(conflict="rare", routine=5, comfort_zone="ready", longest_slot_minutes=2880, budget="high")
    view = view_of(compiled, mine, None)

    assert view.strategies[0].strategy == "new_experiences"


QUIET_TEN_MINUTES: dict[str, object] = {"likes": {"quiet": "love"}, "longest_slot_minutes": 10, "energy": "drained"}


def test_something_passive_is_not_first_however_much_it_is_liked(compiled: CompiledRuleset) -> None:
    mine, theirs = a_report(**QUIET_TEN_MINUTES), pooled(**QUIET_TEN_MINUTES)
    first = shown(compiled, view_of(compiled, mine, theirs))[0]

    assert first.interaction != "parallel"
    assert "tea-in-silence" in {activity.id for activity in eligible(offer_to(compiled, mine, theirs), mine)}


def test_what_both_count_as_quality_time_beats_the_passive_rule(compiled: CompiledRuleset) -> None:
    rated = {"counts_as_quality_time": {"quiet": 4}}
    view = view_of(compiled, a_report(**QUIET_TEN_MINUTES, **rated), pooled(**QUIET_TEN_MINUTES, **rated))

    assert ids(compiled, view)[0] == "tea-in-silence"


def test_quiet_that_is_welcome_to_both_beats_the_passive_rule(compiled: CompiledRuleset) -> None:
    welcome = {"quiet_is_welcome": True}
    view = view_of(compiled, a_report(**QUIET_TEN_MINUTES, **welcome), pooled(**QUIET_TEN_MINUTES, **welcome))

    assert ids(compiled, view)[0] == "tea-in-silence"


def test_what_only_one_of_two_counts_does_not_beat_the_passive_rule(compiled: CompiledRuleset) -> None:
    for said in ({"counts_as_quality_time": {"quiet": 5}}, {"quiet_is_welcome": True}):
        for mine, theirs in ((said, {}), ({}, said), (said, {"counts_as_quality_time": {"quiet": 3}})):
            view = view_of(compiled, a_report(**QUIET_TEN_MINUTES, **mine), pooled(**QUIET_TEN_MINUTES, **theirs))
            assert ids(compiled, view)[0] != "tea-in-silence"


def test_one_who_is_heard_alone_decides_alone_what_counts(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**QUIET_TEN_MINUTES, counts_as_quality_time={"quiet": 4}), None)

    assert ids(compiled, view)[0] == "tea-in-silence"


def test_a_quiet_shared_moment_needs_no_talk_and_is_offered_where_talk_is_strained(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(ease="strained"), None, 20)
    of = {activity.id: activity for activity in compiled.index.order}

    assert "moments-without-words-when-talk-is-hard" in rules(view)
    assert all(of[id_].talk != "needed" for id_ in ids(compiled, view) if of[id_].practice == "everyday_moments")


def test_when_talk_is_strained_structure_comes_before_open_talk(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(ease="strained"), None)

    assert view.strategies[0].strategy == "structured_exercises"
    assert practices(compiled, view)[0] == "communication_exercises"


def test_a_date_night_is_not_bad_only_not_enough(compiled: CompiledRuleset) -> None:
    mine = a_report(mostly="date_night", closeness=4, hours_per_week=8, desired_hours_per_week=8)
    view = view_of(compiled, mine, None, 20)
    withholding = [reason for s in view.strategies for reason in s.withheld_by if reason.id != "not_the_moment"]

    assert not withholding
    assert {"small-moments-between-date-nights", "more-doing-together-on-date-nights"} <= rules(view)
    assert practices(compiled, view)[0] == "everyday_moments"


def test_a_date_night_is_enough_for_those_who_feel_close(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(mostly="date_night", closeness=7), None, 20)

    assert "small-moments-between-date-nights" not in rules(view)


def test_a_withdraw_pattern_with_frequent_conflict_is_a_strong_need_for_turns(compiled: CompiledRuleset) -> None:
    frequent = a_report(pattern="i_push_partner_withdraws", conflict="frequent")
    occasional = a_report(pattern="i_push_partner_withdraws", conflict="occasional")

    assert need_of(compiled, frequent, None, "communication_exercises") == Need.strong
    assert need_of(compiled, occasional, None, "communication_exercises") == Need.moderate
    assert practices(compiled, view_of(compiled, frequent, None))[0] == "communication_exercises"


def test_where_time_is_low_feeling_unimportant_raises_time_first(compiled: CompiledRuleset) -> None:
    mine = a_report(feelings={"unimportant"}, hours_per_week=3, desired_hours_per_week=5)
    view = view_of(compiled, mine, None)

    assert practices(compiled, view)[0] == "protected_time"
    assert "time-first-when-you-feel-unimportant" in rules(view)


def test_where_time_is_adequate_feeling_unimportant_raises_appreciation(compiled: CompiledRuleset) -> None:
    mine = a_report(feelings={"unimportant"}, hours_per_week=5, desired_hours_per_week=5)
    view = view_of(compiled, mine, None)

    assert practices(compiled, view)[0] == "check_ins_and_affirmations"
    assert "warm-words-when-there-is-time-enough" in rules(view)
    assert "protected_time" not in practices(compiled, view)


def test_feeling_unappreciated_raises_check_ins_and_gratitude_for_both(compiled: CompiledRuleset) -> None:
    unseen, other = {"appreciated": "never"}, {"appreciated": "often"}
    for mine, theirs in ((unseen, other), (other, unseen)):
        for practice in ("check_ins_and_affirmations", "gratitude_and_surprise"):
            assert need_of(compiled, a_report(**mine), pooled(**theirs), practice) >= Need.moderate


def test_one_who_is_heard_alone_is_not_asked_to_thank_for_their_own_feeling_unseen(compiled: CompiledRuleset) -> None:
    assert need_of(compiled, a_report(appreciated="never"), None, "gratitude_and_surprise") < Need.strong


def test_who_has_as_much_time_as_they_want_or_too_much_reads_no_reason_for_more(compiled: CompiledRuleset) -> None:
    for said in (
        {"hours_per_week": 6, "desired_hours_per_week": 6},
        {"hours_per_week": 6, "desired_hours_per_week": 3},
        {"feels": "too_much"},
        {"feels": "plenty"},
        {"feels": "enough"},
    ):
        mine = a_report(**said, regularity="irregular", priority=1, busyness="full", conflict="rare")
        view = view_of(compiled, mine, pooled(feels="far_too_little", hours_per_week=0, desired_hours_per_week=20), 20)
        assert not reasons_of(compiled, view, "protected_time"), said
        assert "protected_time" not in practices(compiled, view)


def test_an_hour_less_than_wished_is_little_time_and_less_than_an_hour_is_not(compiled: CompiledRuleset) -> None:
    short = view_of(compiled, a_report(hours_per_week=4, desired_hours_per_week=5), None)
    enough = view_of(compiled, a_report(hours_per_week=4, desired_hours_per_week=4.75), None)

    assert "protect-time-when-it-is-short" in rules(short)
    assert not reasons_of(compiled, enough, "protected_time")


def test_time_is_measured_by_their_own_wish_and_never_by_a_norm(compiled: CompiledRuleset) -> None:
    little = view_of(compiled, a_report(hours_per_week=0.25, desired_hours_per_week=0), None)

    assert not reasons_of(compiled, little, "protected_time")
    for said in ("less", "same", "more"):
        compared = view_of(compiled, a_report(hours_per_week=1, compared_with_others=said), None)
        assert not reasons_of(compiled, compared, "protected_time")
        assert "own_measure" in compared.insights


def test_a_wish_of_only_one_of_the_two_is_moderate_at_most_in_both_views(compiled: CompiledRuleset) -> None:
    for wish, practice in (
        ({"hours_per_week": 0, "desired_hours_per_week": 10}, "protected_time"),
        ({"shared_purpose": True}, "serve_together"),
    ):
        nothing: dict[str, Any] = {"hours_per_week": None}
        one, two = a_report(**nothing | wish), a_report(**nothing)
        assert need_of(compiled, one, pool(two), practice) == Need.moderate
        assert need_of(compiled, two, pool(one), practice) == Need.moderate
        assert need_of(compiled, one, pool(one), practice) == Need.strong
        assert need_of(compiled, one, None, practice) == Need.strong


def test_what_the_other_does_not_want_binds_fully(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(shared_purpose=True), pooled(shared_purpose=False), 20)

    assert "serve_together" not in practices(compiled, view)


def test_risk_takes_the_worse_of_two_answers_in_both_views(compiled: CompiledRuleset) -> None:
    calm, tense = {"conflict": "rare"}, {"conflict": "chronic"}

    for mine, theirs in ((calm, tense), (tense, calm)):
        assert strategies(view_of(compiled, a_report(**mine), pooled(**theirs)))[0] == "structured_exercises"
        assert need_of(compiled, a_report(**mine), pooled(**theirs), "communication_exercises") == Need.strong


def test_a_known_answer_stands_where_the_other_one_is_unknown(compiled: CompiledRuleset) -> None:
    assert need_of(compiled, a_report(), pooled(ease="strained"), "communication_exercises") == Need.strong


def test_a_mismatch_needs_both(compiled: CompiledRuleset) -> None:
    rated = a_report(counts_as_quality_time={"screen": 5})

    for theirs in (None, pooled(), pooled(counts_as_quality_time={"walk": 1})):
        assert need_of(compiled, rated, theirs, "shared_meaning") < Need.strong
    both = pooled(counts_as_quality_time={"screen": 2})
    assert need_of(compiled, rated, both, "shared_meaning") == Need.strong


def test_a_rule_more_for_the_same_practice_changes_neither_rank_nor_list(compiled: CompiledRuleset) -> None:
    one = view_of(compiled, a_report(routine=5, conflict="rare"), None)
    more = view_of(compiled, a_report(routine=5, boredom=5, conflict="rare"), None)

    assert strategies(one) == strategies(more)
    assert ids(compiled, one) == ids(compiled, more)


def test_the_article_decides_between_strategies_of_equal_need(compiled: CompiledRuleset) -> None:
    nothing_said = view_of(compiled, a_report(hours_per_week=None), None)
    quality, structured = nothing_said.strategies[0], nothing_said.strategies[1]

    assert (quality.strategy, structured.strategy) == ("quality_time", "structured_exercises")


PRECEDENCES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("chronic-conflict", {"conflict": "chronic"}, "structured_exercises"),
    ("talking-is-hard", {"ease": "strained"}, "structured_exercises"),
    ("talking-is-hard", {"silence": "uncomfortable"}, "structured_exercises"),
    ("frequent-conflict", {"conflict": "frequent"}, "structured_exercises"),
    ("very-little-time", {"hours_per_week": 1, "desired_hours_per_week": 9}, "quality_time"),
    ("not-appreciated", {"appreciated": "never"}, "structured_exercises"),
    ("full-weeks-and-little-closeness", {"busyness": "overloaded", "closeness": 1}, "quality_time"),
    ("poor-time-though-there-is-enough", {"feels": "plenty", "hours_per_week": None, "engagement": 1}, "quality_time"),
    ("close-calm-and-easy-to-talk", {"closeness": 7, "conflict": "rare", "ease": "easy"}, "new_experiences"),
    ("the-same-weeks", {"routine": 5, "closeness": 5, "energy": "ok"}, "new_experiences"),
)


@pytest.mark.parametrize(("precedence", "said", "strategy"), PRECEDENCES)
def test_a_precedence_puts_its_strategy_first_whoever_of_the_two_said_it(
    compiled: CompiledRuleset, precedence: str, said: dict[str, Any], strategy: str
) -> None:
    declared = [each.id for each in compiled.ruleset.choosing.precedences]
    for mine, theirs in ((said, {}), ({}, said), (said, said)):
        nothing = {"hours_per_week": None, "conflict": None}
        offer = offer_to(compiled, a_report(**nothing | mine), pooled(**nothing | theirs))
        holding = [i for i, (bit, _) in enumerate(compiled.signs.precedences) if offer.pair.signs & bit]
        assert declared[holding[0]] == precedence
        assert compiled.strategies[compiled.signs.precedences[holding[0]][1]].id == strategy


def test_without_a_precedence_and_with_like_needs_the_articles_order_stands(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(hours_per_week=None, conflict="rare"), None)

    assert strategies(view)[:2] == ["quality_time", "structured_exercises"]
