"""The order of strategies and practices, and the choice of the activities that a view shows.

Nothing is summed into a score: strategies, practices and activities are compared part by part, so that the part that
decided can be told in one sentence.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from app.engine.bitset import Mask
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import under_served
from app.engine.verdicts import Situation
from app.engine.vocabulary import PRACTICES

AFFECTION = PRACTICES.index("affection")
MAX_PER_PRACTICE = 2
_MIN_LIMIT_WITH_AFFECTION = 3
"""Affection is an addition: the first two places belong to two strategies."""
_UNSURE = 1
"""The code of the finding `start` when a partner does not know where to begin."""


class Offer(NamedTuple):
    """The strategies and eligible practices in order, and the fitting activities of every practice.

    In a quiet view `before` holds what was eligible before private answers took away, and `shown` what would be shown.
    """

    strategies: list[int]
    practices: list[int]
    eligible: list[Mask]
    passive: Mask
    fitting: Mask
    before: Sequence[Mask] = ()
    shown: Mask = 0


class SelectionInput(NamedTuple):
    """The candidates of one selection and the preferences among them.

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
    limit: int


class Pick(NamedTuple):
    """A chosen activity, as a set of one, and its practice."""

    bit: Mask
    practice: int


def order_strategies(compiled: CompiledRuleset, needs: Sequence[int], eligible: Sequence[Mask]) -> list[int]:
    """Return the strategies, compared by the needs of their eligible practices, strongest first.

    Where these are equal, the article's order stands.
    """
    # `reverse=True` keeps the order of equals, so the article's order needs no place in the key.
    keys = [
        sorted([needs[practice] for practice in practices if eligible[practice]], reverse=True)
        for _, practices in compiled.practices_of
    ]
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=True)


def order_practices(
    compiled: CompiledRuleset, needs: Sequence[int], eligible: Sequence[Mask], ranks: Sequence[int]
) -> list[int]:
    """Return the eligible practices by need, then by the place of their strategy in `ranks`, then by position."""
    place = {strategy: i for i, strategy in enumerate(ranks)}
    keyed = sorted(
        [
            (-needs[practice], place[strategy], practice)
            for practice, strategy in enumerate(compiled.strategy_of)
            if strategy is not None and eligible[practice]
        ]
    )
    return [practice for _, _, practice in keyed]


def pick_activities(situation: Situation, offer: Offer) -> list[Pick]:
    """Return the activities that a view shows, in order; affection comes last, beside others."""
    compiled, own, other = situation.compiled, situation.own, situation.other
    index = compiled.index
    unsure = situation.verdicts.codes[compiled.position["start"]] == _UNSURE
    choice = SelectionInput(
        practices=offer.practices,
        eligible=offer.eligible,
        strategy_of=compiled.strategy_of,
        leading=offer.strategies[0],
        tiers=split_by_turn(tiers_of_liking(situation), whose_turn(situation)),
        may_be_first=~offer.passive,
        easy_first=index.first_steps if unsure else index.everything,
        kept_up=own.kept_up | other.kept_up if other else own.kept_up,
        solo=~index.joint,
        needs_solo=other is None,
        limit=limit_beside_affection(situation, offer),
    )
    picks = select(choice)
    if choice.limit < situation.limit:
        picks.append(next(best_first(offer.eligible[AFFECTION], choice.tiers, AFFECTION)))
    return picks


def limit_beside_affection(situation: Situation, offer: Offer) -> int:
    """Return how many activities there may be besides affection."""
    return situation.limit - (bool(offer.eligible[AFFECTION]) and situation.limit >= _MIN_LIMIT_WITH_AFFECTION)


def tiers_of_liking(situation: Situation) -> Sequence[Mask]:
    """Return sets of activities from most to least liked.

    The lower of both likings decides, then whether both count it as time together. A solo activity is liked as its doer
    likes it.
    """
    joint, own, other = situation.compiled.index.joint, situation.own.taste, situation.other
    below_like, below_love, counted = own.below_like, own.below_love, own.counted
    if other is not None:
        below_like |= other.taste.below_like & joint
        below_love |= other.taste.below_love & joint
        counted &= other.taste.counted
    # `~` gives a negative number, a set without an upper end; each use intersects it with candidates.
    love, like = ~below_love, below_love & ~below_like
    return love & counted, love & ~counted, like & counted, like & ~counted, below_like & counted, below_like & ~counted


def whose_turn(situation: Situation) -> Mask:
    """Return the favourites of the partner who had less than their share.

    Empty where one partner answered, or before anything was done.
    """
    own, other = situation.own.taste, situation.other
    if other is None or not situation.past.done:
        return 0
    return under_served(situation.compiled.index, situation.past, ~own.below_love, ~other.taste.below_love)


def split_by_turn(tiers: Sequence[Mask], turn: Mask) -> Sequence[Mask]:
    """Return the tiers, split in two where `turn` is not empty: among equals, its members come first."""
    return [part for tier in tiers for part in (tier & turn, tier & ~turn)] if turn else tiers


def select(choice: SelectionInput) -> list[Pick]:
    """Return at most `choice.limit` activities.

    The first belongs to the leading strategy. The rest follow by practice, at most two per practice where there are
    several. There may be fewer than the limit: nothing is added to fill the list.
    """
    picks = [next(_first_ones(choice))]
    # One practice alone may fill the list.
    max_per_practice = MAX_PER_PRACTICE if len(choice.practices) > 1 else choice.limit
    for practice in choice.practices:
        room = min(max_per_practice - (practice == picks[0].practice), choice.limit - len(picks))
        if room > 0:
            left = choice.eligible[practice] & ~picks[0].bit
            picks += islice(best_first(left, choice.tiers, practice), room)
    _bring_in_second_strategy(choice, picks)
    if choice.needs_solo:
        _bring_in_solo(choice, picks)
    return picks


def _first_ones(choice: SelectionInput) -> Iterator[Pick]:
    """Yield the candidates for the first place, best first.

    What is easy goes before everything else, and a practice that is kept up already comes after the others. A leading
    strategy always has a candidate.
    """
    leading = [practice for practice in choice.practices if choice.strategy_of[practice] == choice.leading]
    # The sort is stable, so practices stay in order within both groups.
    leading.sort(key=lambda practice: practice in choice.kept_up)
    for allowed in (choice.may_be_first & choice.easy_first, choice.may_be_first & ~choice.easy_first):
        for practice in leading:
            yield from best_first(choice.eligible[practice] & allowed, choice.tiers, practice)


def best_first(candidates: Mask, tiers: Sequence[Mask], practice: int) -> Iterator[Pick]:
    """Yield the candidates of one practice, from most to least liked."""
    for tier in tiers:
        among = candidates & tier
        # Bits are given by effort, evidence and id, so the lowest bit of a tier is the one to offer first.
        while among:
            bit = among & -among
            yield Pick(bit, practice)
            among ^= bit


def _bring_in_second_strategy(choice: SelectionInput, picks: list[Pick]) -> None:
    if choice.limit == 1 or any(choice.strategy_of[pick.practice] != choice.leading for pick in picks):
        return
    for practice in choice.practices:
        if choice.strategy_of[practice] != choice.leading:
            # In a full list the last pick makes room.
            del picks[choice.limit - 1 :]
            picks += islice(best_first(choice.eligible[practice], choice.tiers, practice), 1)
            return


def _bring_in_solo(choice: SelectionInput, picks: list[Pick]) -> None:
    """Replace a pick by an activity that a single person may do alone, where one fits and none is chosen.

    The last place is given up before the others, the first one last.
    """
    if any(pick.bit & choice.solo for pick in picks):
        return
    for practice in choice.practices:
        for solo in islice(best_first(choice.eligible[practice] & choice.solo, choice.tiers, practice), 1):
            for place in range(len(picks) - 1, 0, -1):
                replaced = [*picks[:place], solo, *picks[place + 1 :]]
                # A solo activity may not cost the second strategy or crowd one practice.
                if _is_balanced(choice, replaced):
                    picks[:] = replaced
                    return
    solos = [pick for pick in _first_ones(choice) if pick.bit & choice.solo]
    if not solos and choice.limit == 1:
        solos = [
            pick for p in choice.practices for pick in best_first(choice.eligible[p] & choice.solo, choice.tiers, p)
        ]
    picks[:1] = solos[:1] or picks[:1]


def _is_balanced(choice: SelectionInput, picks: list[Pick]) -> bool:
    practices = [pick.practice for pick in picks]
    strategies = {choice.strategy_of[practice] for practice in practices}
    suggested = {choice.strategy_of[practice] for practice in choice.practices}
    return (len(strategies) > 1 or len(suggested) == 1) and (
        len(choice.practices) == 1 or max(map(practices.count, practices)) <= MAX_PER_PRACTICE
    )
