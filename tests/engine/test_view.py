"""What a view may say and in which shape: the contract's sentences about views, one by one."""

from typing import Any

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate_both
from app.engine.history import NO_HISTORY, History
from app.engine.self_report import Agreed, pool
from app.engine.view import Because
from app.engine.vocabulary import PRACTICES
from app.rulesets.sampling import sample_couples
from tests.engine.build import (
    a_report,
    offer_to,
    pooled,
    rules,
    shown,
    strategies,
    strategy,
    view_of,
    withheld_by,
)
from tests.engine.measures import eligible


def test_a_first_answer_of_a_minute_gives_suggestions(compiled: CompiledRuleset) -> None:
    mine = a_report(hours_per_week=4, conflict="occasional", busyness="full", likes={"walk": "love", "screen": "ok"})
    view = view_of(compiled, mine, None)

    assert view.outcome == "suggestions"
    assert len(view.activities) == 5
    assert view.next_check_in_days == 7


def test_no_limit_gives_more_than_is_asked_for(compiled: CompiledRuleset) -> None:
    for most in range(1, 21):
        assert len(view_of(compiled, a_report(), pooled(), most).activities) <= most


def test_one_who_is_not_willing_reads_a_kind_reason_and_nothing_to_do(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(willingness="no", routine=5, ease="strained"), pooled())

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


def test_where_nothing_fits_every_strategy_says_the_one_plain_sentence(compiled: CompiledRuleset) -> None:
    mine = a_report(minutes_per_week=1, routine=5, longest_slot_minutes=5)
    view = view_of(compiled, mine, None)

    assert view.outcome == "nothing_now"
    for name in ("quality_time", "structured_exercises", "new_experiences"):
        assert withheld_by(view, name) == {"nothing_today"}
    assert view.next_check_in_days == 14


def test_where_nothing_stands_it_is_one_page_whatever_the_cause(compiled: CompiledRuleset) -> None:
    said: dict[str, Any] = {"desired_hours_per_week": 9, "closeness": 2, "ease": "strained"}
    fits = view_of(compiled, a_report(**said), pooled(), quiet=True)
    assert fits.opening
    assert fits.ask_next
    everything = History(unwanted=frozenset(activity.id for activity in compiled.index.order))

    pages = [
        view_of(compiled, a_report(**said, **cause), pooled(), past=past, quiet=True)
        for cause, past in (
            ({"willingness": "no"}, NO_HISTORY),
            ({"fear": "yes"}, NO_HISTORY),
            ({}, everything),
        )
    ]

    assert len({*map(repr, (page._replace(verdict=None) for page in pages))}) == 1
    assert (pages[0].outcome, pages[0].opening, pages[0].ask_next) == ("nothing_now", (), ())
    assert rules(pages[0]) == {"nothing_today"}
    assert pages[0].limits == ("not_therapy", "answers_may_change")


def test_a_strategy_that_a_rule_withholds_names_the_rule(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(conflict="chronic", routine=5), None)
    (reason,) = strategy(view, "new_experiences").withheld_by

    assert reason.id == "small-steps-before-new-ventures-in-chronic-conflict"
    assert reason.because == (Because("conflict", "chronic"),)


def test_standings_are_leading_also_and_not_now(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(ease="strained"), None)

    assert [(s.strategy, s.rank, s.standing) for s in view.strategies] == [
        ("structured_exercises", 1, "leading"),
        ("quality_time", 2, "also"),
        ("new_experiences", 3, "not_now"),
    ]


def test_reasons_for_a_strategy_stand_with_the_strongest_first(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(ease="strained", unresolved_issues="many", closeness=4), None)
    need = {rule.id: rule.need or 0 for rule in compiled.ruleset.rules}
    general, *own = strategy(view, "structured_exercises").reasons
    needs = [need[reason.id] for reason in own]

    assert (general.id, general.because) == ("structured_exercises", ())
    assert needs[0] == 3
    assert needs == sorted(needs, reverse=True)


def test_being_heard_alone_changes_no_rank(compiled: CompiledRuleset) -> None:
    for said in ({}, {"ease": "strained"}, {"routine": 5}, {"closeness": 1}, {"conflict": "chronic"}):
        alone, both = view_of(compiled, a_report(**said), None), view_of(compiled, a_report(**said), pooled(**said))
        assert strategies(alone) == strategies(both)


def test_those_who_keep_everything_up_are_still_offered_something(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(we_already=set(PRACTICES)), pooled())

    assert view.outcome == "suggestions"


def test_insights_rest_on_my_own_answers(compiled: CompiledRuleset) -> None:
    assert (
        "conflict_paradox"
        in view_of(compiled, a_report(conflict="chronic", being_together_feels="avoided"), pooled()).insights
    )
    assert (
        "conflict_paradox"
        not in view_of(compiled, a_report(being_together_feels="avoided"), pooled(conflict="chronic")).insights
    )


def test_limits_always_say_that_this_is_neither_therapy_nor_a_test_of_safety(compiled: CompiledRuleset) -> None:
    for mine in (a_report(), a_report(willingness="no"), a_report(fear="yes"), a_report(minutes_per_week=0)):
        assert view_of(compiled, mine, None).limits[0] == "not_therapy"


def test_whoever_was_heard_alone_is_told_so_and_nobody_else(compiled: CompiledRuleset) -> None:
    assert "one_heard_proposal" in view_of(compiled, a_report(), None).limits
    assert "one_heard" in view_of(compiled, a_report(willingness="no"), None).limits
    assert not {"one_heard", "one_heard_proposal"} & set(view_of(compiled, a_report(), pooled()).limits)


def test_words_are_the_same_whatever_the_other_answered_where_the_same_things_stand(compiled: CompiledRuleset) -> None:
    spoken = 0
    for couple in sample_couples(range(300)):
        if couple.b is None:
            continue
        one, two = (view_of(compiled, couple.a, theirs) for theirs in (pool(couple.b), pooled(conflict="frequent")))
        said = {each.position: each.reasons for each in one.activities}
        for each in two.activities:
            assert said.get(each.position, each.reasons) == each.reasons
            spoken += each.position in said
        # Where nothing stands, one page is for all.
        if "nothing_now" in (one.outcome, two.outcome):
            continue
        for each_strategy in two.strategies:
            before = strategy(one, each_strategy.strategy)
            if (before.standing == "not_now") == (each_strategy.standing == "not_now"):
                assert (before.reasons, before.withheld_by) == (each_strategy.reasons, each_strategy.withheld_by)
        assert one.insights == two.insights
        assert one.opening == two.opening
    assert spoken > 50


def test_a_reason_names_the_level_that_my_own_answers_give(compiled: CompiledRuleset) -> None:
    def because(mine: str, theirs: str) -> list[tuple[Because, ...]]:
        view = view_of(compiled, a_report(conflict=mine), pooled(conflict=theirs))
        return [r.because for s in view.strategies for r in s.reasons if r.id == "turns-when-conflict-is-frequent"]

    assert because("frequent", "rare") == because("frequent", "frequent") == [(Because("conflict", "frequent"),)]
    assert because("rare", "frequent") == []


def test_a_gap_and_the_others_feeling_raise_a_need_and_say_nothing(compiled: CompiledRuleset) -> None:
    differing = pooled(counts_as_quality_time={"screen": 1}, appreciated="never")
    mine = a_report(counts_as_quality_time={"screen": 5})
    called = {activity.purpose for activity in eligible(offer_to(compiled, mine, differing), mine)}
    view = view_of(compiled, mine, differing, 20)

    assert {"what_counts_for_us", "thank"} <= called
    assert not {"find-out-what-counts-for-each-of-you", "small-thanks-said-out-loud"} & rules(view)


def test_my_own_word_about_a_kind_is_a_reason_and_the_others_is_not(compiled: CompiledRuleset) -> None:
    for mine, theirs, reason in (("love", "ok", "taste_love"), ("like", "love", "taste_like"), ("ok", "love", None)):
        view = view_of(compiled, a_report(likes={"meal": mine}), pooled(likes={"meal": theirs}), 20)
        meals = [
            {given.id for given in each.reasons} & {"taste_love", "taste_like"}
            for each, activity in zip(view.activities, shown(compiled, view), strict=True)
            if activity.kinds[0] == "meal"
        ]
        assert meals
        assert all(given == ({reason} if reason else set()) for given in meals)


def test_what_both_agreed_is_put_down_to_no_answer(compiled: CompiledRuleset) -> None:
    agreed = Agreed(affection="everyday_touch", about=frozenset({"money"}))
    view = view_of(compiled, a_report(conflict="rare"), pooled(conflict="rare"), 20, agreed=agreed)
    mutual = {rule.id for rule in compiled.rules if rule.is_mutual}
    given = [r for s in view.strategies for r in s.reasons] + [r for each in view.activities for r in each.reasons]

    assert {reason.id for reason in given} & mutual
    assert all(not reason.because for reason in given if reason.id in mutual)


def test_it_opens_with_what_is_good_and_what_is_hard(compiled: CompiledRuleset) -> None:
    mine = a_report(appreciated="always", hours_per_week=2, desired_hours_per_week=8)
    good, hard = view_of(compiled, mine, pooled()).opening
    is_good = {sentence.id: sentence.is_good for sentence in compiled.openings}

    assert (is_good[good.id], is_good[hard.id]) == (True, False)
    assert hard.values == (2, 8)
    silent, heard = (view_of(compiled, a_report(), pooled(appreciated=said)) for said in (None, "always"))
    assert silent.opening == heard.opening


def test_careful_limits_are_said_until_the_answer_is_there(compiled: CompiledRuleset) -> None:
    assert {"slot_unknown", "budget_unknown"} <= set(view_of(compiled, a_report(), None).limits)
    said = view_of(compiled, a_report(longest_slot_minutes=60, budget="free"), None).limits
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
    view = view_of(compiled, a_report(**said, willingness="no"), pooled())

    assert view.outcome == "support"
    assert view.support == kinds
    assert not any((view.strategies, view.activities, view.insights, view.ask_next))
    assert view.verdict is None
    assert view.next_check_in_days == 7


@pytest.mark.parametrize(
    "said",
    [
        {"fear": "no", "hurt": "skip", "humiliated": "skip"},
        {"humiliated": "never"},
        {"humiliated": "rarely"},
        {"self_harm": "skip", "worried_about_own_acts": "no"},
    ],
)
def test_no_skip_and_humiliated_up_to_rarely_lead_nowhere(compiled: CompiledRuleset, said: dict[str, str]) -> None:
    one, none = view_of(compiled, a_report(**said), pooled()), view_of(compiled, a_report(), pooled())

    assert one._replace(verdict=None) == none._replace(verdict=None)
