"""What a partner's feedback changes in their next lists: what rests, and what is chosen from first.

Feedback never adds anything: it keeps activities out for a time, or leaves the choice a part of what it had.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple, get_args

from app.engine.activity_index import ActivityIndex
from app.engine.answer_types import Energy
from app.engine.bitset import Mask, from_flags
from app.engine.history import Cause, History
from app.engine.ruleset import Activity, Cost, EnergyNeeded

ACTS_FOR = 28
"""Days for which feedback changes the choice, and for which what it was about rests unless a cause has more."""
RESTS_FOR: Mapping[Cause, int] = {"too_long": 56, "too_tired": 56, "too_expensive": 56}
"""Days for which what was refused rests itself, so that it is not back as soon as the rest has given way."""
FAMILY_RESTS_FOR: Mapping[Cause, int] = {"partner_declined": 56, "not_our_kind_of_thing": 90, "unsafe": 365}
"""Days for which an activity rests with its near-duplicates: to ask again soon would press."""
ALWAYS_SHORT_ENOUGH = 10
"""Minutes that are never called too long, so that something is left."""
_ENERGIES: tuple[EnergyNeeded, ...] = get_args(EnergyNeeded)
_COSTS: tuple[Cost, ...] = get_args(Cost)
_Amount = Callable[[Activity], int]


class Preference(NamedTuple):
    """The activities to choose from first, and the phrase that says so where all that stands is `less`, if any."""

    first: Mask
    phrase: str = ""
    less: Mask = 0


class _Refusal(NamedTuple):
    """An activity that was refused, and how many days ago."""

    activity: Activity
    days_ago: int


def resting(index: ActivityIndex, history: History) -> Mask:
    """Return the activities that feedback keeps out for now."""
    out = 0
    for activity, cause, days_ago, _ in history.reactions:
        bit = index.bit_of.get(activity, 0)
        if bit and days_ago < FAMILY_RESTS_FOR.get(cause, 0):
            out |= index.same_family[bit.bit_length() - 1]
        if days_ago < RESTS_FOR.get(cause, ACTS_FOR):
            out |= bit
    return out


def suited_first(preferences: Iterable[Preference], here: Mask) -> Mask:
    """Return the part of these that feedback leaves to be chosen from, all of them where it would leave nothing."""
    for preference in preferences:
        here = here & preference.first or here
    return here


def preferences(index: ActivityIndex, history: History) -> tuple[Preference, ...]:
    """Return what the feedback of the last weeks asks of the choice, the most pressing first."""
    wishes = []
    if _refused_for(index, history, ("not_accepted",)):
        wishes.append(Preference(_where(index, lambda a: not a.asks)))
    if long := _refused_for(index, history, ("too_long", "no_time"), attrgetter("minutes")):
        less = _less_than(index, long, _is_clearly_shorter)
        short = _where(index, lambda a: a.minutes <= ALWAYS_SHORT_ENOUGH)
        wishes.append(Preference(less | short, _said_of("shorter_now", long, history), less))
    if tiring := _refused_for(index, history, ("too_tired",), _energy):
        less = _less_than(index, tiring, _asks_for_less)
        # Where even rest was too much, short rest is left, and little of it asks for less.
        first = less | index.restful & index.first_steps
        wishes.append(Preference(first, _said_of("lighter_now", tiring, history), less))
    if dear := _refused_for(index, history, ("too_expensive",), _cost):
        less = _less_than(index, dear, lambda a, refused: _cost(a) < _cost(refused))
        wishes.append(Preference(less, _said_of("cheaper_now", dear, history), less))
    if _refused_for(index, history, ("no_childcare",)):
        wishes.append(Preference(_where(index, lambda a: a.children != "away")))
    return tuple(wishes)


def is_enough(index: ActivityIndex, id_: str, energy: Energy) -> bool:
    """Tell whether somebody who told of this energy has enough for an activity; nobody who is drained has."""
    return energy != "drained" and id_ in index.bit_of and _energy(_activity(index, id_)) <= _ENERGIES.index(energy)


def _refused_for(
    index: ActivityIndex, history: History, causes: tuple[Cause, ...], amount: _Amount | None = None
) -> list[_Refusal]:
    """Return what was refused lately for one of these causes, each once.

    What an answer given since has ended is left out, and where the causes have an `amount`, what was contradicted:
    something that takes as much was done since.
    """
    refused = dict[str, _Refusal]()
    for id_, cause, days_ago, is_over in history.reactions:
        if cause not in causes or days_ago >= ACTS_FOR or is_over or id_ not in index.bit_of:
            continue
        activity = _activity(index, id_)
        since = [_activity(index, done) for done, ago in history.done if ago < days_ago and done in index.bit_of]
        if amount is None or all(amount(done) < amount(activity) for done in since):
            refused[id_] = _Refusal(activity, min(days_ago, refused.get(id_, _Refusal(activity, days_ago)).days_ago))
    return [*refused.values()]


def _said_of(phrase: str, refused: list[_Refusal], history: History) -> str:
    """Return the phrase, of one or of several, while no later feedback is known; else none."""
    known = [done.days_ago for done in history.done] + [reaction.days_ago for reaction in history.reactions]
    if min(known) < min(one.days_ago for one in refused):
        return ""
    return phrase if len(refused) > 1 else f"{phrase}_one"


def _less_than(index: ActivityIndex, refused: list[_Refusal], is_less: Callable[[Activity, Activity], bool]) -> Mask:
    return _where(index, lambda a: all(is_less(a, one.activity) for one in refused))


def _asks_for_less(activity: Activity, refused: Activity) -> bool:
    """Tell whether an activity needs less energy, or as much for a clearly shorter time."""
    needs, needed = _energy(activity), _energy(refused)
    return needs < needed or (needs == needed and _is_clearly_shorter(activity, refused))


def _is_clearly_shorter(activity: Activity, refused: Activity) -> bool:
    """Tell whether an activity takes two thirds of the time at most: what takes nearly as long is no help."""
    return 3 * activity.minutes <= 2 * refused.minutes


def _energy(activity: Activity) -> int:
    return _ENERGIES.index(activity.energy)


def _cost(activity: Activity) -> int:
    return _COSTS.index(activity.cost)


def _activity(index: ActivityIndex, id_: str) -> Activity:
    return index.order[index.bit_of[id_].bit_length() - 1]


def _where(index: ActivityIndex, belongs: Callable[[Activity], bool]) -> Mask:
    return from_flags(map(belongs, index.order))
