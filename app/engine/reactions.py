"""What a partner's feedback changes in their next lists: what rests, and what is chosen from first.

Feedback never adds anything: it keeps activities out for a time, or leaves the choice a part of what it had.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, get_args

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask, from_flags, named, positions
from app.engine.history import Cause, History
from app.engine.ruleset import Activity, Cost, EnergyNeeded

ACTS_FOR = 28
"""Days for which feedback changes the choice, and for which what it was about rests."""
FAMILY_RESTS_FOR: Mapping[Cause, int] = {"partner_declined": 56, "not_our_kind_of_thing": 90, "unsafe": 365}
"""Days for which an activity rests with its near-duplicates: to ask again soon would press."""
ALWAYS_SHORT_ENOUGH = 10
"""Minutes that are never called too long, so that something is left."""
_ENERGIES: tuple[EnergyNeeded, ...] = get_args(EnergyNeeded)
_COSTS: tuple[Cost, ...] = get_args(Cost)


class Preference(NamedTuple):
    """The activities to choose from first, and the phrase that says so where all that stands is `less`, if any."""

    first: Mask
    phrase: str = ""
    less: Mask = 0


def resting(index: ActivityIndex, history: History) -> Mask:
    """Return the activities that feedback keeps out for now."""
    out = 0
    for activity, cause, days_ago in history.reactions:
        bit = index.bit_of.get(activity, 0)
        if bit and days_ago < FAMILY_RESTS_FOR.get(cause, 0):
            out |= index.same_family[bit.bit_length() - 1]
        if days_ago < ACTS_FOR:
            out |= bit
    return out


def suited_first(preferences: Iterable[Preference], here: Mask) -> Mask:
    """Return the part of these that feedback leaves to be chosen from, all of them where it would leave nothing."""
    for preference in preferences:
        here = here & preference.first or here
    return here


def preferences(index: ActivityIndex, history: History) -> tuple[Preference, ...]:
    """Return what the feedback of the last weeks asks of the choice, the most pressing first."""

    def about(*causes: Cause) -> list[Activity]:
        lately = {activity for activity, cause, ago in history.reactions if cause in causes and ago < ACTS_FOR}
        return [index.order[position] for position in positions(named(index.bit_of, lately))]

    wishes = []
    if about("not_accepted"):
        wishes.append(Preference(_where(index, lambda a: not a.asks)))
    if long := about("too_long", "no_time"):
        bound = min(a.minutes for a in long)
        less = _where(index, lambda a: a.minutes < bound)
        short = _where(index, lambda a: a.minutes <= ALWAYS_SHORT_ENOUGH)
        wishes.append(Preference(less | short, "shorter_now", less))
    if tiring := about("too_tired"):
        wishes.append(_less_tiring(index, min(_ENERGIES.index(a.energy) for a in tiring)))
    if dear := about("too_expensive"):
        price = min(_COSTS.index(a.cost) for a in dear)
        less = _where(index, lambda a: _COSTS.index(a.cost) < price)
        wishes.append(Preference(less, "cheaper_now", less))
    if about("no_childcare"):
        wishes.append(Preference(_where(index, lambda a: a.children != "away")))
    return tuple(wishes)


def _less_tiring(index: ActivityIndex, energy: int) -> Preference:
    less = _where(index, lambda a: _ENERGIES.index(a.energy) < energy)
    # Where even rest was too much, there is nothing that asks for less but what is short.
    return Preference(less, "lighter_now", less) if less else Preference(index.restful & index.first_steps)


def _where(index: ActivityIndex, belongs: Callable[[Activity], bool]) -> Mask:
    return from_flags(map(belongs, index.order))
