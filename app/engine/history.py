"""A partner's history: the activities done and the choices made, and their effect on what is offered.

History keeps activities out for a while and gives both partners' favourites their turn. An activity that the ruleset no
longer has is ignored.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask
from app.engine.ruleset import Repeat

COOLDOWN_DAYS: Mapping[Repeat, int] = {"ritual": 7, "seasonal": 90, "once": 365}
"""Days for which an activity is not offered again once it was done.

A ritual returns every week, a seasonal activity in the next season, and one that is done once after a year. A ritual
that both partners like never rests. The figures are an editorial choice.
"""


class Done(NamedTuple):
    """An activity that was done, and how many days ago."""

    activity: str
    days_ago: int


class History(NamedTuple):
    """A partner's own history. The other partner's choices are no part of it.

    `unwanted` are the activities marked as not for the couple, `put_off` those marked as not for now. `gentle` is true
    where this partner's latest answers have been heavier, so that only small steps are offered.
    """

    done: tuple[Done, ...] = ()
    unwanted: frozenset[str] = frozenset()
    put_off: frozenset[str] = frozenset()
    gentle: bool = False


NO_HISTORY = History()


def rejected(index: ActivityIndex, past: History) -> Mask:
    """Return the activities that this partner does not want, or not now."""
    return _mask_of(index, past.unwanted | past.put_off)


def on_cooldown(index: ActivityIndex, past: History, liked: Mask) -> Mask:
    """Return the activities done too recently to be offered again.

    `liked` are the activities that all partners who answered like.
    """
    recent = 0
    for repeat, days in COOLDOWN_DAYS.items():
        recent |= index.by_repeat[repeat] & _mask_of(index, [id_ for id_, ago in past.done if ago < days])
    # A ritual that both like is a habit worth having, so it may return at once.
    return recent & ~(index.by_repeat["ritual"] & liked)


def under_served(index: ActivityIndex, past: History, mine: Mask, theirs: Mask) -> Mask:
    """Return the joint activities loved by the partner whose favourites were done less often; none where it is even.

    `mine` and `theirs` are the activities that this partner and the other love.
    """
    # An activity that both love is a favourite of neither alone, so it gives nobody a turn.
    only_mine, only_theirs = index.joint & mine & ~theirs, index.joint & theirs & ~mine
    ahead = 0
    for id_, _ in past.done:
        # An activity that the ruleset no longer has is in no set.
        bit = index.bit_of.get(id_, 0)
        ahead += bool(bit & only_mine) - bool(bit & only_theirs)
    return only_theirs if ahead > 0 else only_mine if ahead < 0 else 0


def _mask_of(index: ActivityIndex, ids: Iterable[str]) -> Mask:
    mask = 0
    for id_ in ids:
        mask |= index.bit_of.get(id_, 0)
    return mask
