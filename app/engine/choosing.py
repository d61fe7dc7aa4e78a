"""The choice of the activities of a view: a menu of places, each with its own question.

Where to begin, what both like, what else is called for, what is for the one whose turn it is, and something that can be
done alone. Nothing is summed into a score: in every place the candidates are narrowed by one preference after another,
and what is then still equal is settled by a draw that no answer can shift.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import or_
from typing import NamedTuple

from app.engine.bitset import Mask, positions
from app.engine.compiled_ruleset import Made, holds_in_a_way
from app.engine.offer import Offer, draw_of, heard_alone, shown_lately, that_tires, times_seen
from app.engine.reactions import preferences, suited_first
from app.engine.view import Place, ViewOutcome

MAX_PER_PRACTICE = 2
PLACES_BEFORE_DUE = 2
"""The places before the one in which a step of a path stands."""


class Pick(NamedTuple):
    """A chosen activity, as a set of one, and its place on the menu."""

    bit: Mask
    place: Place


class Stands(NamedTuple):
    """What stands in a view: the strategies in order, those that are suggested, and the chosen activities."""

    outcome: ViewOutcome
    strategies: tuple[int, ...]
    suggested: frozenset[int]
    picks: tuple[Pick, ...]
    eligible: Mask


def choose(offer: Offer, eligible: Mask, first: Mask, order: list[int]) -> list[Pick]:
    """Return at most as many activities as the moment allows.

    `eligible` are those that stand behind a suggested strategy and do not rest, `first` those of them that may come
    first, `order` the strategies from the leading one on. Fewer are chosen where fewer are suggested: nothing is added
    to fill the list.
    """
    first &= offer.compiled.strategies[order[0]].activities
    history = offer.moment.history
    if history.reactions:
        wishes = preferences(offer.compiled.index, history)
        eligible, first = suited_first(wishes, eligible), suited_first(wishes, first)
    return list(_Menu(offer, eligible, first, order).choose())


class _Menu:
    """One choice: what is left to choose from, and what has been chosen."""

    def __init__(self, offer: Offer, eligible: Mask, first: Mask, order: list[int]) -> None:
        self._offer = offer
        index = offer.compiled.index
        self._joint = eligible & index.joint or eligible
        self._alone = eligible & ~index.joint
        self._first = first
        self._order = order
        self._taken: Mask = 0
        self._gone: Mask = 0
        self._served: Mask = 0
        self._crowded: Mask = 0
        own, other = offer.own.taste, offer.other.taste if offer.other else offer.own.taste
        self._loved = own.loved, other.loved
        # What is done alone is liked as its doer likes it.
        solo = ~index.joint
        self._tastes = (
            own.loved & (other.loved | solo),
            own.liked & (other.liked | solo),
            own.loved | (other.loved & ~solo),
            own.liked | (other.liked & ~solo),
        )
        self._counted = own.counted & (other.counted | solo)
        self._made = reduce(or_, [made.all for made in offer.pair.leads], 0)
        lately = shown_lately(index, offer.moment)
        tires = that_tires(offer)
        self._fresh = tuple([~(shown & tires) for shown in lately])
        self._lately, self._last_list = (lately[0], lately[-1]) if lately else (0, 0)
        self._draw = draw_of(offer.moment)
        self._due = offer.due & eligible
        # A near-duplicate would take the place of a step that is due.
        for position in positions(self._due):
            self._gone |= index.same_family[position] & ~self._due

    def choose(self) -> Iterator[Pick]:
        """Yield the picks in the order of their places."""
        limit, is_alone = self._offer.moment.limit, self._offer.other is None
        if limit == 1:
            yield from self._only(is_alone=is_alone)
            return
        yield from self._place("where_to_begin", self._where_to_begin)
        # What is due on a path keeps its place, whatever the places before it use up.
        due = [*self._place("also_called_for", self._due_for_two)] if limit > PLACES_BEFORE_DUE else []
        # Who was heard alone gets something to do alone, so its place is taken before the others can use it up.
        mine = [*self._place("on_your_own", self._on_your_own)] if is_alone else []
        steps: list[tuple[Place, Callable[[], Mask]]] = [
            ("to_enjoy", self._to_enjoy),
            ("also_called_for", self._also_called_for),
            ("something_different", self._something_different),
        ]
        for place, step in steps:
            if place == "also_called_for" and due:
                yield from due
            elif self._has_room():
                yield from self._place(place, step)
        yield from mine
        if not is_alone and self._has_room():
            yield from self._touch_or_alone()
        turn = 0
        while self._has_room() and self._pool(self._joint):
            place, step = steps[1 + turn % 2]
            yield from self._place(place, step)
            turn += 1

    def _touch_or_alone(self) -> Iterator[Pick]:
        """Yield a touch that both are open to, at first and in every other draw, unless shown lately, else a solo."""
        touch = self._offer.compiled.index.by_practice["affection"]
        is_due = not (self._offer.moment.turn and self._draw & 1)
        if is_due and not touch & self._lately and (here := self._pool(self._joint) & touch):
            yield from self._place("something_different", lambda: self._settled(here))
        else:
            yield from self._place("on_your_own", self._on_your_own)

    def _has_room(self) -> bool:
        return self._taken.bit_count() < self._offer.moment.limit

    def _only(self, *, is_alone: bool) -> Iterator[Pick]:
        if is_alone and self._alone:
            yield from self._place("on_your_own", self._on_your_own)
        else:
            yield from self._place("where_to_begin", self._where_to_begin)

    def _place(self, place: Place, step: Callable[[], Mask]) -> Iterator[Pick]:
        candidates = step()
        if candidates:
            bit = self._drawn(candidates)
            self._take(bit)
            yield Pick(bit, place)

    def _take(self, bit: Mask) -> None:
        """Note a pick, and what of the others may no longer follow it, or only where there is nothing else."""
        index, position = self._offer.compiled.index, bit.bit_length() - 1
        self._taken |= bit
        self._gone |= bit | index.same_family[position]
        if bit & index.prepares:
            self._gone |= index.prepares
        self._served |= index.same_purpose[position]
        practice = index.same_practice[position]
        if (self._taken & practice).bit_count() >= MAX_PER_PRACTICE:
            self._crowded |= practice

    def _pool(self, candidates: Mask) -> Mask:
        """Return what is left of these: one of a purpose and two of a practice, while another has something."""
        left = candidates & ~self._gone
        left = left & ~self._served or left
        return left & ~self._crowded or left

    def _where_to_begin(self) -> Mask:
        """Return the leading strategy's strongest need, as small and as near at hand as the two need it."""
        offer = self._offer
        index, pair, signs = offer.compiled.index, offer.pair, offer.compiled.signs
        leads = offer.pair.leads
        here = self._first
        if pair.signs & signs.begin_small:
            here = here & index.first_steps or here
        here = here & ~self._kept_up(leads) or here
        here = here & ~self._gone or here
        # A list that one writes alone is no beginning while there is something to do.
        here = here & (index.joint | ~index.prepares) or here
        # What stood in the list before is not first again, unless it keeps its place for a reason.
        here = here & (~self._last_list | self._due | signs.lasting) or here
        # Where only what lasts is left to begin with, it takes turns, whatever its need.
        here = here if here & ~signs.lasting else self._freshest(here)
        if alone := self._for_one_heard_alone(here):
            here, leads = alone, tuple(self._own_leads(alone))
        if not here & self._due and (made := self._made_for(here, leads)):
            return made
        here = self._most_needed(here)
        here = self._settled(here & self._due or here & ~index.prepares or here)
        return here & signs.welcome or here

    def _kept_up(self, leads: tuple[Made, ...]) -> Mask:
        """Return what they do already, but for what is made for a hard time: that is needed all the same."""
        own, other = self._offer.own, self._offer.other
        kept_up = own.kept_up | other.kept_up if other else own.kept_up
        for made in leads:
            if made.is_for_hard_time:
                kept_up &= ~made.all
        return kept_up

    def _for_one_heard_alone(self, here: Mask) -> Mask:
        """Return what nobody else has to join in and is called for as much, unless something here is what counts."""
        index = self._offer.compiled.index
        if self._offer.other is not None or self._most_needed(here) & index.joint & self._counted:
            return 0
        return self._most_needed(here) & ~index.joint & ~index.prepares

    def _own_leads(self, here: Mask) -> Iterator[Made]:
        """Yield what of these is to be done alone where the reader's own answers name what it is made for."""
        compiled = self._offer.compiled
        codes = heard_alone(compiled, self._offer.own.codes)
        for ways, made in compiled.signs.own_leads:
            if made.all & here and holds_in_a_way(ways, codes):
                yield made

    def _made_for(self, here: Mask, leads: Iterable[Made]) -> Mask:
        """Return what is made for what the two named: of the first lead that holds, or the next with something fresh.

        The first one sets the need. Once all was shown lately, something else that is needed as much takes the place,
        unless the first lead lasts.
        """
        pair = self._offer.pair
        leads = [made for made in leads if here & made.all]
        if not leads:
            return 0
        if leads[0].lasts:
            fresh = self._freshest(here & leads[0].all)
            return next(bit for bit in leads[0].best_first if fresh & bit)
        first = self._best_of(leads[0], here)
        here &= _as_needed_as(first, pair.strong, pair.firm)
        for fresh in self._fresh:
            for made in leads:
                if best := self._best_of(made, here & fresh):
                    return best
            if rest := here & fresh & ~self._offer.compiled.index.prepares:
                return self._most_theirs(rest)
        return first

    def _best_of(self, made: Made, here: Mask) -> Mask:
        """Return what of a lead they like best, the first of what they like alike; 0 where nothing of it is here.

        What only prepares comes after what can be done at once.
        """
        named = here & made.all
        liked = self._liked(named & ~self._offer.compiled.index.prepares or named)
        return next((bit for bit in made.best_first if liked & bit), 0)

    def _due_for_two(self) -> Mask:
        """Return what is due on a path and for two."""
        return self._settled(self._joint & self._due & ~self._gone)

    def _to_enjoy(self) -> Mask:
        """Return what both love, else what one loves and nobody minds, else what both like; whatever its need.

        What is serious or only prepares is nothing to enjoy.
        """
        loved_by_both, liked_by_both, loved_by_one, _ = self._tastes
        index = self._offer.compiled.index
        pool = self._pool(self._joint) & ~index.serious & ~index.prepares
        for here in (*[pool & fresh for fresh in self._fresh], pool):
            if liked := here & loved_by_both or here & loved_by_one or here & liked_by_both:
                return self._liked(liked)
        return 0

    def _also_called_for(self) -> Mask:
        """Return what is called for besides: of a strategy not yet shown, else of another than the leading one.

        What is made for a change in their lives comes first, where it has no place yet.
        """
        strategies = self._offer.compiled.strategies
        pool = self._pool(self._joint)
        others = shown = 0
        for i in self._order:
            here = strategies[i].activities
            others |= pool & here if i != self._order[0] else 0
            shown |= here if here & self._taken else 0
        here = others & ~shown or others or pool
        return self._for_a_life_event(here) or self._most_theirs(self._most_needed(self._freshest(here)))

    def _for_a_life_event(self, here: Mask) -> Mask:
        """Return what is made for a change in their lives and is fresh; 0 where something of it stands there."""
        events = [made for made in self._offer.pair.leads if made.life_event]
        if any(made.all & self._taken for made in events):
            return 0
        fresh = here & self._fresh[0] if self._fresh else here
        return next(filter(None, (self._best_of(made, fresh) for made in events)), 0)

    def _something_different(self) -> Mask:
        """Return what the one loves whose loves have had fewer places; where both have theirs, a purpose by lot."""
        pool = self._sized(self._pool(self._joint))
        return self._settled(self._for_whose_turn_it_is(pool) or self._by_lot(pool))

    def _for_whose_turn_it_is(self, pool: Mask) -> Mask:
        mine, theirs = self._loved
        here = self._taken & self._offer.compiled.index.joint
        if here & mine and here & theirs:
            return 0
        seen, index = self._offer.moment.seen, self._offer.compiled.index
        ahead = (here & mine).bit_count() - (here & theirs).bit_count()
        ahead += times_seen(index, seen, mine) - times_seen(index, seen, theirs)
        if not ahead:
            return pool & (mine | theirs)
        behind, before = (theirs, mine) if ahead > 0 else (mine, theirs)
        return pool & behind or (pool & before if not here & before else 0)

    def _by_lot(self, pool: Mask) -> Mask:
        here = self._freshest(pool)
        # What cannot wait and has no place yet leaves nothing to the lot, nor does what suits everybody alike.
        here = here & self._offer.pair.strong & ~self._served or here & self._offer.pair.answering or here
        # Without a seed there is no lot: one order for everybody would show the same purpose to all.
        if not self._draw:
            return self._most_needed(here)
        purposes = self._offer.compiled.purposes
        drawn = [(one.digest ^ self._draw, of_it) for one in purposes if (of_it := here & one.activities)]
        return min(drawn)[1] if drawn else 0

    def _sized(self, pool: Mask) -> Mask:
        """Return what fills an hour or an afternoon, where the two have one and nothing before does."""
        index, pair, signs = self._offer.compiled.index, self._offer.pair, self._offer.compiled.signs
        if pair.signs & signs.keep_short:
            return pool
        if pair.signs & signs.afternoon and not self._taken & index.long and pool & index.long:
            return pool & index.long
        if pair.signs & signs.hour and not self._taken & index.half_hours:
            return pool & index.half_hours or pool
        return pool

    def _on_your_own(self) -> Mask:
        """Return what can be done alone, as its doer likes it; for somebody heard alone what is called for most."""
        left = self._alone & ~self._gone
        if left & self._due:
            return self._settled(left & self._due)
        here = left & ~self._served & ~self._crowded
        fresh = here & self._fresh[0] if self._fresh else here
        if made := next(self._own_leads(fresh), None):
            return self._most_theirs(fresh & made.all)
        here = self._freshest(here if self._offer.other is not None else here or left)
        return self._most_theirs(here if self._offer.other is not None else self._most_needed(here))

    def _most_needed(self, here: Mask) -> Mask:
        return here & self._offer.pair.strong or here & self._offer.pair.firm or here

    def _settled(self, here: Mask) -> Mask:
        """Prefer what is fresh, then what is most theirs."""
        return self._most_theirs(self._freshest(here))

    def _freshest(self, here: Mask) -> Mask:
        """Prefer what was not shown lately, else what was shown longest ago."""
        for fresh in self._fresh:
            if preferred := here & fresh:
                return preferred
        return here

    def _most_theirs(self, here: Mask) -> Mask:
        """Prefer what they like best, then what is made for what they named, then what their answers call for."""
        here = self._liked(here)
        for preferred in (self._made, self._offer.pair.answering):
            here = here & preferred or here
        return here

    def _liked(self, here: Mask) -> Mask:
        """Prefer the lower liking, then the higher, then what counts as time together."""
        for preferred in (*self._tastes, self._counted):
            here = here & preferred or here
        return here

    def _drawn(self, candidates: Mask) -> Mask:
        if candidates.bit_count() == 1:
            return candidates
        digests, draw = self._offer.compiled.index.digests, self._draw
        return 1 << min(positions(candidates), key=lambda position: digests[position] ^ draw)


def _as_needed_as(bit: Mask, strong: Mask, firm: Mask) -> Mask:
    """Return what is called for with the same need."""
    return strong if bit & strong else firm & ~strong if bit & firm else ~firm
