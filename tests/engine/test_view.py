"""What a view may say and in which shape: the contract's sentences about views, one by one."""

import json
from datetime import date

import pytest

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.view import Because
from app.engine.vocabulary import PRACTICES
from tests.engine.build import a_report, ids, pooled, practices, rules, strategies, strategy, withheld_by

NEW = ("learn_together", "serve_together", "explore_together")


def test_a_first_answer_of_a_minute_gives_suggestions(compiled: CompiledRuleset) -> None:
    mine = a_report(hours_per_week=4, conflict="occasional", busyness="full", likes={"walk": "love", "screen": "ok"})
    view = evaluate(compiled, mine, None)

    assert view.outcome == "suggestions"
    assert len(view.activities) == 5
    assert view.next_check_in_days == 7


def test_no_limit_gives_more_than_is_asked_for(compiled: CompiledRuleset) -> None:
    for most in range(1, 21):
        assert len(evaluate(compiled, a_report(), pooled(), most).activities) <= most


def test_fewer_than_asked_is_fine_and_said(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(), pooled(), 20)

    assert len(view.activities) < 20
    assert "fewer_than_asked" in view.limits
    assert "fewer_than_asked" not in evaluate(compiled, a_report(), pooled(), 3).limits


def test_one_who_is_not_willing_reads_a_kind_reason_and_nothing_to_do(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(willingness="no", routine=5, ease="strained"), pooled())

    assert view.outcome == "nothing_now"
    assert not view.activities
    assert not view.ask_next
    assert [s.strategy for s in view.strategies] == ["quality_time", "structured_exercises", "new_experiences"]
    assert rules(view) == {"not_willing"}
    assert view.next_check_in_days == 14
    assert "it_takes_weeks" not in view.insights


def test_the_other_not_being_willing_changes_nothing_in_my_view(compiled: CompiledRuleset) -> None:
    mine, theirs = a_report(), a_report(willingness="no")

    assert evaluate_both(compiled, mine, theirs)[0] == evaluate_both(compiled, mine, a_report())[0]


def test_where_nothing_fits_every_strategy_says_so(compiled: CompiledRuleset) -> None:
    mine = a_report(minutes_per_week=1, routine=5, longest_slot_minutes=5)
    view = evaluate(compiled, mine, None)

    assert view.outcome == "nothing_now"
    for name in ("quality_time", "structured_exercises", "new_experiences"):
        assert withheld_by(view, name) == {"nothing_fits"}
    assert view.next_check_in_days == 14


def test_a_strategy_that_nothing_calls_for_says_so(compiled: CompiledRuleset) -> None:
    assert withheld_by(evaluate(compiled, a_report(), None), "new_experiences") == {"no_support"}


def test_a_strategy_that_a_rule_withholds_names_the_rule(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(conflict="chronic", routine=5), None)
    (reason,) = strategy(view, "new_experiences").withheld_by

    assert reason.rule == "small-steps-before-new-ventures-in-chronic-conflict"
    assert reason.because == (Because("conflict", "chronic"),)


def test_standings_are_leading_also_and_not_now(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(ease="strained"), None)

    assert [(s.strategy, s.rank, s.standing) for s in view.strategies] == [
        ("structured_exercises", 1, "leading"),
        ("quality_time", 2, "also"),
        ("new_experiences", 3, "not_now"),
    ]


def test_reasons_for_a_strategy_stand_with_the_strongest_first(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(ease="strained", unresolved_issues="many", closeness=4), None)
    need = {rule.id: rule.need or 0 for rule in compiled.ruleset.rules}
    needs = [need[reason.rule] for reason in strategy(view, "structured_exercises").reasons]

    assert needs[0] == 3
    assert needs == sorted(needs, reverse=True)


def test_what_the_others_wish_alone_calls_for_stands_among_the_moderate_reasons(compiled: CompiledRuleset) -> None:
    mine, theirs = (
        a_report(hours_per_week=None, regularity="irregular", everyday_moments="none"),
        pooled(hours_per_week=0, desired_hours_per_week=10),
    )
    reasons = [reason.rule for reason in strategy(evaluate(compiled, mine, theirs), "quality_time").reasons]
    moderate = {rule.id for rule in compiled.ruleset.rules if rule.need == 2}

    assert "protect-time-when-it-is-very-short" in reasons
    assert set(reasons[:3]) <= moderate | {"protect-time-when-it-is-very-short"}
    assert reasons.index("a-fixed-slot-when-time-is-irregular") < reasons.index("protect-time-when-it-is-very-short")


def test_one_who_is_heard_alone_gets_something_to_do_alone(compiled: CompiledRuleset) -> None:
    of = {activity.id: activity for activity in compiled.index.order}
    for said in ({}, {"ease": "strained"}, {"routine": 5}, {"closeness": 1}):
        for most in (2, 3, 5):
            view = evaluate(compiled, a_report(**said), None, most)
            assert any(not of[id_].together for id_ in ids(compiled, view))
            assert {"one_heard", "proposal"} <= set(view.limits)


def test_something_to_do_alone_is_found_even_for_the_only_place(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(), None, 1)
    of = {activity.id: activity for activity in compiled.index.order}

    assert [of[id_].together for id_ in ids(compiled, view)] == [False]


def test_being_heard_alone_changes_no_rank(compiled: CompiledRuleset) -> None:
    for said in ({}, {"ease": "strained"}, {"routine": 5}, {"closeness": 1}, {"conflict": "chronic"}):
        alone, both = evaluate(compiled, a_report(**said), None), evaluate(compiled, a_report(**said), pooled(**said))
        assert strategies(alone) == strategies(both)


def test_two_who_were_heard_are_not_told_otherwise(compiled: CompiledRuleset) -> None:
    assert not {"one_heard", "proposal"} & set(evaluate(compiled, a_report(), pooled()).limits)


def test_at_most_two_are_of_one_practice(compiled: CompiledRuleset) -> None:
    shown = practices(compiled, evaluate(compiled, a_report(ease="strained"), pooled(), 20))

    assert max(shown.count(practice) for practice in shown) == 2


def test_two_strategies_are_heard_where_two_are_suggested_and_two_are_asked_for(compiled: CompiledRuleset) -> None:
    for said in ({}, {"affection_interest": "open"}, {"affection_interest": "open", "closeness": 1}):
        for theirs in (None, pooled()):
            view = evaluate(compiled, a_report(**said), theirs, 2)
            assert len({suggestion.strategy for suggestion in view.activities}) == 2
            assert None not in {suggestion.strategy for suggestion in view.activities}


def test_the_first_activity_belongs_to_the_leading_strategy(compiled: CompiledRuleset) -> None:
    for said in ({}, {"ease": "strained"}, {"routine": 5, "comfort_zone": "ready"}):
        view = evaluate(compiled, a_report(**said), pooled())
        assert view.activities[0].strategy == view.strategies[0].strategy


def test_one_who_does_not_know_where_to_start_starts_with_fifteen_minutes_at_most(compiled: CompiledRuleset) -> None:
    likes = {"likes": {"walk": "love"}}
    of = {activity.id: activity for activity in compiled.index.order}
    known = evaluate(compiled, a_report(**likes, everyday_moments="none"), pooled(**likes))
    assert ids(compiled, known)[0] == "evening-walk"
    for mine, theirs in (({"knows_where_to_start": False}, {}), ({}, {"knows_where_to_start": False})):
        for heard in (pooled(**likes, **theirs), None):
            if heard is None and not mine:
                continue
            for most in (1, 2, 5):
                view = evaluate(compiled, a_report(**likes, everyday_moments="none", **mine), heard, most)
                assert of[ids(compiled, view)[0]].minutes <= 15
                assert "evening-walk" in ids(compiled, view) or most < 5 or heard is None


def test_what_they_already_do_is_not_offered_first(compiled: CompiledRuleset) -> None:
    said: dict[str, object] = {"ease": "strained", "unresolved_issues": "some", "silence": "uncomfortable"}
    assert practices(compiled, evaluate(compiled, a_report(**said), pooled()))[0] == "communication_exercises"
    kept_up = {"we_already": {"communication_exercises"}}
    for mine, theirs in ((kept_up, {}), ({}, kept_up)):
        for most in (1, 2, 5):
            view = evaluate(compiled, a_report(**said | mine), pooled(**theirs), most)
            assert practices(compiled, view)[0] == "shared_hobby"
            assert view.strategies[0].strategy == "structured_exercises"


def test_someone_heard_alone_is_not_offered_first_what_they_already_do(compiled: CompiledRuleset) -> None:
    mine = a_report(ease="strained", silence="uncomfortable", we_already={"communication_exercises"})
    for most in (1, 2, 3, 5):
        assert practices(compiled, evaluate(compiled, mine, None, most))[0] == "shared_hobby"


def test_those_who_keep_everything_up_are_still_offered_something(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(we_already=set(PRACTICES)), pooled())

    assert view.outcome == "suggestions"


def test_affection_comes_last_and_only_for_one_who_is_open_to_it(compiled: CompiledRuleset) -> None:
    for interest, is_offered in ((None, False), ("no", False), ("everyday_touch", True), ("open", True)):
        for most in (3, 5, 20):
            shown = practices(compiled, evaluate(compiled, a_report(affection_interest=interest), pooled(), most))
            assert ("affection" in shown) == is_offered
            assert "affection" not in shown[:-1]
    assert "affection" not in practices(compiled, evaluate(compiled, a_report(), pooled(affection_interest="open"), 20))


def test_affection_gives_its_reason_without_a_name(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(affection_interest="open"), pooled())
    (reason,) = view.activities[-1].reasons

    assert view.activities[-1].strategy is None
    assert (reason.rule, reason.because, reason.is_shared) == ("private", (), False)


def test_a_level_is_said_only_where_my_own_answers_give_it(compiled: CompiledRuleset) -> None:
    def conflict(mine: str, theirs: str) -> tuple[Because, bool]:
        view = evaluate(compiled, a_report(conflict=mine), pooled(conflict=theirs))
        (reason,) = [r for s in view.strategies for r in s.reasons if r.rule == "turns-when-conflict-is-frequent"]
        return reason.because[0], reason.is_shared

    assert conflict("frequent", "rare") == (Because("conflict", "frequent"), False)
    assert conflict("frequent", "frequent") == (Because("conflict", "frequent"), False)
    assert conflict("rare", "frequent") == (Because("conflict", None), True)


def test_what_only_the_other_can_have_told_is_said_as_told_by_both(
    compiled: CompiledRuleset, renderer: Renderer
) -> None:
    view = evaluate(compiled, a_report(conflict="rare"), pooled(conflict="frequent"))
    written = json.loads(renderer.view(view, None, "full", date(2026, 11, 23)))
    (reason,) = [
        reason
        for each in written["strategies"]
        for reason in each["reasons"]
        if reason["rule"] == "turns-when-conflict-is-frequent"
    ]

    assert reason["because"] == [{"finding": "conflict"}]
    assert reason["text"].endswith(renderer.texts["phrases/from_both"])
    assert {"finding": "conflict"} in written["trace"]["findings"]


def test_a_mismatch_is_never_given_with_its_level(compiled: CompiledRuleset) -> None:
    view = evaluate(
        compiled,
        a_report(counts_as_quality_time={"screen": 5}),
        pooled(counts_as_quality_time={"screen": 1}),
    )
    because = {each for s in view.strategies for reason in s.reasons for each in reason.because}

    assert Because("meaning", None) in because


def test_thanks_that_are_due_to_the_other_name_no_finding(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(), pooled(appreciated="never"), 20)
    (reason,) = [r for s in view.strategies for r in s.reasons if r.rule == "small-thanks-said-out-loud"]

    assert reason.because == ()
    assert reason.is_shared


def test_my_own_word_about_a_kind_is_a_reason_and_the_others_is_not(compiled: CompiledRuleset) -> None:
    loved = {"likes": {"meal": "love"}}
    mine = evaluate(compiled, a_report(**loved), pooled(**loved))
    theirs = evaluate(compiled, a_report(), pooled(**loved))
    liked = evaluate(compiled, a_report(likes={"meal": "like"}), pooled(**loved))

    assert "taste_love" in {reason.text for each in mine.activities for reason in each.reasons}
    assert "taste_like" in {reason.text for each in liked.activities for reason in each.reasons}
    assert "taste" not in rules(theirs)


def test_insights_rest_on_my_own_answers(compiled: CompiledRuleset) -> None:
    assert (
        "conflict_paradox"
        in evaluate(compiled, a_report(conflict="chronic", being_together_feels="avoided"), pooled()).insights
    )
    assert (
        "conflict_paradox"
        not in evaluate(compiled, a_report(being_together_feels="avoided"), pooled(conflict="chronic")).insights
    )


def test_what_to_ask_next_is_what_most_rules_hang_on(compiled: CompiledRuleset) -> None:
    asked = evaluate(compiled, a_report(hours_per_week=None, conflict=None, busyness=None, likes=None), None).ask_next
    after = evaluate(compiled, a_report(closeness=4), None).ask_next

    assert [each.question for each in asked][:2] == ["conflict.level", "closeness.level"]
    assert "closeness.level" not in [each.question for each in after]


def test_limits_always_say_that_this_is_neither_therapy_nor_a_test_of_safety(compiled: CompiledRuleset) -> None:
    for mine in (a_report(), a_report(willingness="no"), a_report(fear="yes"), a_report(minutes_per_week=0)):
        assert evaluate(compiled, mine, None).limits[:2] == ("not_therapy", "not_a_safety_test")


def test_careful_limits_are_said_until_the_answer_is_there(compiled: CompiledRuleset) -> None:
    assert {"slot_unknown", "budget_unknown"} <= set(evaluate(compiled, a_report(), None).limits)
    said = evaluate(compiled, a_report(longest_slot_minutes=60, budget="free"), None).limits
    assert not {"slot_unknown", "budget_unknown"} & set(said)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({"self_harm": "yes"}, ("crisis",)),
        ({"fear": "yes"}, ("danger",)),
        ({"hurt": "yes"}, ("danger",)),
        ({"injury": "yes"}, ("danger",)),
        ({"threat": "yes"}, ("danger",)),
        ({"forced": "yes"}, ("danger",)),
        ({"control": "yes"}, ("danger",)),
        ({"humiliated": "often"}, ("concern",)),
        ({"worried_about_own_acts": "yes"}, ("own_acts",)),
        (
            {"worried_about_own_acts": "yes", "humiliated": "often", "fear": "yes", "self_harm": "yes"},
            ("crisis", "danger", "concern", "own_acts"),
        ),
    ],
)
def test_support_names_every_kind_that_applies_with_the_gravest_first(
    compiled: CompiledRuleset, said: dict[str, str], kinds: tuple[str, ...]
) -> None:
    view = evaluate(compiled, a_report(**said, willingness="no"), pooled())

    assert view.outcome == "support"
    assert view.support == kinds
    assert not any((view.strategies, view.activities, view.insights, view.ask_next))
    assert view.verdicts is None
    assert view.next_check_in_days == 7


@pytest.mark.parametrize(
    "said",
    [
        {"fear": "no", "hurt": "skip", "humiliated": "skip"},
        {"humiliated": "never"},
        {"humiliated": "rarely"},
        {"humiliated": "sometimes"},
        {"self_harm": "skip", "worried_about_own_acts": "no"},
    ],
)
def test_no_skip_and_humiliated_up_to_sometimes_lead_nowhere(compiled: CompiledRuleset, said: dict[str, str]) -> None:
    assert evaluate(compiled, a_report(**said), pooled()) == evaluate(compiled, a_report(), pooled())
