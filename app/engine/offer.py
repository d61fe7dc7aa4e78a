"""The offer to a pair: what fits both and is called for, before one partner's private answers take away.

Of the moment it is made for, it also knows what was shown lately, what rests, and the draw that settles what is equal.
"""

from collections import Counter
from hashlib import sha256
from typing import NamedTuple

from app.engine.activity_index import DIGEST_BYTES, ActivityIndex
from app.engine.bitset import Mask, named
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import NO_HISTORY, Moment, on_cooldown, rejected
from app.engine.paths import DueStep, due_steps
from app.engine.reactions import resting
from app.engine.verdicts import PairVerdict, Reading, conflict_fit, place_fit

RECENT_LISTS = 4
"""How many earlier lists make an activity less fresh, the last one most."""
SHOWN_IN_VAIN, RESTING_LISTS = 3, 6
"""How often an activity is shown without being taken up before it rests, and for how many lists."""


class Offer(NamedTuple):
    """What two people could do, seen by one of them.

    `fitting` are the activities within all hard limits, `eligible` those of them that are called for and not withheld.
    `passive` are the ones side by side that not all who were heard count as time together. `steps` are due on paths
    that the reader began: they need no rule that calls for them, unless their path rests on something private.
    """

    compiled: CompiledRuleset
    own: Reading
    other: Reading | None
    pair: PairVerdict
    moment: Moment
    fitting: Mask
    eligible: Mask
    passive: Mask
    steps: tuple[DueStep, ...]

    @property
    def due(self) -> Mask:
        """The activities that are due on a path."""
        return sum({step.bit for step in self.steps})


def make_offer(
    compiled: CompiledRuleset, own: Reading, other: Reading | None, pair: PairVerdict, moment: Moment
) -> Offer:
    """Return what two people could do, from what they pooled and agreed and from the reader's own history."""
    index, counted = compiled.index, own.taste.counted
    fitting = fitting_both(compiled, own, other, pair)
    if pair.agreed.affection is None:
        fitting &= ~index.by_practice["affection"]
    if other is not None:
        counted &= other.taste.counted
    steps = due_steps(compiled, moment.history, pair.agreed) if moment.history.paths else ()
    called = pair.called | sum({step.bit for step in steps if step.path.rests_on is None})
    if moment.history.has_left:
        called |= index.for_oneself
    offer = Offer(
        compiled,
        own,
        other,
        pair,
        moment,
        fitting,
        eligible=fitting & called & ~pair.withheld,
        passive=index.parallel & ~counted,
        steps=steps,
    )
    return (
        offer._replace(eligible=offer.eligible & ~excluded_by_history(offer)) if moment.history != NO_HISTORY else offer
    )


def excluded_by_history(offer: Offer) -> Mask:
    """Return the activities that this partner's history keeps out for now."""
    index, history = offer.compiled.index, offer.moment.history
    aside = rejected(index, history) | resting(index, history)
    if history.has_left:
        aside |= ~index.for_oneself
    return aside | on_cooldown(index, history, loved_by_all(offer)) & ~offer.due


def loved_by_all(offer: Offer) -> Mask:
    """Return the activities that all who answered love; what is done alone as its doer loves it."""
    loved = offer.own.taste.loved
    return loved if offer.other is None else loved & (offer.other.taste.loved | ~offer.compiled.index.joint)


def fitting_both(compiled: CompiledRuleset, own: Reading, other: Reading | None, pair: PairVerdict) -> Mask:
    """Return the joint activities within both partners' limits, and the solo ones within their doer's.

    A veto of either partner holds for both.
    """
    index, conflict = compiled.index, pair.codes[compiled.conflict]
    if other is None:
        return fitting_one(compiled, own, conflict)
    mine = own.limits.allowed & ~own.taste.vetoed & conflict_fit(index, conflict)
    theirs = (other.limits.allowed | ~index.joint) & ~other.taste.vetoed
    return mine & theirs & place_fit(index, own.limits, other.limits)


def fitting_one(compiled: CompiledRuleset, own: Reading, conflict: int) -> Mask:
    """Return the activities within the limits of one partner, as if the other had none."""
    index = compiled.index
    allowed = own.limits.allowed & ~own.taste.vetoed & conflict_fit(index, conflict)
    return allowed & place_fit(index, own.limits, None)


def that_tires(offer: Offer) -> Mask:
    """Return what may tire: a ritual for two that both love never does."""
    index = offer.compiled.index
    return ~(index.by_repeat["ritual"] & index.joint & loved_by_all(offer))


def shown_lately(index: ActivityIndex, moment: Moment) -> tuple[Mask, ...]:
    """Return what stood in the last lists, each taken to be as long as this one may be, and in ever fewer of them."""
    seen, places = moment.seen, moment.limit
    if not seen:
        return ()
    return tuple([named(index.bit_of, seen[-lists * places :]) for lists in range(RECENT_LISTS, 0, -1)])


def rested(offer: Offer) -> Mask:
    """Return all but what was shown so often without being taken up that it rests."""
    index, moment = offer.compiled.index, offer.moment
    counted = Counter(moment.seen)
    taken_up = {activity for activity, _ in moment.history.done}
    lately = {*moment.seen[-RESTING_LISTS * moment.limit :]} - taken_up
    resting = named(index.bit_of, [id_ for id_ in lately if counted[id_] >= SHOWN_IN_VAIN])
    return ~(resting & that_tires(offer)) if resting else ~0


def times_seen(index: ActivityIndex, seen: tuple[str, ...], among: Mask) -> int:
    """Return how often these activities were shown."""
    return sum(bool(index.bit_of.get(id_, 0) & among) for id_ in seen)


def draw_of(moment: Moment) -> int:
    """Return the number that settles what is equal; 0 without a seed."""
    if not moment.seed:
        return 0
    return int.from_bytes(sha256(f"{moment.turn}:{moment.seed}".encode()).digest()[:DIGEST_BYTES])
