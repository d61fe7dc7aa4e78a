"""What was done rests, what is not wanted stays away, and over weeks each partner's favourites get their share."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

import app.engine.selection
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.history import COOLDOWN_DAYS, NO_HISTORY, Done, History
from app.engine.self_report import PooledReport, SelfReport, pool
from app.engine.view import View
from app.engine.vocabulary import KINDS
from tests.engine.build import a_report, ids, pooled, rules, with_answer
from tests.engine.reference import Reference, liking
from tests.engine.reports import random_past, random_report, seeded

A_WEEK, A_YEAR = 7, 52
BOUND = 1
"""How far the favourites of one may get ahead of the other's while there is a choice."""


def test_without_a_past_nothing_changes(compiled: CompiledRuleset) -> None:
    random = seeded(1)
    for _ in range(500):
        mine, theirs = random_report(random, is_safe=False), random_report(random)

        assert evaluate(compiled, mine, pool(theirs), 5, History()) == evaluate_both(compiled, mine, theirs)[0]
        assert evaluate(compiled, mine, pool(theirs), 5, NO_HISTORY) == evaluate(compiled, mine, pool(theirs))


def test_what_is_of_an_older_release_counts_for_nothing(compiled: CompiledRuleset) -> None:
    gone = History((Done("of-an-older-release", 0),), frozenset({"long-gone"}), frozenset({"gone-too"}))

    assert evaluate(compiled, a_report(), pooled(), 5, gone) == evaluate(compiled, a_report(), pooled())


@pytest.mark.parametrize("how", [lambda ids: History(unwanted=ids), lambda ids: History(put_off=ids)])
def test_what_is_not_wanted_or_not_now_makes_room_for_the_next(
    compiled: CompiledRuleset, how: Callable[[frozenset[str]], History]
) -> None:
    shown = ids(compiled, evaluate(compiled, a_report(), pooled()))

    view = evaluate(compiled, a_report(), pooled(), 5, how(frozenset(shown[:2])))

    assert len(view.activities) == len(shown)
    assert not set(shown[:2]) & set(ids(compiled, view))


def offered_after(
    compiled: CompiledRuleset, mine: SelfReport, theirs: PooledReport | None, id_: str, days: int
) -> bool:
    view = evaluate(compiled, mine, theirs, 20, History((Done(id_, days),)))
    return id_ in ids(compiled, view)


def test_what_was_done_rests_for_as_long_as_its_kind_does(compiled: CompiledRuleset) -> None:
    mine = a_report(routine=5, closeness=2, longest_slot_minutes=2880, minutes_per_week=1200, budget="high")
    seen = set()
    for id_ in ids(compiled, evaluate(compiled, mine, None, 20)):
        activity = compiled.index.order[compiled.index.bit_of[id_].bit_length() - 1]
        rest = {"ritual": 7, "seasonal": 90, "once": 365}[activity.repeat]
        seen.add(activity.repeat)
        assert [offered_after(compiled, mine, None, id_, days) for days in (0, rest - 1, rest)] == [False, False, True]
    assert {"ritual", "once"} <= seen
    assert COOLDOWN_DAYS["seasonal"] == 90


def test_a_ritual_that_both_like_never_rests(compiled: CompiledRuleset) -> None:
    liked = dict.fromkeys(KINDS, "like")
    ritual = "evening-walk"
    others = frozenset(each.id for each in compiled.index.order if each.id != ritual)

    def is_offered(mine: SelfReport, theirs: PooledReport | None, *done: Done) -> bool:
        return ids(compiled, evaluate(compiled, mine, theirs, 5, History(done, unwanted=others))) == [ritual]

    for mine, theirs, never_rests in (
        (a_report(likes=liked), pooled(likes=liked), True),
        (a_report(likes=liked), None, True),
        (a_report(likes=liked), pooled(), False),
        (a_report(), pooled(likes=liked), False),
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
            view = evaluate(compiled, a_report(routine=5), pooled(), 5, past, quiet=quiet)

            assert (view.outcome, view.activities, view.next_check_in_days) == ("nothing_now", (), 14)
            assert rules(view) == {"nothing_fits"}


def test_heavier_answers_keep_it_small_and_only_their_owner_reads_so(compiled: CompiledRuleset) -> None:
    random = seeded(2)
    for _ in range(300):
        mine, theirs = with_answer(random_report(random), "private.willingness", None), pool(random_report(random))
        small = evaluate(compiled, with_answer(mine, "private.willingness", "small_steps"), theirs)
        gentle = evaluate(compiled, mine, theirs, 5, History(gentle=True))

        assert "kept_small" in gentle.limits
        assert gentle._replace(limits=()) == small._replace(limits=())
        assert tuple(each for each in gentle.limits if each != "kept_small") == small.limits
        quiet = evaluate(compiled, mine, theirs, 5, History(gentle=True), quiet=True)
        assert quiet == evaluate(compiled, with_answer(mine, "private.willingness", "small_steps"), theirs, quiet=True)


def test_support_is_the_same_whatever_was_done(compiled: CompiledRuleset) -> None:
    random = seeded(3)
    everything = [activity.id for activity in compiled.index.order]
    for _ in range(50):
        past = random_past(random, everything)
        assert evaluate(compiled, a_report(fear="yes"), None, 5, past) == evaluate(compiled, a_report(fear="yes"), None)


def test_a_past_says_nothing_about_who_likes_what(compiled: CompiledRuleset) -> None:
    """Turns change the order and nothing that is said: the same activity has the same reasons, whosever turn it is."""
    for mine, theirs in couples(4, 40):
        before = evaluate(compiled, mine, pool(theirs), 20)
        said = {each.position: each.reasons for each in before.activities}
        for id_ in ids(compiled, before)[:4]:
            after = evaluate(compiled, mine, pool(theirs), 20, History((Done(id_, 400),) * 3))
            assert {s.strategy: s.reasons for s in after.strategies} == {
                s.strategy: s.reasons for s in before.strategies
            }
            assert all(said.get(each.position, each.reasons) == each.reasons for each in after.activities)
            assert after.limits == before.limits


# Turns


class Week(NamedTuple):
    """What was done in one week, how far a's favourites were ahead before and after, and whether the one who is behind
    had a favourite in the same tier of the same practice."""

    activity: str | None
    before: int
    after: int
    has_choice: bool


def couples(seed: int, number: int) -> Iterator[tuple[SelfReport, SelfReport]]:
    """Couples with much that they like, and often not the same."""
    random = seeded(seed)
    for _ in range(number):
        one, two = (
            with_answer(
                random_report(random, is_private=False),
                "activity_preferences.likes",
                {kind: random.choice(("like", "love")) for kind in KINDS},
            )
            for _ in range(2)
        )
        yield one, two


def a_year(compiled: CompiledRuleset, a: SelfReport, b: SelfReport) -> Iterator[Week]:
    """Each week they do the first thing that is there to do together in a's view; both have done the same."""
    done: list[tuple[str, int]] = []
    ahead = 0
    plain = Reference(compiled.ruleset, a, pool(b), 5)
    loved = {each.id: (liking(a, each) == "love") - (liking(b, each) == "love") for each in compiled.index.order}
    for week in range(A_YEAR):
        past = History(tuple(Done(id_, (week - on) * A_WEEK) for id_, on in done))
        first = first_joint(compiled, evaluate(compiled, a, pool(b), 5, past))
        before = ahead
        if first is not None:
            done.append((first, week))
            ahead += loved[first]
        has_choice = first is not None and bool(before) and could_be_made_good(plain, past, first, before)
        yield Week(first, before, ahead, has_choice)


def first_joint(compiled: CompiledRuleset, view: View) -> str | None:
    order = compiled.index.order
    return next((order[each.position].id for each in view.activities if order[each.position].together), None)


def could_be_made_good(plain: Reference, past: History, first: str, ahead: int) -> bool:
    """By the plain reading of the ruleset: among its equals, something that only the one who is behind loves."""
    plain.past = past
    shown = next(each for each in plain.ruleset.activities if each.id == first)
    is_unsure = plain.met["start"] == 1
    owed = [False, True] if ahead > 0 else [True, False]
    return any(
        each.together
        and plain.loved_by(each) == owed
        and plain.place_of(each)[:2] == plain.place_of(shown)[:2]
        and plain.is_passive(each) <= plain.is_passive(shown)
        and not (is_unsure and each.minutes > 15 >= shown.minutes)
        for each in plain.eligible(shown.practice, privately=True)
    )


def test_each_partner_gets_a_share(compiled: CompiledRuleset) -> None:
    """Where there is a choice the lead shrinks, so it never exceeds one by more than the weeks without a choice."""
    chosen = 0
    for a, b in couples(5, 60):
        without_a_choice = 0
        for week in a_year(compiled, a, b):
            chosen += week.has_choice
            if week.has_choice:
                assert abs(week.after) == abs(week.before) - 1
            elif week.before:
                without_a_choice += 1
            assert abs(week.after) <= BOUND + without_a_choice
    assert chosen > 40


def worst(
    compiled: CompiledRuleset, is_told: Callable[[int], bool], seeds: list[tuple[SelfReport, SelfReport]]
) -> list[int]:
    return [max(abs(week.after) for week in a_year(compiled, a, b)) for i, (a, b) in enumerate(seeds) if is_told(i)]


def test_without_turns_one_would_get_nearly_all(compiled: CompiledRuleset, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: of couples that have a choice whenever it counts, the favourites of one run away without turns."""
    all_couples = [*couples(6, 250)]
    years = [[*a_year(compiled, a, b)] for a, b in all_couples]
    fair = [i for i, year in enumerate(years) if all(w.has_choice for w in year if w.before and w.activity)]
    fair = [i for i in fair if any(week.before for week in years[i])]
    assert len(fair) >= 8
    assert max(worst(compiled, fair.__contains__, all_couples)) == BOUND

    monkeypatch.setattr(app.engine.selection, "whose_turn", lambda _: 0)

    assert min(worst(compiled, fair.__contains__, all_couples)) > 10 * BOUND
