"""What takes things away: the gates that evidence asks for, and the hard limits, each on both sides of its line."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.ruleset import Activity
from app.engine.self_report import SAFETY_QUESTIONS, Agreed, PooledReport, SelfReport, pool
from app.rulesets.sampling import sample_couples
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
    with_answer,
    withheld_by,
    without_private,
)
from tests.engine.measures import eligible

AFFECTION = Agreed(affection="open")
BIG = ("learn_together", "serve_together", "explore_together", "retreat", "affection")
EVERYTHING: dict[str, object] = {
    "longest_slot_minutes": 2880,
    "minutes_per_week": 1200,
    "budget": "high",
    "comfort_zone": "ready",
    "childcare": True,
    "children_at_home": "none",
    "energy": "lively",
    "conflict": "rare",
}


def fitting(compiled: CompiledRuleset, mine: SelfReport, theirs: PooledReport | None = None) -> dict[str, Activity]:
    """The activities that are left by all limits, whether they are called for or not."""
    offer = offer_to(compiled, mine, theirs)
    return {a.id: a for i, a in enumerate(compiled.index.order) if offer.fitting >> i & 1}


def test_a_veto_of_either_partner_counts_for_both(compiled: CompiledRuleset) -> None:
    for mine, theirs in (({"likes": {"walk": "avoid"}}, {}), ({}, {"likes": {"walk": "avoid"}})):
        left = fitting(compiled, a_report(**EVERYTHING | mine), pooled(**EVERYTHING | theirs))
        assert not [a for a in left.values() if "walk" in a.kinds and a.together]


def test_thanks_are_not_pushed_on_one_whose_partner_does_not_take_them_warmly(compiled: CompiledRuleset) -> None:
    for answer, is_offered in (("never", False), ("rarely", False), ("sometimes", True), ("always", True)):
        mine = a_report(partner_responds_warmly=answer, closeness=4)
        view = view_of(compiled, mine, pooled(appreciated="never"), 20)
        assert ("gratitude_and_surprise" in practices(compiled, view)) == is_offered


@pytest.mark.parametrize("season", ["newborn", "grief", "pregnancy_loss", "illness"])
def test_a_tender_season_lowers_the_demand(compiled: CompiledRuleset, season: str) -> None:
    rich = EVERYTHING | {"routine": 5, "closeness": 2}
    before = view_of(compiled, a_report(**rich), pooled(**rich), 20)
    assert "lively" in {activity.energy for activity in fitting(compiled, a_report(**rich), pooled(**rich)).values()}
    assert "retreat" not in withheld_by(before, "structured_exercises")

    for mine, theirs in (({"season": {season}}, {}), ({}, {"season": {season}})):
        view = view_of(compiled, a_report(**rich | mine), pooled(**rich | theirs), 20)
        for activity in shown(compiled, view):
            assert activity.energy in ("drained", "ok")
            assert activity.practice != "retreat"
            assert "surprise" not in activity.asks
            assert activity.purpose != "a_challenge_for_two"


@pytest.mark.parametrize("said", [{"recent_breach": True}, {"leaning_out": True}, {"season": {"separation"}}])
def test_on_unsteady_ground_nothing_big_intense_or_unannounced_is_offered(
    compiled: CompiledRuleset, said: dict[str, object]
) -> None:
    rich = EVERYTHING | {"routine": 5, "closeness": 5, "shared_purpose": True}
    theirs = pooled(**rich)
    before = view_of(compiled, a_report(**rich), theirs, 20, agreed=AFFECTION)
    after = view_of(compiled, a_report(**rich | said), theirs, 20, agreed=AFFECTION)

    assert strategies(before)[0] == "new_experiences"
    assert "affection" in practices(compiled, before)
    assert strategies(after)
    assert not set(BIG) & set(practices(compiled, after))
    for activity in shown(compiled, after):
        assert not set(activity.asks) & {"surprise", "closeness"}


def test_a_separation_that_the_other_told_of_is_nothing_in_my_view(compiled: CompiledRuleset) -> None:
    rich = EVERYTHING | {"routine": 5}

    assert view_of(compiled, a_report(**rich), pooled(**rich, season={"separation", "moving"})) == view_of(
        compiled, a_report(**rich), pooled(**rich, season={"moving"})
    )


def test_a_breach_that_the_other_told_of_is_nothing_in_my_view(compiled: CompiledRuleset) -> None:
    rich = EVERYTHING | {"routine": 5}

    assert view_of(compiled, a_report(**rich), pooled(**rich, recent_breach=True)) == view_of(
        compiled, a_report(**rich), pooled(**rich)
    )


def surprising(activities: Iterable[Activity]) -> list[Activity]:
    return [activity for activity in activities if "surprise" in activity.asks]


@pytest.mark.parametrize("said", ["sometimes", "often", "always"])
def test_no_surprise_for_one_who_reads_acts_as_hurtful(compiled: CompiledRuleset, said: str) -> None:
    rich = EVERYTHING | {"routine": 5, "closeness": 5, "likes": {"craft": "love"}}
    theirs = pooled(**rich)

    assert surprising(eligible(offer_to(compiled, a_report(**rich), theirs), a_report(**rich)))
    assert surprising(shown(compiled, view_of(compiled, a_report(**rich), theirs, 20)))
    assert not surprising(shown(compiled, view_of(compiled, a_report(**rich, feels_meant_to_hurt=said), theirs, 20)))


def test_no_surprise_where_pooled_conflict_is_above_occasional(compiled: CompiledRuleset) -> None:
    rich = {"likes": {"craft": "love"}, "appreciated": "never"}
    for mine, theirs in (("frequent", "rare"), ("rare", "frequent")):
        view = view_of(compiled, a_report(**rich, conflict=mine), pooled(**rich, conflict=theirs), 20)
        assert not [activity for activity in shown(compiled, view) if "surprise" in activity.asks]


@pytest.mark.parametrize("feels", ["overwhelming", "avoided"])
def test_one_for_whom_being_together_is_too_much_is_not_put_in_one_room(compiled: CompiledRuleset, feels: str) -> None:
    rich = EVERYTHING | {"routine": 5, "closeness": 2, "likes": {"touch": "love"}}
    theirs = pooled(**rich)
    welcome = shown(compiled, view_of(compiled, a_report(**rich), theirs, 20, agreed=AFFECTION))
    too_much = shown(
        compiled, view_of(compiled, a_report(**rich, being_together_feels=feels), theirs, 20, agreed=AFFECTION)
    )

    assert any(is_in_one_room(activity) for activity in welcome)
    assert too_much
    assert not any(is_in_one_room(activity) or "closeness" in activity.asks for activity in too_much)


def is_in_one_room(activity: Activity) -> bool:
    return activity.together and activity.setting == "same_room"


Said = dict[str, Any]

SIGNS: dict[str, Said] = {
    "hurtful": {"feels_meant_to_hurt": "often"},
    "too_much": {"being_together_feels": "avoided"},
    "humiliated": {"humiliated": "sometimes"},
    "leaning_out": {"leaning_out": True},
    "skipped": dict.fromkeys(SAFETY_QUESTIONS, "skip"),
}


@pytest.mark.parametrize(
    ("one", "two"), [pair for pair in combinations(SIGNS, 2) if set(pair) != {"humiliated", "skipped"}]
)
def test_two_soft_signs_leave_what_asks_for_nothing(compiled: CompiledRuleset, one: str, two: str) -> None:
    rich = EVERYTHING | {"ease": "easy", "closeness": 2, "appreciated": "never"}
    mine = a_report(**rich, **SIGNS[one] | SIGNS[two])
    for quiet in (False, True):
        activities = shown(compiled, view_of(compiled, mine, pooled(**rich), 20, agreed=AFFECTION, quiet=quiet))
        assert activities
        for activity in activities:
            assert not activity.asks
            assert not activity.together or (quiet and activity.minutes <= 30 and activity.setting != "same_room")


FOR_ONESELF = ("time_for_yourself", "see_a_counsellor")
HURT: tuple[Said, ...] = tuple(
    {"feels_meant_to_hurt": hurt, "being_together_feels": feels, "humiliated": small, "leaning_out": unsure}
    for hurt in ("never", "often", "always")
    for feels in ("neutral", "avoided")
    for small in (None, "skip", "sometimes")
    for unsure in (None, True)
    if hurt != "never" or small == "sometimes" or unsure
)


@pytest.mark.parametrize("talk", [{}, {"ease": "strained", "conflict": "chronic"}])
def test_one_who_is_hurt_begins_with_something_for_themselves(compiled: CompiledRuleset, talk: Said) -> None:
    purposes = {purpose.id for purpose in compiled.ruleset.purposes if purpose.is_for_oneself}
    assert purposes == {*FOR_ONESELF}
    for signs in HURT:
        view = view_of(compiled, a_report(**talk | signs), pooled())
        first, *others = shown(compiled, view)
        assert not first.together
        assert first.purpose in FOR_ONESELF
        if signs["feels_meant_to_hurt"] != "never" or signs["humiliated"] == "sometimes":
            assert view.insights[0] == "how_safe_do_you_feel"
            assert [sentence.id for sentence in view.opening] in (["hurt-on-purpose"], ["little-conflict-and-hurt"])
            for activity in (first, *others):
                assert not {"warmth", "surprise"} & {*activity.asks}
                assert activity.purpose not in ("thank", "admire", "say_what_you_value", "small_signals_of_love")
    calm = shown(compiled, view_of(compiled, a_report(**talk), pooled()))
    assert calm[0].together


PUSHING: Said = {"hours_per_week": 10, "desired_hours_per_week": 16, "pattern": "i_push_partner_withdraws"}


@pytest.mark.parametrize("more", [{"feels_meant_to_hurt": "sometimes"}, {"trust": 2}])
def test_whoever_presses_is_handed_nothing_that_asks_for_access(compiled: CompiledRuleset, more: Said) -> None:
    for quiet in (False, True):
        view = view_of(compiled, a_report(**PUSHING | more), pooled(), 20, quiet=quiet)
        # What is only told in private makes the quiet view little, and is not spoken of there.
        activities = shown(compiled, view)
        assert not any("access" in activity.asks for activity in activities)
        assert ("free_to_say_no" in view.insights) == (not quiet and "trust" not in more)
        assert any(activity.together for activity in activities) == (quiet or "trust" in more)
    theirs = shown(compiled, view_of(compiled, a_report(), pooled(**PUSHING | more), 20))
    assert any(activity.together for activity in theirs)
    calm = shown(compiled, view_of(compiled, a_report(**PUSHING), pooled(), 40))
    assert any(activity.together for activity in calm)


def test_one_whose_trust_was_broken_is_not_treated_as_one_who_presses(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**PUSHING | {"trust": 2, "recent_breach": True}), pooled(), 20)

    assert any(activity.together for activity in shown(compiled, view))
    assert "trust_was_broken" in view.insights
    assert "free_to_say_no" not in view.insights
    assert "wanting-to-be-closer" not in [sentence.id for sentence in view.opening]


@pytest.mark.parametrize("sign", SIGNS)
def test_one_soft_sign_alone_leaves_more(compiled: CompiledRuleset, sign: str) -> None:
    rich = EVERYTHING | {"ease": "easy", "closeness": 2, "appreciated": "never"}
    one = shown(compiled, view_of(compiled, a_report(**rich, **SIGNS[sign]), pooled(**rich), 20))

    assert any(activity.asks or activity.minutes > 30 or is_in_one_room(activity) for activity in one)


# Hard limits


def test_a_slot_is_kept_to_the_minute(compiled: CompiledRuleset) -> None:
    for slot in (5, 10, 15, 20, 30, 45, 60, 75, 1440):
        left = fitting(compiled, a_report(**EVERYTHING | {"longest_slot_minutes": slot})).values()
        assert max(activity.minutes for activity in left) == slot


def test_an_unknown_slot_allows_an_hour_and_an_unknown_budget_a_low_cost(compiled: CompiledRuleset) -> None:
    rich = EVERYTHING | {"longest_slot_minutes": None, "budget": None}
    left = fitting(compiled, a_report(**rich)).values()

    assert max(activity.minutes for activity in left) == 60
    assert {activity.cost for activity in left} == {"free", "low"}


def test_an_unknown_limit_of_the_other_is_not_no_limit(compiled: CompiledRuleset) -> None:
    theirs = {"longest_slot_minutes": None, "budget": None}
    left = fitting(compiled, a_report(**EVERYTHING), pooled(**EVERYTHING | theirs)).values()

    assert all(activity.minutes <= 60 and activity.cost in ("free", "low") for activity in left if activity.together)


def test_rituals_are_counted_as_minutes_times_a_week(compiled: CompiledRuleset) -> None:
    of = {activity.id: activity for activity in compiled.index.order}
    walk = of["evening-walk"]
    assert walk.times_a_week is not None
    needs = walk.minutes * walk.times_a_week

    assert "evening-walk" in fitting(compiled, a_report(**EVERYTHING | {"minutes_per_week": needs}))
    assert "evening-walk" not in fitting(compiled, a_report(**EVERYTHING | {"minutes_per_week": needs - 1}))


def test_what_is_done_once_is_counted_once(compiled: CompiledRuleset) -> None:
    assert "new-route" in fitting(compiled, a_report(**EVERYTHING | {"minutes_per_week": 40}))
    assert "new-route" not in fitting(compiled, a_report(**EVERYTHING | {"minutes_per_week": 39}))


def test_what_belongs_to_a_season_is_held_to_the_slot_alone(compiled: CompiledRuleset) -> None:
    short_week = EVERYTHING | {"minutes_per_week": 10}

    assert "couples-retreat" in fitting(compiled, a_report(**short_week | {"longest_slot_minutes": 1440}))
    assert "couples-retreat" not in fitting(compiled, a_report(**short_week | {"longest_slot_minutes": 1439}))


def test_no_minutes_a_week_leave_only_what_belongs_to_a_season(compiled: CompiledRuleset) -> None:
    left = fitting(compiled, a_report(**EVERYTHING | {"minutes_per_week": 0})).values()

    assert {activity.repeat for activity in left} == {"seasonal"}


def test_readiness_bounds_novelty_by_the_lower_of_both(compiled: CompiledRuleset) -> None:
    for mine, theirs, most in (("ready", "ready", 3), ("small_step", "ready", 2), ("ready", "not_now", 1)):
        a, b = EVERYTHING | {"comfort_zone": mine}, EVERYTHING | {"comfort_zone": theirs}
        joint = [a for a in fitting(compiled, a_report(**a), pooled(**b)).values() if a.together]
        assert max(activity.novelty for activity in joint) == most


def test_one_who_is_drained_is_offered_what_is_restful_and_what_they_love(compiled: CompiledRuleset) -> None:
    drained = EVERYTHING | {"energy": "drained"}
    left = fitting(compiled, a_report(**drained)).values()
    loved = fitting(compiled, a_report(**drained, likes={"sport": "love"})).values()
    two = fitting(compiled, a_report(**drained, likes={"sport": "love"}), pooled(**drained)).values()

    assert {activity.energy for activity in left} == {"drained"}
    assert {activity.kinds[0] for activity in loved if activity.energy != "drained"} == {"sport"}
    assert {activity.energy for activity in two if activity.together} == {"drained"}


def test_of_two_the_stricter_limit_binds_what_is_done_together(compiled: CompiledRuleset) -> None:
    for name, strict in (("longest_slot_minutes", 20), ("budget", "free"), ("energy", "drained")):
        narrow = EVERYTHING | {name: strict}
        one = fitting(compiled, a_report(**narrow), pooled(**EVERYTHING))
        two = fitting(compiled, a_report(**EVERYTHING), pooled(**narrow))
        assert {id_ for id_, a in one.items() if a.together} == {id_ for id_, a in two.items() if a.together}


def test_what_one_does_alone_is_held_to_the_doers_limits(compiled: CompiledRuleset) -> None:
    left = fitting(compiled, a_report(**EVERYTHING), pooled(**EVERYTHING | {"longest_slot_minutes": 5}))
    mine = fitting(compiled, a_report(**EVERYTHING | {"longest_slot_minutes": 5}), pooled(**EVERYTHING))

    assert "take-a-task" in left
    assert "take-a-task" not in mine


@pytest.mark.parametrize("limit", ["mobility", "pain", "fatigue", "sensory"])
def test_a_health_limit_of_either_takes_away_what_does_not_suit_it(compiled: CompiledRuleset, limit: str) -> None:
    ill = EVERYTHING | {"health_limits": {limit}}
    for mine, theirs in ((ill, EVERYTHING), (EVERYTHING, ill)):
        left = fitting(compiled, a_report(**mine), pooled(**theirs)).values()
        assert not [activity for activity in left if activity.together and limit in activity.unsuitable_for]


def test_two_who_live_far_apart_are_offered_what_works_from_afar(compiled: CompiledRuleset) -> None:
    for mine, theirs in (({"living": "long_distance"}, {}), ({}, {"living": "long_distance"})):
        left = fitting(compiled, a_report(**EVERYTHING | mine), pooled(**EVERYTHING | theirs)).values()
        assert left
        assert all(activity.remote for activity in left)


def test_without_childcare_nothing_asks_children_to_be_away(compiled: CompiledRuleset) -> None:
    home = EVERYTHING | {"children_at_home": "under_6"}
    for childcare, may_be_away in ((None, False), (False, False), (True, True)):
        left = fitting(compiled, a_report(**home | {"childcare": childcare})).values()
        assert ("away" in {activity.children for activity in left}) == may_be_away


def test_of_two_who_differ_about_childcare_the_harder_answer_counts(compiled: CompiledRuleset) -> None:
    mine = EVERYTHING | {"children_at_home": "mixed", "childcare": True}
    left = fitting(compiled, a_report(**mine), pooled(**EVERYTHING | {"childcare": False})).values()

    assert "away" not in {activity.children for activity in left}


def test_those_who_said_nothing_of_children_but_that_nobody_can_look_after_them_stay_at_home(
    compiled: CompiledRuleset,
) -> None:
    said = EVERYTHING | {"children_at_home": None, "childcare": False}
    left = fitting(compiled, a_report(**said)).values()

    assert "away" not in {activity.children for activity in left}


def test_what_makes_sense_with_children_only_is_for_those_who_have_them(compiled: CompiledRuleset) -> None:
    for children, is_offered in ((None, False), ("none", False), ("teens", True)):
        left = fitting(compiled, a_report(**EVERYTHING | {"children_at_home": children}))
        assert ("childcare-trade" in left) == is_offered


def test_nothing_with_alcohol_where_one_lives_without(compiled: CompiledRuleset) -> None:
    assert "live-music-night" in fitting(compiled, a_report(**EVERYTHING))
    for mine, theirs in (({"alcohol_free": True}, {}), ({}, {"alcohol_free": True})):
        left = fitting(compiled, a_report(**EVERYTHING | mine), pooled(**EVERYTHING | theirs))
        assert "live-music-night" not in left


def test_nothing_is_offered_above_its_conflict_ceiling(compiled: CompiledRuleset) -> None:
    levels = ("rare", "occasional", "frequent", "chronic")
    for height, level in enumerate(levels):
        left = fitting(compiled, a_report(**EVERYTHING | {"conflict": level})).values()
        assert min(levels.index(activity.conflict_ceiling) for activity in left) >= height


def test_one_who_is_willing_to_take_small_steps_takes_small_steps(compiled: CompiledRuleset) -> None:
    rich = EVERYTHING | {"routine": 5, "closeness": 2}
    willing = shown(compiled, view_of(compiled, a_report(**rich, willingness="yes"), None, 20))
    small = shown(compiled, view_of(compiled, a_report(**rich, willingness="small_steps"), None, 20))

    assert any(activity.novelty > 1 for activity in willing)
    assert small
    assert all(activity.minutes <= 30 and activity.novelty <= 1 for activity in small)


def test_a_free_week_still_leaves_three_things_for_each_strategy(compiled: CompiledRuleset) -> None:
    """From ten minutes on, with nothing vetoed, conflict below chronic, and some readiness for something new."""
    for slot in (10, 14, 15, 30, 60, 120):
        for conflict in ("rare", "occasional", "frequent"):
            for zone in ("small_step", "ready"):
                mine = a_report(
                    budget="free", longest_slot_minutes=slot, conflict=conflict, comfort_zone=zone, routine=5
                )
                view = view_of(compiled, mine, None)
                left = fitting(compiled, mine).values()
                for strategy in compiled.ruleset.strategies:
                    assert strategy.id in strategies(view)
                    assert sum(activity.practice in strategy.practices for activity in left) >= 3


def test_what_a_private_answer_withholds_is_said_with_one_plain_sentence(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**EVERYTHING, routine=5, recent_breach=True), None)

    assert withheld_by(view, "new_experiences") == {"not_the_moment"}
    assert "steady-ground-first" not in rules(view)


def test_what_is_kept_from_the_pool_takes_away_what_it_rules_out_and_no_more(compiled: CompiledRuleset) -> None:
    home = EVERYTHING | {"children_at_home": "teens", "likes": {"screen": "like"}}
    mine, theirs = a_report(**EVERYTHING | {"children_at_home": None}), pooled(**home)
    before = ids(compiled, view_of(compiled, mine, theirs, 20))

    unrelated = replace(with_answer(mine, "goal", "repair"), keep_private=frozenset({"goal"}))
    assert ids(compiled, view_of(compiled, unrelated, theirs, 20)) == ids(
        compiled, view_of(compiled, replace(unrelated, goal=None), theirs, 20)
    )
    poor = replace(
        with_answer(with_answer(mine, "circumstances.budget", "free"), "goal", None),
        keep_private=frozenset({"circumstances.budget"}),
    )
    assert {activity.cost for activity in shown(compiled, view_of(compiled, poor, theirs, 20))} == {"free"}
    assert before


def test_private_answers_do_not_reorder_the_strategies(compiled: CompiledRuleset) -> None:
    for couple in sample_couples(range(150)):
        if couple.b is None:
            continue
        plain = without_private(couple.a)
        public = strategies(view_of(compiled, plain, pool(couple.b)))
        own = strategies(
            view_of(compiled, with_answer(plain, "private.partner_responds_warmly", "never"), pool(couple.b))
        )
        assert own == [strategy for strategy in public if strategy in own]
