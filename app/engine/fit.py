"""The activities that fit: what the masks of the hard limits leave, for one partner and for two.

Every limit is hard, and where two differ the stricter holds, because sets only shrink when they are intersected.
"""

from typing import NamedTuple

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask
from app.engine.self_report import ActivityPreferences, PooledReport

COUNTS_FROM = 4
"""The rating, of 1 to 5, from which a kind of activity counts as time together."""
_NO_PREFERENCES = ActivityPreferences()


class Taste(NamedTuple):
    """A partner's likings as sets of activities; an activity's liking is the lowest over its kinds."""

    vetoed: Mask
    below_like: Mask
    below_love: Mask
    counted: Mask
    welcomes_quiet: bool


class Limits(NamedTuple):
    """A partner's hard limits: the activities that they leave, and the facts of the couple that they state."""

    allowed: Mask
    facts: Mask


def limits_of(index: ActivityIndex, report: PooledReport) -> Limits:
    """Return what one partner's answers leave. An unknown limit is not *no limit*."""
    return Limits(*index.constraints.read(report))


def taste_of(index: ActivityIndex, report: PooledReport) -> Taste:
    """Return one partner's likings, and what counts as time together for them."""
    preferences = report.activity_preferences or _NO_PREFERENCES
    likes, vetoes = preferences.likes or {}, index.constraints.vetoes
    vetoed = below_like = below_love = counted = 0
    for kind, mask in index.by_kind.items():
        liking = likes.get(kind)  # type: ignore[call-overload]  # the catalogue's kinds are the report's
        if liking != "love":
            below_love |= mask
            if liking != "like":
                below_like |= mask
    for kind, liking in likes.items():
        if liking in vetoes:
            vetoed |= vetoes[liking][kind]
    for kind, rating in (preferences.counts_as_quality_time or {}).items():
        if rating >= COUNTS_FROM:
            counted |= index.by_kind[kind]
    return Taste(vetoed, below_like, below_love, counted, preferences.quiet_is_welcome is True)


def place_fit(index: ActivityIndex, mine: Limits, theirs: Limits | None) -> Mask:
    """Return what distance, children and a tender season leave: facts of both, so either one's answer states them."""
    return index.constraints.by_facts[mine.facts if theirs is None else mine.facts | theirs.facts]


def conflict_fit(index: ActivityIndex, conflict: int) -> Mask:
    """Return what may be offered at this level of conflict; `conflict` is the code of the finding, -1 when unknown."""
    return index.constraints.by_conflict[conflict]
