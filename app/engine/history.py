"""What a partner has done and chosen so far, as values: whoever keeps it counts the days.

It puts activities aside and gives each partner's favourites their turn. An activity of an older release that is not
there any more counts for nothing.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask
from app.engine.ruleset import Repeat

COOLDOWN_DAYS: Mapping[Repeat, int] = {"ritual": 7, "seasonal": 90, "once": 365}
"""For how many days something rests once it was done.

A ritual comes round every week, what belongs to a season is for the next one, and what is done once would be done for
its own sake again only after a year. A ritual that both like is a habit worth keeping, and never rests.
"""


class Done(NamedTuple):
    """An activity that was done, and how many days ago."""

    activity: str
    days_ago: int


class History(NamedTuple):
    """`unwanted` is not for the two of them, `put_off` is not for now; both are this partner's word alone.

    `gentle`: this partner's own last answers have been heavier, so that only small steps are offered.
    """

    done: tuple[Done, ...] = ()
    unwanted: frozenset[str] = frozenset()
    put_off: frozenset[str] = frozenset()
    gentle: bool = False


NO_HISTORY = History()


def rejected(index: ActivityIndex, past: History) -> Mask:
    """What this partner does not want, or not now."""
    return _mask_of(index, past.unwanted | past.put_off)


def on_cooldown(index: ActivityIndex, past: History, liked: Mask) -> Mask:
    """What was done too lately to come again; `liked` is what those who were heard like."""
    lately = 0
    for repeat, days in COOLDOWN_DAYS.items():
        lately |= index.by_repeat[repeat] & _mask_of(index, [id_ for id_, ago in past.done if ago < days])
    return lately & ~(index.by_repeat["ritual"] & liked)


def under_served(index: ActivityIndex, past: History, mine: Mask, theirs: Mask) -> Mask:
    """The joint activities that the partner loves whose favourites were done less often; none where it is even.

    `mine` and `theirs` are the activities that each loves. What both love is owed to nobody.
    """
    only_mine, only_theirs = index.joint & mine & ~theirs, index.joint & theirs & ~mine
    ahead = 0
    for id_, _ in past.done:
        bit = index.bit_of.get(id_, 0)
        ahead += bool(bit & only_mine) - bool(bit & only_theirs)
    return only_theirs if ahead > 0 else only_mine if ahead < 0 else 0


def _mask_of(index: ActivityIndex, ids: Iterable[str]) -> Mask:
    mask = 0
    for id_ in ids:
        mask |= index.bit_of.get(id_, 0)
    return mask
