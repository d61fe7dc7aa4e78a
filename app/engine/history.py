"""The moment of a view: its turn and draw, what was shown lately, and the history of the partner who reads it.

An activity that the ruleset no longer has is ignored.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask, named
from app.engine.ruleset import Repeat

COOLDOWN_DAYS: Mapping[Repeat, int] = {"ritual": 7, "seasonal": 90, "once": 365}
"""Days for which an activity is not offered again once it was done.

A ritual returns every week, a seasonal activity in the next season, and one that is done once after a year. A ritual
that both partners love never rests. The figures are an editorial choice.
"""


class Done(NamedTuple):
    """An activity that was done, and how many days ago."""

    activity: str
    days_ago: int


Cause = Literal[
    "too_long",
    "no_time",
    "too_tired",
    "too_expensive",
    "no_childcare",
    "not_our_kind_of_thing",
    "felt_forced",
    "partner_declined",
    "unsafe",
    "declined",
    "not_accepted",
]
"""What was said of an activity: a reason for declining it, no reason, or that its doer did not feel accepted."""


class Reaction(NamedTuple):
    """What a partner said of an activity, and how many days ago.

    `is_over` is true where they have answered otherwise since: the activity still rests, and nothing else gives way.
    """

    activity: str
    cause: Cause
    days_ago: int
    is_over: bool = False


class BegunPath(NamedTuple):
    """A path that a partner is on, and how many days ago they began it."""

    path: str
    days_ago: int


class History(NamedTuple):
    """A partner's own history. The other partner's choices are no part of it.

    `unwanted` are the activities marked as not for the couple, `put_off` those marked as not for now. `gentle` is true
    where this partner's latest answers have been heavier, or they felt pressed, so that only small steps are offered.
    `has_left` is true for one who left their couple and is in none since: only what is for themselves is offered then.
    `silent`, and `gentle` unless `is_gentle_told`, rest on what this reader may not know: they take away silently.
    """

    done: tuple[Done, ...] = ()
    unwanted: frozenset[str] = frozenset()
    put_off: frozenset[str] = frozenset()
    gentle: bool = False
    reactions: tuple[Reaction, ...] = ()
    paths: tuple[BegunPath, ...] = ()
    is_gentle_told: bool = True
    has_left: bool = False
    silent: frozenset[str] = frozenset()


NO_HISTORY = History()


class Moment(NamedTuple):
    """The moment of a view.

    `seed` is random and stays with the couple; an empty one means no draw and no lot. `turn` is the week. `seen` are
    the ids that this reader was shown at earlier turns, oldest first, repeats included. `limit` is the largest number
    of activities in a list, 1 to 20, `most_rules` that of rules which a full view states for an activity, None for all.
    """

    seed: str = ""
    turn: int = 0
    seen: tuple[str, ...] = ()
    history: History = NO_HISTORY
    limit: int = 5
    most_rules: int | None = None


NO_MOMENT = Moment()


def rejected(index: ActivityIndex, history: History) -> Mask:
    """Return the activities that this partner does not want, or not now."""
    return named(index.bit_of, history.unwanted | history.put_off)


def on_cooldown(index: ActivityIndex, history: History, loved: Mask) -> Mask:
    """Return the activities done too recently to be offered again.

    `loved` are the activities that all partners who answered love.
    """
    recent = 0
    for repeat, days in COOLDOWN_DAYS.items():
        recent |= index.by_repeat[repeat] & named(index.bit_of, [id_ for id_, ago in history.done if ago < days])
    return recent & ~(index.by_repeat["ritual"] & loved)
