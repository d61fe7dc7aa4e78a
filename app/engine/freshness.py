"""The freshness of activities: what was shown lately, what rests, and the draw that settles what is equal."""

from collections import Counter
from hashlib import sha256

from app.engine.activity_index import DIGEST_BYTES, ActivityIndex
from app.engine.bitset import Mask, named
from app.engine.history import Moment
from app.engine.offer import Offer, loved_by_all

RECENT_LISTS = 4
"""How many earlier lists make an activity less fresh, the last one most."""
SHOWN_IN_VAIN, RESTING_LISTS = 3, 6
"""How often an activity is shown without being taken up before it rests, and for how many lists."""


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
