"""The menu: its places and what each asks, what may stand beside what, and what time changes of it."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.history import NO_MOMENT, Done, History, Moment
from app.engine.offer import Offer
from app.engine.ruleset import Activity
from app.engine.self_report import NO_AGREEMENT, Agreed, PooledReport, SelfReport, pool
from app.engine.view import View
from app.rulesets.sampling import sample_couples
from tests.engine.build import (
    a_report,
    ids,
    offer_to,
    pooled,
    shown,
    strategies,
    view_of,
    with_answer,
    without_private,
)
from tests.engine.measures import ROOMY, eligible
from tests.engine.reference import LIKE, LOVE, Pair, answer, counts, liking
from tests.engine.reference_narrowing import presses

PLACES = ["where_to_begin", "to_enjoy", "also_called_for", "something_different", "on_your_own"]
AFFECTION = Agreed(affection="open")
MANY = 60


class Menu(NamedTuple):
    """What one reader is shown, without private answers, and what could have been."""

    offer: Offer
    mine: SelfReport
    theirs: PooledReport | None
    view: View
    activities: list[Activity]
    could_be: list[Activity]

    @property
    def heard(self) -> list[SelfReport | PooledReport]:
        return [self.mine] if self.theirs is None else [self.mine, self.theirs]

    @property
    def joint(self) -> list[Activity]:
        return [activity for activity in self.could_be if activity.together]

    @property
    def places(self) -> list[str]:
        return [suggestion.place for suggestion in self.view.activities]

    def at(self, place: str) -> Activity:
        return self.activities[self.places.index(place)]

    def need(self, activity: Activity) -> int:
        bit, pair = self.offer.compiled.index.bit_of[activity.id], self.offer.pair
        return 3 if bit & pair.strong else 2 if bit & pair.firm else 1

    def is_passive(self, activity: Activity) -> bool:
        is_counted = all(counts(report, activity) for report in self.heard)
        return activity.together and activity.interaction == "parallel" and not is_counted


def a_menu(
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    moment: Moment = NO_MOMENT,
    agreed: Agreed = NO_AGREEMENT,
) -> Menu:
    view = evaluate(compiled, mine, theirs, agreed, moment)
    offer = offer_to(compiled, mine, theirs, agreed)
    return Menu(offer, mine, theirs, view, shown(compiled, view), eligible(offer, mine))


@pytest.fixture(scope="module")
def menus(compiled: CompiledRuleset) -> list[Menu]:
    """Of many synthetic couples, both readers of each, and some who were heard alone."""

    def each() -> Iterator[Menu]:
        for couple in sample_couples(range(400)):
            moment = Moment(seed=str(couple.number))
            a, b = without_private(couple.a), without_private(couple.b) if couple.b else None
            yield a_menu(compiled, a, pool(b) if b else None, moment)
            if b:
                yield a_menu(compiled, b, pool(a), moment)

    # Whoever presses is left with what needs no other, see the tests of gates.
    return [menu for menu in each() if menu.activities and not presses(menu.mine)]


# What may stand beside what


def test_the_places_stand_in_their_order_each_once(menus: list[Menu]) -> None:
    for menu in menus:
        if menu.places[-1] == "on_your_own" or len(menu.places) < 5:
            assert menu.places == [place for place in PLACES if place in menu.places]
    assert sum(menu.places == PLACES for menu in menus) > len(menus) / 2


def test_no_two_are_of_a_family_and_one_at_most_prepares(menus: list[Menu]) -> None:
    for menu in menus:
        families = Counter(activity.family for activity in menu.activities if activity.family)
        assert max(families.values(), default=1) == 1
        assert sum(activity.prepares for activity in menu.activities) <= 1


def test_one_is_of_a_purpose_and_two_of_a_practice_while_another_has_something(menus: list[Menu]) -> None:
    for menu in menus:
        purposes = Counter(activity.purpose for activity in menu.activities)
        practices = Counter(activity.practice for activity in menu.activities)
        families = {activity.family for activity in menu.activities} - {None}
        others = [
            activity
            for activity in menu.joint
            if activity.family not in families and not activity.prepares and activity.purpose not in purposes
        ]
        assert not others or max(purposes.values()) == 1
        assert max(practices.values()) <= 2 or not [a for a in others if practices[a.practice] < 2]


def test_what_one_does_alone_has_its_own_place_and_no_other(menus: list[Menu]) -> None:
    for menu in menus:
        for place, activity in zip(menu.places, menu.activities, strict=True):
            is_shared = activity.together or not [a for a in menu.joint if not menu.is_passive(a)]
            may_be_alone = menu.theirs is None and place == "where_to_begin"
            assert (is_shared or may_be_alone) if place != "on_your_own" else not activity.together


def test_nothing_is_added_to_fill_a_list(compiled: CompiledRuleset, menus: list[Menu]) -> None:
    for menu in menus:
        assert set(menu.activities) <= set(menu.could_be)
    long = evaluate(compiled, a_report(longest_slot_minutes=5), pooled(), moment=Moment(limit=MANY))
    assert 5 < len(long.activities) < MANY


def test_a_shorter_list_is_the_beginning_of_a_longer_one(compiled: CompiledRuleset, menus: list[Menu]) -> None:
    for menu in menus[:200]:
        if menu.theirs is not None:
            seed = Moment(seed="s")
            whole = ids(compiled, evaluate(compiled, menu.mine, menu.theirs, moment=seed))
            for limit in range(1, 5):
                short = evaluate(compiled, menu.mine, menu.theirs, moment=seed._replace(limit=limit))
                assert ids(compiled, short) == whole[:limit]


def test_a_longer_list_goes_on_by_turns(compiled: CompiledRuleset) -> None:
    places = a_menu(compiled, a_report(**ROOMY), pooled(**ROOMY), Moment("s", limit=8)).places

    assert places[places.index("on_your_own") + 1 :] == ["also_called_for", "something_different"] * 2


# Where to begin


def test_the_first_is_of_the_leading_strategy(menus: list[Menu]) -> None:
    for menu in menus:
        leading = next(s for s in menu.offer.compiled.ruleset.strategies if s.id == menu.view.strategies[0].strategy)
        assert menu.activities[0].practice in leading.practices


def test_the_first_is_not_side_by_side_unless_it_counts_and_not_for_one_alone(menus: list[Menu]) -> None:
    for menu in menus:
        active = [activity for activity in menu.joint if not menu.is_passive(activity)]
        assert not menu.is_passive(menu.activities[0])
        if menu.theirs is not None:
            assert menu.activities[0].together or not [a for a in active if a.practice != "affection"]


NEWBORN = {
    "season": ["newborn"],
    "children_at_home": "under_6",
    "childcare": False,
    "energy": "drained",
    "busyness": "overloaded",
    "minutes_per_week": 60,
    "longest_slot_minutes": 20,
}


@pytest.mark.parametrize("keeping_up", [("mine",), ("theirs",), ("mine", "theirs")])
def test_what_a_hard_time_calls_for_begins_the_list_though_they_keep_it_up(
    compiled: CompiledRuleset, keeping_up: tuple[str, ...]
) -> None:
    lead = next(lead for lead in compiled.ruleset.choosing.leads if "one-sleeps-one-is-on" in lead.activities)
    made = {id_ for id_ in lead.activities if practice_of(compiled, id_) == "everyday_moments"}
    assert len(made) >= 3

    def first(**said: Any) -> str:
        moments = {"we_already": ["everyday_moments"]}
        mine, theirs = (said | (moments if who in keeping_up else {}) for who in ("mine", "theirs"))
        return ids(compiled, view_of(compiled, a_report(**mine), pooled(**theirs)))[0]

    assert first(**NEWBORN) in made
    # Where nothing is hard, what they keep up is still no beginning.
    easy = first(closeness=3, energy="ok", longest_slot_minutes=20)
    assert practice_of(compiled, easy) != "everyday_moments"


def practice_of(compiled: CompiledRuleset, id_: str) -> str:
    return compiled.index.order[compiled.index.bit_of[id_].bit_length() - 1].practice


def first_candidates(menu: Menu) -> list[Activity]:
    """What of the leading strategy could come first: small where the two need that, new where not all is kept up."""
    pair = Pair(menu.offer.compiled.ruleset, pool(menu.mine), menu.theirs, NO_AGREEMENT)
    here = [
        activity
        for activity in pair.could_begin(menu.could_be)
        if pair.strategy(activity) == menu.view.strategies[0].strategy
    ]
    if pair.holds_for_either(pair.ruleset.choosing.begin_small):
        here = [activity for activity in here if activity.minutes <= 15] or here
    in_need = pair.made_for_a_hard_time
    here = [activity for activity in here if not pair.is_kept_up(activity) or activity.id in in_need] or here
    strongest = max(map(menu.need, here), default=0)
    needed = [activity for activity in here if menu.need(activity) == strongest]
    alone = [activity for activity in needed if not activity.together and not activity.prepares]
    counts = any(activity.together and pair.is_counted(activity) for activity in needed)
    return alone if menu.theirs is None and alone and not counts else here


def made_for_them(menu: Menu, candidates: list[Activity]) -> tuple[str, ...]:
    """What the first lead that holds and has something here begins with."""
    pair = Pair(menu.offer.compiled.ruleset, pool(menu.mine), menu.theirs, menu.offer.pair.agreed)
    choosing = pair.ruleset.choosing
    leads = [lead.activities for lead in choosing.leads if pair.holds_for_either(lead.when)]
    if not any(activity.together for activity in candidates):
        leads = [lead.activities for lead in choosing.own_leads if pair.holds_for_either(lead.when)]
    return next((lead for lead in leads if any(activity.id in lead for activity in candidates)), ())


def test_the_first_has_the_strongest_need_and_can_be_done_at_once(menus: list[Menu]) -> None:
    prepared = led = 0
    for menu in menus[::4]:
        candidates = first_candidates(menu)
        if made := made_for_them(menu, candidates):
            assert menu.activities[0].id in made
            led += 1
            continue
        strongest = [a for a in candidates if menu.need(a) == max(map(menu.need, candidates))]
        assert menu.activities[0] in strongest
        prepared += any(activity.prepares for activity in strongest)
        assert not menu.activities[0].prepares or all(activity.prepares for activity in strongest)
    assert prepared > 5
    assert led > 20


@pytest.mark.parametrize(
    "said",
    [
        {"knows_where_to_start": False},
        {"energy": "drained"},
        {"comfort_zone": "small_step"},
        {"comfort_zone": "not_now"},
    ],
)
def test_it_begins_small_for_either_who_needs_it_small(compiled: CompiledRuleset, said: dict[str, Any]) -> None:
    free = {"longest_slot_minutes": 120, "everyday_moments": "none", "likes": {"walk": "love", "meal": "love"}}
    for seed in map(str, range(10)):
        for mine, theirs in ((said, {}), ({}, said)):
            menu = a_menu(compiled, a_report(**free | mine), pooled(**free | theirs), Moment(seed))
            assert menu.activities[0].minutes <= 15
    free |= {"likes": {"cooking": "love"}}
    longer = [a_menu(compiled, a_report(**free), pooled(**free), Moment(str(seed))) for seed in range(10)]
    assert max(menu.activities[0].minutes for menu in longer) > 15


def test_smallness_counts_before_what_they_keep_up(compiled: CompiledRuleset) -> None:
    tired = {"energy": "drained", "everyday_moments": "none", "we_already": {"everyday_moments"}}
    for seed in map(str, range(10)):
        assert a_menu(compiled, a_report(**tired), pooled(**tired), Moment(seed)).activities[0].minutes <= 15


def is_made_for_a_hard_time(menu: Menu, activity: Activity) -> bool:
    agreed = menu.offer.pair.agreed
    pair = Pair(menu.offer.compiled.ruleset, pool(menu.mine), menu.theirs, agreed)
    return activity.id in pair.made_for_a_hard_time


def test_what_they_keep_up_is_not_first_unless_they_keep_everything_up(menus: list[Menu]) -> None:
    kept = 0
    for menu in menus:
        practices = {p for report in menu.heard for p in answer(report, "time_together.we_already") or ()}
        if menu.activities[0].practice in practices and not is_made_for_a_hard_time(menu, menu.activities[0]):
            kept += 1
            assert all(activity.practice in practices for activity in first_candidates(menu))
    assert kept < len(menus) / 10


# To enjoy


def test_what_both_love_comes_before_what_one_loves_and_that_before_what_both_like(
    compiled: CompiledRuleset,
) -> None:
    def enjoyed(mine: dict[str, str], theirs: dict[str, str]) -> set[str]:
        views = [
            a_menu(compiled, a_report(**ROOMY, likes=mine), pooled(**ROOMY, likes=theirs), Moment(str(seed)))
            for seed in range(6)
        ]
        return {
            a.kinds[0] for menu in views for p, a in zip(menu.places, menu.activities, strict=True) if p == "to_enjoy"
        }

    assert enjoyed({"dance": "love", "game": "love"}, {"dance": "love", "game": "like"}) == {"dance"}
    assert enjoyed({"game": "love", "nature": "like"}, {"game": "ok", "nature": "like"}) == {"game"}
    assert enjoyed({"game": "ok", "nature": "like"}, {"game": "ok", "nature": "like"}) == {"nature"}
    assert enjoyed({"game": "like"}, {"nature": "like"}) == set()


def test_liking_is_read_from_the_main_kind(menus: list[Menu]) -> None:
    for menu in menus:
        for place, activity in zip(menu.places, menu.activities, strict=True):
            if place == "to_enjoy":
                likings = sorted(liking(report, activity) for report in menu.heard)
                assert likings[-1] == LOVE or likings[0] == LIKE


# Also called for


def test_another_strategy_is_called_for_where_one_is_suggested(menus: list[Menu]) -> None:
    of = {p: s.id for s in menus[0].offer.compiled.ruleset.strategies for p in s.practices}
    for menu in menus:
        if "also_called_for" in menu.places:
            left = could_follow(menu, menu.activities[: menu.places.index("also_called_for")])
            elsewhere = {of.get(activity.practice) for activity in left} - {menu.view.strategies[0].strategy, None}
            assert not elsewhere or of.get(menu.at("also_called_for").practice) in elsewhere


def could_follow(menu: Menu, before: list[Activity]) -> list[Activity]:
    """What is left to do together, of a purpose that has no place yet."""
    families, purposes = {a.family for a in before} - {None}, {a.purpose for a in before}
    practices = Counter(activity.practice for activity in before)
    return [
        activity
        for activity in menu.joint
        if activity.purpose not in purposes
        and activity.family not in families
        and practices[activity.practice] < 2
        and not (activity.prepares and any(each.prepares for each in before))
    ]


# Something different


def test_an_hour_is_filled_and_an_afternoon_too(compiled: CompiledRuleset) -> None:
    afternoon = ROOMY | {"budget": "medium", "longest_slot_minutes": 240}
    hour = ROOMY | {"longest_slot_minutes": 60}
    for seed in map(str, range(12)):
        long = a_menu(compiled, a_report(**afternoon), pooled(**afternoon), Moment(seed)).activities
        half = a_menu(compiled, a_report(**hour), pooled(**hour), Moment(seed)).activities
        assert max(activity.minutes for activity in long) >= 75
        assert max(activity.minutes for activity in half) >= 30


@pytest.mark.parametrize("said", [{"energy": "drained"}, {"season": {"grief"}}, {"season": {"recovery"}}])
def test_no_hour_is_filled_where_one_is_spent_or_the_season_is_heavy(
    compiled: CompiledRuleset, said: dict[str, Any]
) -> None:
    hour = ROOMY | {"longest_slot_minutes": 120}
    lists = [
        a_menu(compiled, a_report(**hour | said), pooled(**hour), Moment(str(seed))).activities for seed in range(25)
    ]

    assert any(max(activity.minutes for activity in activities) < 30 for activities in lists)


def test_it_is_for_the_one_whose_loves_had_fewer_places(compiled: CompiledRuleset) -> None:
    mine, theirs = {"dance": "love"}, {"game": "love"}
    dance, game = (
        tuple(a.id for a in compiled.index.order if a.kinds[0] == kind and a.together)[:2] for kind in ("dance", "game")
    )
    for seed in map(str, range(8)):
        for seen, owed in ((dance * 4, "game"), (game * 4, "dance")):
            menu = a_menu(
                compiled,
                a_report(**ROOMY, likes=mine),
                pooled(**ROOMY, likes=theirs),
                Moment(seed, turn=9, seen=seen + ("of-an-older-release",) * 20),
            )
            kinds = [activity.kinds[0] for activity in menu.activities]
            assert owed in kinds


def test_where_both_have_theirs_a_purpose_stands_by_lot(compiled: CompiledRuleset) -> None:
    both = {**ROOMY, "longest_slot_minutes": 25, "likes": {"dance": "love"}}
    menus = [a_menu(compiled, a_report(**both), pooled(**both), Moment(str(seed))) for seed in range(40)]

    assert len({menu.at("something_different").purpose for menu in menus}) >= 5


def test_the_lot_falls_on_what_their_answers_call_for(compiled: CompiledRuleset) -> None:
    both = {**ROOMY, "likes": {"dance": "love"}}
    for seed in range(40):
        menu = a_menu(compiled, a_report(**both), pooled(**both), Moment(str(seed)))
        pair = Pair(compiled.ruleset, pool(menu.mine), menu.theirs, NO_AGREEMENT)
        different = menu.at("something_different")
        asking = [rule for rule in pair.firing if pair.clauses_of(rule)]

        assert any(rule.suggests in (different.purpose, different.practice) for rule in asking)


def test_without_a_seed_the_strongest_need_is_there_instead_every_week(compiled: CompiledRuleset) -> None:
    weeks = [
        ids(compiled, evaluate(compiled, a_report(**ROOMY), pooled(**ROOMY), moment=Moment(turn=turn)))
        for turn in range(5)
    ]

    assert all(week == weeks[0] for week in weeks)


# The draw


def test_a_seed_and_a_turn_draw_and_the_same_ones_draw_the_same(compiled: CompiledRuleset) -> None:
    def menu(seed: str, turn: int) -> list[str]:
        return ids(compiled, evaluate(compiled, a_report(**ROOMY), pooled(**ROOMY), moment=Moment(seed, turn)))

    assert menu("one", 3) == menu("one", 3)
    assert len({tuple(menu("one", turn)) for turn in range(10)}) > 5
    assert len({tuple(menu(str(seed), 0)) for seed in range(10)}) > 5


def test_changing_an_answer_that_decides_nothing_of_it_shuffles_nothing(
    compiled: CompiledRuleset, menus: list[Menu]
) -> None:
    for menu in menus[:150]:
        for is_guilty in (True, False):
            changed = with_answer(menu.mine, "circumstances.guilt_about_time_for_two", is_guilty)
            moment = menu.offer.moment._replace(seed="s")
            before = evaluate(compiled, menu.mine, menu.theirs, moment=moment)
            after = evaluate(compiled, changed, menu.theirs, moment=moment)
            assert ids(compiled, after) == ids(compiled, before)


def test_a_veto_of_what_is_not_there_shuffles_nothing(compiled: CompiledRuleset, menus: list[Menu]) -> None:
    """What is drawn among is less, and what had been drawn of it still is."""
    unshuffled = 0
    for menu in menus[:150]:
        kinds = {kind for activity in menu.activities for kind in activity.kinds}
        likes = answer(menu.mine, "activity_preferences.likes") or {}
        absent = sorted(a.kinds[0] for a in menu.joint if a.kinds[0] not in kinds and a.kinds[0] not in likes)
        for kind in absent[:1]:
            moment = Moment(seed="veto")
            before = evaluate(compiled, menu.mine, menu.theirs, moment=moment)
            if kind in {k for a in shown(compiled, before) for k in a.kinds}:
                continue
            vetoed = with_answer(menu.mine, "activity_preferences.likes", {**likes, kind: "avoid"})
            after = evaluate(compiled, vetoed, menu.theirs, moment=moment)
            assert ids(compiled, after)[:1] == ids(compiled, before)[:1]
            unshuffled += ids(compiled, after) == ids(compiled, before)
    assert unshuffled > 50


def test_nothing_of_the_moment_changes_the_strategies_or_the_need_that_comes_first(
    compiled: CompiledRuleset, menus: list[Menu]
) -> None:
    everything = tuple(activity.id for activity in compiled.index.order)
    for menu in menus[:150]:
        first = menu.need(menu.activities[0])
        for moment in (Moment("x", 5), Moment("y", 0, everything * 2), Moment("", 3, everything[::2] * 2)):
            after = evaluate(compiled, menu.mine, menu.theirs, moment=moment)
            assert strategies(after) == strategies(menu.view)
            assert menu.need(shown(compiled, after)[0]) == first


# What was seen


def test_what_was_shown_lately_gives_way(compiled: CompiledRuleset) -> None:
    one = evaluate(compiled, a_report(**ROOMY), pooled(**ROOMY), moment=Moment("s", 0))
    again = evaluate(compiled, a_report(**ROOMY), pooled(**ROOMY), moment=Moment("s", 0, tuple(ids(compiled, one))))

    assert not set(ids(compiled, one)) & set(ids(compiled, again))


def test_looking_twice_in_a_week_shows_the_same(compiled: CompiledRuleset) -> None:
    moment = Moment("s", 4, ("evening-walk",))

    assert evaluate(compiled, a_report(), pooled(), moment=moment) == evaluate(
        compiled, a_report(), pooled(), moment=moment
    )


def seen_in_weeks(id_: str, weeks: list[bool], others: tuple[str, ...]) -> tuple[str, ...]:
    """Lists of five in which one activity stood or not."""
    return tuple(each for stood in weeks for each in (id_ if stood else others[4], *others[:4]))


def test_shown_three_times_and_not_taken_up_it_rests_six_weeks(compiled: CompiledRuleset) -> None:
    both = a_report(**ROOMY, likes={"game": "love"})
    others = tuple(f"of-an-older-release-{number}" for number in range(5))
    rituals = frozenset(a.id for a in compiled.index.order if a.repeat == "ritual")
    menu = a_menu(compiled, both, pool(both), Moment("s", 20, history=History(unwanted=rituals)))
    first = menu.at("to_enjoy").id

    def stands(weeks: list[bool], *done: Done) -> bool:
        moment = Moment("s", 20, seen_in_weeks(first, weeks, others), History(done, rituals))
        return first in ids(compiled, evaluate(compiled, both, pool(both), moment=moment))

    assert stands([True, True] + [False] * 4)
    assert not stands([True, True, True] + [False] * 5)
    assert stands([True, True, True] + [False] * 6)
    assert stands([True, True, True] + [False] * 5, Done(first, 400))


def test_a_ritual_that_both_love_never_tires(compiled: CompiledRuleset) -> None:
    ritual, other = "evening-walk", "a-park-in-the-dark"
    walks = frozenset(a.id for a in compiled.index.order if a.kinds[0] == "walk") - {ritual, other}
    both = a_report(**ROOMY, likes={"walk": "love"})

    def enjoyed(seed: int, liking: str, *seen: str) -> str:
        reader = with_answer(both, "activity_preferences.likes", {"walk": liking})
        menu = a_menu(compiled, reader, pool(reader), Moment(str(seed), 7, seen, History(unwanted=walks)))
        return menu.at("to_enjoy").id

    assert {enjoyed(seed, "love") for seed in range(12)} == {ritual, other}
    assert {enjoyed(seed, "love", ritual, other) for seed in range(12)} == {ritual}
    assert {enjoyed(seed, "like", ritual, other) for seed in range(12)} == {ritual, other}


# Nobody is `a`


def test_swapping_the_two_swaps_the_lists_in_every_moment(compiled: CompiledRuleset) -> None:
    everything = [activity.id for activity in compiled.index.order]
    for couple in sample_couples(range(400, 520)):
        if couple.b is not None:
            moments = (Moment("s", 3, tuple(everything[:30])), Moment("s", 3, tuple(everything[20:60])))
            there = evaluate_both(compiled, couple.a, couple.b, moments)
            assert there == tuple(reversed(evaluate_both(compiled, couple.b, couple.a, moments[::-1])))


def test_both_have_one_ranking_and_the_same_first_thing(compiled: CompiledRuleset, menus: list[Menu]) -> None:
    pairs = [(one, two) for one, two in pairwise(menus) if one.theirs == pool(two.mine)]
    assert len(pairs) > 100
    unlike = 0
    for one, two in pairs:
        assert strategies(one.view) == strategies(two.view)
        three = [[activity for activity in menu.activities if activity.together][:3] for menu in (one, two)]
        # What is on quarrels stands only before one who tells of them.
        if three[0] != three[1]:
            unlike += 1
            assert set(one.joint) ^ set(two.joint)
    assert unlike < len(pairs) / 10


# One heard alone


def test_one_heard_alone_has_something_to_do_alone_in_every_list(menus: list[Menu], compiled: CompiledRuleset) -> None:
    alone = [menu for menu in menus if menu.theirs is None]
    assert len(alone) > 30
    for menu in alone:
        if any(not activity.together for activity in menu.could_be):
            for limit in (1, 2, 3, 4, 5):
                view = evaluate(compiled, menu.mine, None, moment=Moment(seed="s", limit=limit))
                assert [activity.together for activity in shown(compiled, view)].count(False) in (1, 2)


def test_what_is_done_alone_is_as_its_doer_likes_it(compiled: CompiledRuleset) -> None:
    for seed in map(str, range(8)):
        menu = a_menu(compiled, a_report(**ROOMY, likes={"walk": "love"}), pooled(**ROOMY), Moment(seed))
        solo = next(activity for activity in menu.activities if not activity.together)
        walks = [a for a in menu.could_be if not a.together and a.kinds[0] == "walk"]
        assert not walks or solo.kinds[0] == "walk"


# Affection


def test_affection_stands_only_where_both_are_open_to_it_and_never_first(compiled: CompiledRuleset) -> None:
    loving = {"closeness": 5, "conflict": "rare", "likes": {"touch": "love"}}
    mine, theirs = a_report(**loving, affection="open"), pooled(**loving)
    for limit in (1, 2, 5, 20):
        without = shown(compiled, evaluate(compiled, mine, theirs, moment=Moment("s", limit=limit)))
        agreed = shown(compiled, evaluate(compiled, mine, theirs, AFFECTION, Moment("s", limit=limit)))
        assert "affection" not in {activity.practice for activity in without}
        assert agreed[0].practice != "affection"
    assert "affection" in {activity.practice for activity in agreed}


def test_the_kind_touch_stands_in_no_other_practice(compiled: CompiledRuleset) -> None:
    touching = {a.practice for a in compiled.index.order if "touch" in a.kinds}

    assert touching == {"affection"}
