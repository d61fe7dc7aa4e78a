"""What was done rests, what is not wanted stays away, and heavier answers keep it small."""

from collections.abc import Callable

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate_both
from app.engine.history import COOLDOWN_DAYS, NO_MOMENT, Done, History, Moment
from app.engine.self_report import PooledReport, SelfReport, pool
from app.engine.vocabulary import KINDS
from tests.engine.build import a_report, ids, pooled, rules, view_of, with_answer
from tests.engine.reports import random_past, random_report, seeded

A_WEEK, A_YEAR = 7, 52
BOUND = 1
"""How far the favourites of one may get ahead of the other's while there is a choice."""


def test_without_a_past_nothing_changes(compiled: CompiledRuleset) -> None:
    random = seeded(1)
    for _ in range(150):
        mine, theirs = random_report(random, is_safe=False), random_report(random)

        one, _ = evaluate_both(compiled, mine, theirs, (Moment(history=History()), NO_MOMENT))
        assert one == evaluate_both(compiled, mine, theirs)[0]


def test_what_is_of_an_older_release_counts_for_nothing(compiled: CompiledRuleset) -> None:
    gone = History((Done("of-an-older-release", 0),), frozenset({"long-gone"}), frozenset({"gone-too"}))

    assert view_of(compiled, a_report(), pooled(), 5, gone) == view_of(compiled, a_report(), pooled())


@pytest.mark.parametrize("how", [lambda ids: History(unwanted=ids), lambda ids: History(put_off=ids)])
def test_what_is_not_wanted_or_not_now_makes_room_for_the_next(
    compiled: CompiledRuleset, how: Callable[[frozenset[str]], History]
) -> None:
    shown = ids(compiled, view_of(compiled, a_report(), pooled()))

    view = view_of(compiled, a_report(), pooled(), 5, how(frozenset(shown[:2])))

    assert len(view.activities) == len(shown)
    assert not set(shown[:2]) & set(ids(compiled, view))


def offered_after(
    compiled: CompiledRuleset, mine: SelfReport, theirs: PooledReport | None, id_: str, days: int
) -> bool:
    view = view_of(compiled, mine, theirs, 20, History((Done(id_, days),)))
    return id_ in ids(compiled, view)


def test_what_was_done_rests_for_as_long_as_its_kind_does(compiled: CompiledRuleset) -> None:
    mine = a_report(routine=5, closeness=2, longest_slot_minutes=2880, minutes_per_week=1200, budget="high")
    seen = set()
    for id_ in ids(compiled, view_of(compiled, mine, None, 20)):
        activity = compiled.index.order[compiled.index.bit_of[id_].bit_length() - 1]
        rest = {"ritual": 7, "seasonal": 90, "once": 365}[activity.repeat]
        seen.add(activity.repeat)
        assert [offered_after(compiled, mine, None, id_, days) for days in (0, rest - 1, rest)] == [False, False, True]
    assert {"ritual", "once"} <= seen
    assert COOLDOWN_DAYS["seasonal"] == 90


def test_a_ritual_that_both_love_never_rests(compiled: CompiledRuleset) -> None:
    loved = dict.fromkeys(KINDS, "love")
    liked = dict.fromkeys(KINDS, "like")
    ritual = "evening-walk"
    others = frozenset(each.id for each in compiled.index.order if each.id != ritual)

    def is_offered(mine: SelfReport, theirs: PooledReport | None, *done: Done) -> bool:
        return ids(compiled, view_of(compiled, mine, theirs, 5, History(done, unwanted=others))) == [ritual]

    for mine, theirs, never_rests in (
        (a_report(likes=loved), pooled(likes=loved), True),
        (a_report(likes=loved), None, True),
        (a_report(likes=loved), pooled(likes=liked), False),
        (a_report(likes=liked), pooled(likes=loved), False),
        (a_report(), pooled(likes=loved), False),
    ):
        assert is_offered(mine, theirs)
        assert is_offered(mine, theirs, Done(ritual, 0)) == never_rests


def test_where_everything_is_put_aside_it_is_nothing_for_now(compiled: CompiledRuleset) -> None:
    everything = frozenset(activity.id for activity in compiled.index.order)
    for past in (
        History(unwanted=everything),
        History(put_off=everything),
        History(tuple(Done(each, 0) for each in everything)),
    ):
        for quiet in (False, True):
            view = view_of(compiled, a_report(routine=5), pooled(), 5, past, quiet=quiet)

            assert (view.outcome, view.activities, view.next_check_in_days) == ("nothing_now", (), 14)
            assert rules(view) == {"nothing_today"}


def test_heavier_answers_keep_it_small_and_only_their_owner_reads_so(compiled: CompiledRuleset) -> None:
    random = seeded(2)
    for _ in range(100):
        mine, theirs = with_answer(random_report(random), "private.willingness", None), pool(random_report(random))
        small = view_of(compiled, with_answer(mine, "private.willingness", "small_steps"), theirs)
        gentle = view_of(compiled, mine, theirs, 5, History(gentle=True))

        assert "kept_small" in gentle.limits
        assert gentle._replace(limits=()) == small._replace(limits=())
        assert tuple(each for each in gentle.limits if each != "kept_small") == small.limits
        quiet = view_of(compiled, mine, theirs, 5, History(gentle=True), quiet=True)
        assert quiet == view_of(compiled, with_answer(mine, "private.willingness", "small_steps"), theirs, quiet=True)


def test_support_is_the_same_whatever_was_done(compiled: CompiledRuleset) -> None:
    random = seeded(3)
    everything = [activity.id for activity in compiled.index.order]
    for _ in range(50):
        past = random_past(random, everything)
        assert view_of(compiled, a_report(fear="yes"), None, 5, past) == view_of(compiled, a_report(fear="yes"), None)
