"""What fits.

Every limit is hard, and where two differ the stricter holds, because sets only shrink when they are intersected.
"""

from collections.abc import Mapping
from typing import NamedTuple

from app.engine.activity_index import UNKNOWN_MINUTES, ActivityIndex
from app.engine.bitset import Mask
from app.engine.self_report import ActivityPreferences, Busyness, Circumstances, Living, PooledReport

TENDER_SEASONS = frozenset({"newborn", "grief", "pregnancy_loss", "illness"})
NOVELTY_LIMITS: Mapping[str | None, int] = {"not_now": 1, "small_step": 2, "ready": 3, None: 3}
COUNTS_FROM = 4
_NO_PREFERENCES, _NO_BUSYNESS, _NO_CIRCUMSTANCES = ActivityPreferences(), Busyness(), Circumstances()


class Taste(NamedTuple):
    """What one partner's likings make of the activities; an activity's liking is the lowest over its kinds."""

    vetoed: Mask
    below_like: Mask
    below_love: Mask
    counted: Mask
    welcomes_quiet: bool


class Limits(NamedTuple):
    """One partner's hard limits: what is left of the catalogue, and the facts that the two share."""

    allowed: Mask
    tender: bool
    living: Living | None
    children_at_home: bool | None
    childcare: bool | None


def limits_of(index: ActivityIndex, report: PooledReport) -> Limits:
    """What one partner's minutes, money, energy, health and readiness leave. An unknown limit is not *no limit*."""
    busyness = report.busyness or _NO_BUSYNESS
    circumstances = report.circumstances or _NO_CIRCUMSTANCES
    slot = busyness.longest_slot_minutes
    allowed = index.by_minutes.within(UNKNOWN_MINUTES if slot is None else slot)
    if busyness.minutes_per_week is not None:
        allowed &= index.by_minutes_a_week.within(busyness.minutes_per_week)
    allowed &= index.by_cost[circumstances.budget]
    if report.novelty is not None:
        allowed &= index.by_novelty.within(NOVELTY_LIMITS[report.novelty.comfort_zone])
    if busyness.energy == "drained":
        allowed &= index.not_lively
    for limit in circumstances.health_limits or ():
        allowed &= ~index.unsuitable[limit]
    if circumstances.alcohol_free:
        allowed &= index.no_alcohol
    return Limits(
        allowed,
        bool(circumstances.season and circumstances.season & TENDER_SEASONS),
        circumstances.living,
        None if circumstances.children_at_home is None else circumstances.children_at_home != "none",
        circumstances.childcare,
    )


def taste_of(index: ActivityIndex, report: PooledReport) -> Taste:
    """What one partner likes, and what counts as time together for them."""
    preferences = report.activity_preferences or _NO_PREFERENCES
    likes = preferences.likes or {}
    vetoed = below_like = below_love = counted = 0
    for kind, mask in index.by_kind.items():
        liking = likes.get(kind)  # type: ignore[call-overload]  # the catalogue's kinds are the report's
        if liking != "love":
            below_love |= mask
            if liking != "like":
                below_like |= mask
                if liking == "avoid":
                    vetoed |= mask
    for kind, rating in (preferences.counts_as_quality_time or {}).items():
        if rating >= COUNTS_FROM:
            counted |= index.by_kind[kind]
    return Taste(vetoed, below_like, below_love, counted, preferences.quiet_is_welcome is True)


def place_fit(index: ActivityIndex, mine: Limits, theirs: Limits | None) -> Mask:
    """What distance, children and a tender season leave.

    Facts of both, so the known answer counts, and the harder of two.
    """
    other = theirs or mine
    homes = mine.living, other.living
    fit = index.everything
    if not (mine.children_at_home or other.children_at_home):
        fit &= index.not_for_parents_only
    if "long_distance" in homes:
        fit &= index.remote
    elif "same_city" not in homes:
        fit &= index.not_for_apart_only
    if not may_be_away((mine.children_at_home, other.children_at_home), (mine.childcare, other.childcare)):
        fit &= index.not_away
    if mine.tender or other.tender:
        fit &= index.not_lively
    return fit


def may_be_away(children_at_home: tuple[bool | None, ...], childcare: tuple[bool | None, ...]) -> bool:
    if True in children_at_home:
        return True in childcare and False not in childcare
    return False in children_at_home or False not in childcare


def conflict_fit(index: ActivityIndex, conflict: int) -> Mask:
    """What may be offered at this level of conflict; `conflict` is the code of the finding, -1 when unknown."""
    return index.by_conflict[conflict]
