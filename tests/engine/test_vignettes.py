"""Ten couples of the research: the order they get, what they never get, and what changes when one answer does."""

from dataclasses import replace
from typing import Any

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate_both
from tests.engine.build import (
    a_report,
    offer_to,
    pooled,
    practices,
    report_of,
    rules,
    shown,
    strategies,
    view_of,
    with_answer,
)

Said = dict[str, Any]

FLATMATES: Said = {
    "hours_per_week": 2,
    "desired_hours_per_week": 8,
    "regularity": "irregular",
    "busyness": "overloaded",
    "energy": "drained",
    "children_at_home": "under_6",
    "childcare": False,
    "closeness": 2,
    "longest_slot_minutes": 30,
    "budget": "low",
    "conflict": "rare",
}
DAILY_ARGUMENTS: Said = {
    "hours_per_week": 2,
    "desired_hours_per_week": 3,
    "conflict": "chronic",
    "feels_meant_to_hurt": "often",
    "being_together_feels": "avoided",
    "ease": "strained",
    "silence": "uncomfortable",
    "closeness": 2,
    "trust": 1,
    "engagement": 1,
    "busyness": "slack",
    "longest_slot_minutes": 30,
    "budget": "low",
}
PREDICTABLE: Said = {
    "hours_per_week": 20,
    "desired_hours_per_week": 20,
    "regularity": "daily",
    "engagement": 3,
    "routine": 5,
    "comfort_zone": "ready",
    "busyness": "slack",
    "closeness": 5,
    "conflict": "rare",
    "longest_slot_minutes": 120,
    "budget": "medium",
}
SERIES: Said = {
    "hours_per_week": 10,
    "desired_hours_per_week": 8,
    "engagement": 2,
    "mostly": "passive",
    "closeness": 4,
    "busyness": "slack",
    "conflict": "rare",
    "longest_slot_minutes": 60,
    "budget": "low",
}
SILENT_DINNERS: Said = {
    "hours_per_week": 30,
    "desired_hours_per_week": 30,
    "engagement": 3,
    "ease": "strained",
    "silence": "uncomfortable",
    "busyness": "slack",
    "closeness": 4,
    "conflict": "rare",
    "longest_slot_minutes": 60,
    "budget": "medium",
}
TAKEN_FOR_GRANTED: Said = {
    "hours_per_week": 6,
    "desired_hours_per_week": 6,
    "regularity": "several_a_week",
    "appreciated": "never",
    "feelings": {"unloved"},
    "closeness": 2,
    "busyness": "slack",
    "conflict": "rare",
    "longest_slot_minutes": 20,
    "budget": "low",
}
HAPPY: Said = {
    "goal": "strengthen",
    "closeness": 7,
    "regularity": "several_a_week",
    "hours_per_week": 12,
    "desired_hours_per_week": 12,
    "shared_purpose": True,
    "comfort_zone": "ready",
    "busyness": "slack",
    "engagement": 5,
    "mostly": "interactive",
    "conflict": "rare",
    "longest_slot_minutes": 180,
    "budget": "medium",
}


def test_v01_flatmates_with_small_children_get_small_protected_slots(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**FLATMATES), pooled(**FLATMATES))

    assert strategies(view) == ["quality_time", "structured_exercises"]
    assert practices(compiled, view)[0] == "protected_time"
    assert "busy_barrier" in view.insights
    for activity in shown(compiled, view):
        assert activity.minutes <= 30
        assert activity.children != "away"
        assert activity.energy != "lively"
        assert activity.practice not in ("learn_together", "retreat")


def test_v01_with_childcare_strength_and_time_longer_things_appear_and_the_order_holds(
    compiled: CompiledRuleset,
) -> None:
    eased = FLATMATES | {"childcare": True, "energy": "ok", "longest_slot_minutes": 120}
    fitting = [offer_to(compiled, a_report(**said), pooled(**said)).fitting for said in (FLATMATES, eased)]
    ranked = [strategies(view_of(compiled, a_report(**said), pooled(**said))) for said in (FLATMATES, eased)]

    assert fitting[0] & fitting[1] == fitting[0] != fitting[1]
    assert ranked[0] == ranked[1]


def test_v02_daily_arguments_begin_with_turns_and_keep_a_bounded_time(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**DAILY_ARGUMENTS), pooled(**DAILY_ARGUMENTS))

    assert strategies(view) == ["structured_exercises", "quality_time"]
    assert practices(compiled, view)[0] == "communication_exercises"
    assert view.insights[0] == "how_safe_do_you_feel"
    for activity in shown(compiled, view):
        assert activity.fixed_end
        assert activity.minutes <= 30
        assert not set(activity.asks)
        assert activity.practice != "retreat"


def test_v03_predictable_evenings_lead_to_something_new(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**PREDICTABLE), pooled(**PREDICTABLE))

    assert strategies(view)[0] == "new_experiences"
    assert practices(compiled, view)[0] in ("learn_together", "explore_together")
    assert "protected_time" not in practices(compiled, view)


def test_v03_with_chronic_conflict_new_experiences_leave_the_first_place(compiled: CompiledRuleset) -> None:
    tense = PREDICTABLE | {"conflict": "chronic"}
    view = view_of(compiled, a_report(**tense), pooled(**tense))

    assert strategies(view) == ["structured_exercises", "quality_time"]


def test_v05_two_who_rate_series_differently_find_out_what_counts(compiled: CompiledRuleset) -> None:
    his = a_report(**SERIES, counts_as_quality_time={"screen": 5}, likes={"screen": "love"})
    hers = a_report(**SERIES, counts_as_quality_time={"screen": 1})
    for view in evaluate_both(compiled, his, hers):
        assert strategies(view)[0] == "quality_time"
        assert practices(compiled, view)[0] in ("interactive_time", "shared_meaning")
        assert {"kind_over_amount", "passive_evenings"} <= set(view.insights)
        for activity in shown(compiled, view):
            assert "screen" not in activity.kinds or activity.interaction != "parallel"


def test_v05_with_ratings_that_agree_what_counts_is_no_question(compiled: CompiledRuleset) -> None:
    rated = {"counts_as_quality_time": {"screen": 4}}
    view = view_of(compiled, a_report(**SERIES, **rated), pooled(**SERIES, **rated))

    assert "find-out-what-counts-for-each-of-you" not in rules(view)


def test_v06_silent_dinners_begin_with_something_structured(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**SILENT_DINNERS), pooled(**SILENT_DINNERS))

    assert strategies(view)[0] == "structured_exercises"
    assert practices(compiled, view)[0] in ("check_ins_and_affirmations", "communication_exercises")
    assert "no_need_to_talk" in view.insights
    assert "protected_time" not in practices(compiled, view)


def test_v09_one_who_feels_taken_for_granted_gets_kind_words_and_not_more_hours(compiled: CompiledRuleset) -> None:
    hers, his = (
        a_report(**TAKEN_FOR_GRANTED),
        a_report(**TAKEN_FOR_GRANTED | {"appreciated": "always", "feelings": set()}),
    )
    mine, theirs = evaluate_both(compiled, hers, his)

    assert strategies(mine)[0] == strategies(theirs)[0] == "structured_exercises"
    assert practices(compiled, mine)[0] in ("check_ins_and_affirmations", "gratitude_and_surprise")
    assert practices(compiled, mine)[0] == practices(compiled, theirs)[0]
    assert "protected_time" not in practices(compiled, mine) + practices(compiled, theirs)
    assert all(activity.minutes <= 20 for activity in shown(compiled, mine))


def test_v10_a_happy_pair_looking_for_a_cause_gets_one(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**HAPPY), pooled(**HAPPY))

    assert strategies(view)[0] == "new_experiences"
    assert practices(compiled, view)[0] == "serve_together"
    assert "communication_exercises" not in practices(compiled, view)


def test_v13_one_who_is_heard_alone_gets_proposals_and_something_to_do_alone(compiled: CompiledRuleset) -> None:
    mine = a_report(
        hours_per_week=2, desired_hours_per_week=4, closeness=2, longest_slot_minutes=30, budget="low", conflict="rare"
    )
    view = view_of(compiled, mine, None)

    assert strategies(view)[0] == "quality_time"
    assert "one_heard_proposal" in view.limits
    assert any(not activity.together for activity in shown(compiled, view))


def test_v14_one_who_is_afraid_gets_support_and_the_other_view_stays_the_same(compiled: CompiledRuleset) -> None:
    mine, theirs = a_report(**DAILY_ARGUMENTS), a_report(**DAILY_ARGUMENTS)
    afraid = with_answer(mine, "safety.fear", "yes")
    (before, other_before), (after, other_after) = (evaluate_both(compiled, each, theirs) for each in (mine, afraid))

    assert before.outcome == "suggestions"
    assert (after.outcome, after.support) == ("support", ("danger",))
    assert other_before == other_after


def test_v15_one_who_thinks_of_ending_their_life_gets_support_and_nothing_else(compiled: CompiledRuleset) -> None:
    mine = a_report(
        hours_per_week=1,
        desired_hours_per_week=8,
        closeness=1,
        feelings={"lonely"},
        appreciated="never",
        self_harm="yes",
    )
    view = view_of(compiled, mine, None)

    assert (view.outcome, view.support) == ("support", ("crisis",))
    assert view == view_of(compiled, report_of({"safety.self_harm": "yes"}), pooled())


def test_every_vignette_keeps_its_order_when_the_two_are_swapped(compiled: CompiledRuleset) -> None:
    for said in (FLATMATES, DAILY_ARGUMENTS, PREDICTABLE, SERIES, SILENT_DINNERS, TAKEN_FOR_GRANTED, HAPPY):
        a, b = a_report(**said), replace(a_report(**said), goal="strengthen")
        assert evaluate_both(compiled, a, b) == tuple(reversed(evaluate_both(compiled, b, a)))
