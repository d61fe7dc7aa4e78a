"""Which activities are offered, and in which order. Nothing is padded: fewer than asked is fine."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from app.engine.bitset import Mask

MOST_OF_ONE_PRACTICE = 2


class Choice(NamedTuple):
    """What selection needs to know.

    `practices` are the eligible ones in order, `eligible` their fitting activities, `tiers` sets of activities from
    most to least liked. `may_be_first` leaves out what is passive; `easy_first` is what the first should be among where
    one does not know where to begin; `kept_up` are practices that the two already keep up, which are not offered first.
    """

    practices: Sequence[int]
    eligible: Sequence[Mask]
    strategy_of: Sequence[int | None]
    leading: int
    tiers: Sequence[Mask]
    may_be_first: Mask
    easy_first: Mask
    kept_up: frozenset[int]
    solo: Mask
    needs_solo: bool
    most: int


class Pick(NamedTuple):
    """One activity's bit and its practice."""

    bit: Mask
    practice: int


def select(choice: Choice) -> list[Pick]:
    """The first belongs to the leading strategy.

    The rest follow by practice, at most two of each where there are others.
    """
    picks = [next(_first_ones(choice))]
    most_of_one = MOST_OF_ONE_PRACTICE if len(choice.practices) > 1 else choice.most
    for practice in choice.practices:
        room = min(most_of_one - (practice == picks[0].practice), choice.most - len(picks))
        if room > 0:
            left = choice.eligible[practice] & ~picks[0].bit
            picks += islice(best_first(left, choice.tiers, practice), room)
    _bring_in_second_strategy(choice, picks)
    if choice.needs_solo:
        _bring_in_solo(choice, picks)
    return picks


def _first_ones(choice: Choice) -> Iterator[Pick]:
    """What may be first, the best first: what they do already gives way, and before all else goes what is easy.

    A leading strategy always has something that may be first.
    """
    leading = [practice for practice in choice.practices if choice.strategy_of[practice] == choice.leading]
    leading.sort(key=lambda practice: practice in choice.kept_up)
    for allowed in (choice.may_be_first & choice.easy_first, choice.may_be_first & ~choice.easy_first):
        for practice in leading:
            yield from best_first(choice.eligible[practice] & allowed, choice.tiers, practice)


def best_first(candidates: Mask, tiers: Sequence[Mask], practice: int) -> Iterator[Pick]:
    """Candidates of one practice, from most to least liked."""
    for tier in tiers:
        among = candidates & tier
        while among:
            bit = among & -among
            yield Pick(bit, practice)
            among ^= bit


def _bring_in_second_strategy(choice: Choice, picks: list[Pick]) -> None:
    """Two strategies where two are suggested and two are asked for."""
    if choice.most == 1 or any(choice.strategy_of[pick.practice] != choice.leading for pick in picks):
        return
    for practice in choice.practices:
        if choice.strategy_of[practice] != choice.leading:
            del picks[choice.most - 1 :]
            picks += islice(best_first(choice.eligible[practice], choice.tiers, practice), 1)
            return


def _bring_in_solo(choice: Choice, picks: list[Pick]) -> None:
    """One that a single person may do alone, where one fits and none is there; the first place is given up last."""
    if any(pick.bit & choice.solo for pick in picks):
        return
    for practice in choice.practices:
        for solo in islice(best_first(choice.eligible[practice] & choice.solo, choice.tiers, practice), 1):
            for place in range(len(picks) - 1, 0, -1):
                replaced = [*picks[:place], solo, *picks[place + 1 :]]
                if _is_balanced(choice, replaced):
                    picks[:] = replaced
                    return
    solos = [pick for pick in _first_ones(choice) if pick.bit & choice.solo]
    if not solos and choice.most == 1:
        solos = [
            pick for p in choice.practices for pick in best_first(choice.eligible[p] & choice.solo, choice.tiers, p)
        ]
    picks[:1] = solos[:1] or picks[:1]


def _is_balanced(choice: Choice, picks: list[Pick]) -> bool:
    practices = [pick.practice for pick in picks]
    strategies = {choice.strategy_of[practice] for practice in practices}
    suggested = {choice.strategy_of[practice] for practice in choice.practices}
    return (len(strategies) > 1 or len(suggested) == 1) and (
        len(choice.practices) == 1 or max(map(practices.count, practices)) <= MOST_OF_ONE_PRACTICE
    )
