"""The offer to a pair: what fits both and is called for, before one partner's private answers take away."""

from typing import NamedTuple

from app.engine.bitset import Mask
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import NO_HISTORY, Moment, on_cooldown, rejected
from app.engine.paths import DueStep, due_steps
from app.engine.reactions import resting
from app.engine.verdicts import PairVerdict, Reading, conflict_fit, place_fit


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
