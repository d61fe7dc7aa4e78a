"""What keeps an activity out of a view: every hard limit that fails, whose it is, what is asked and what there is.

It says limit by limit what `fit` decides with masks, and a test compares the two.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from app.engine.activity_index import UNKNOWN_MINUTES
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.fit import COUNTS_FROM, NOVELTY_LIMITS, TENDER_SEASONS, may_be_away
from app.engine.ruleset import Activity
from app.engine.selection import Offer
from app.engine.self_report import Budget, ComfortZone, PooledReport, answer_at
from app.engine.verdicts import Reading, Situation

AnswerValue = str | bool | int | float | tuple[str, ...] | None

_BUDGETS: tuple[str, ...] = get_args(Budget)
_ZONES: tuple[str, ...] = get_args(ComfortZone)
_CONFLICTS = ("rare", "occasional", "frequent", "chronic")
_NEITHER_NEAR_NOR_FAR = "same_city"
_WITH_CHILDREN = ("under_6", "from_6_to_12", "teens", "mixed")


class UnmetConstraint(NamedTuple):
    """One limit that fails. `needs` is what the activity asks, `has` the viewer's own answer (None: not given).

    Of sets, `needs` holds nothing: none of what `has` lists may be there. `kind` says which kind of activity is vetoed.
    """

    constraint: str
    needs: AnswerValue = None
    has: AnswerValue = None
    kind: str | None = None

    @property
    def is_named(self) -> bool:
        """Whether it rests on an answer of the viewer that may be said aloud."""
        return self not in (SHARED, PRIVATE_LIMIT)


SHARED = UnmetConstraint("both_of_you")
"""A limit that the other's answer alone sets: neither which nor how many of them is said."""
PRIVATE_LIMIT = UnmetConstraint("private")


def find_unmet_constraints(situation: Situation, position: int) -> tuple[UnmetConstraint, ...]:
    """The limits that keep an activity out; of the other's, that there is one."""
    compiled, own, other = situation.compiled, situation.own, situation.other
    activity = compiled.index.order[position]
    found = {(each.constraint, each.kind): each for each in _limits_of_one(activity, own.report)}
    is_shared = False
    if other is not None:
        theirs = _limits_of_one(activity, other.report) if activity.together else _vetoes(activity, other.report)
        is_shared = any((each.constraint, each.kind) not in found for each in theirs)
    mine = {each.constraint: each for each in _facts(compiled, activity, position, own)}
    for constraint in _failing_facts(situation, activity, position):
        if constraint in mine:
            found[constraint, None] = mine[constraint]
        else:
            is_shared = True
    given = [*found.values()]
    if is_shared:
        given.append(SHARED)
    if situation.takes_small_steps and not compiled.index.small_steps >> position & 1:
        given.append(PRIVATE_LIMIT)
    return tuple(given)


def passive_hindrance(situation: Situation, offer: Offer, position: int) -> tuple[UnmetConstraint, ...]:
    """Something passive may come as company only, unless each who was heard counts it as time together."""
    index, own = situation.compiled.index, situation.own
    bit = 1 << position
    if not offer.passive & bit:
        return ()
    if own.taste.counted & bit or (own.taste.welcomes_quiet and index.by_kind["quiet"] & bit):
        return (SHARED,)
    rated = answer_at(own.report, "activity_preferences.counts_as_quality_time") or {}
    ratings = [rated[kind] for kind in index.order[position].kinds if kind in rated]
    return (UnmetConstraint("counts_as_quality_time", COUNTS_FROM, max(ratings, default=None)),)


def _limits_of_one(activity: Activity, report: PooledReport) -> Iterator[UnmetConstraint]:
    """What one partner's minutes, money, energy, health and likings say against it."""
    slot = answer_at(report, "busyness.longest_slot_minutes")
    if activity.minutes > (UNKNOWN_MINUTES if slot is None else slot):
        yield UnmetConstraint("longest_slot_minutes", activity.minutes, slot)
    week = answer_at(report, "busyness.minutes_per_week")
    if week is not None and (activity.minutes_a_week or 0) > week:
        yield UnmetConstraint("minutes_per_week", activity.minutes_a_week, week)
    budget = answer_at(report, "circumstances.budget")
    if _BUDGETS.index(activity.cost) > _BUDGETS.index(budget or "low"):
        yield UnmetConstraint("budget", activity.cost, budget)
    energy = answer_at(report, "busyness.energy")
    if energy == "drained" and activity.energy == "lively":
        yield UnmetConstraint("energy", activity.energy, energy)
    zone = answer_at(report, "novelty.comfort_zone")
    if activity.novelty > NOVELTY_LIMITS[zone]:
        needs = next(level for level in _ZONES if activity.novelty <= NOVELTY_LIMITS[level])
        yield UnmetConstraint("comfort_zone", needs, zone)
    limits = sorted(set(answer_at(report, "circumstances.health_limits") or ()) & set(activity.unsuitable_for))
    if limits:
        yield UnmetConstraint("health_limits", (), tuple(limits))
    if activity.alcohol and answer_at(report, "circumstances.alcohol_free"):
        yield UnmetConstraint("alcohol_free", needs=False, has=True)
    yield from _vetoes(activity, report)


def _vetoes(activity: Activity, report: PooledReport) -> Iterator[UnmetConstraint]:
    """A veto of either holds for both, and for what one may do alone too."""
    likes = answer_at(report, "activity_preferences.likes") or {}
    for kind in activity.kinds:
        if likes.get(kind) == "avoid":
            yield UnmetConstraint("likes", "ok", "avoid", kind)


def _facts(compiled: CompiledRuleset, activity: Activity, position: int, own: Reading) -> Iterator[UnmetConstraint]:
    """What is true of both, as far as the viewer's own answers say so."""
    report, limits = own.report, own.limits
    by_conflict = compiled.index.by_conflict
    if not by_conflict[own.codes[compiled.conflict]] >> position & 1:
        highest = max(level for level in range(len(_CONFLICTS)) if by_conflict[level] >> position & 1)
        yield UnmetConstraint("conflict", _CONFLICTS[highest], answer_at(report, "conflict.level"))
    if activity.parents_only and not limits.children_at_home:
        yield UnmetConstraint("children", _WITH_CHILDREN, answer_at(report, "circumstances.children_at_home"))
    if activity.children == "away" and not may_be_away((limits.children_at_home,), (limits.childcare,)):
        yield UnmetConstraint("childcare", needs=True, has=limits.childcare)
    if not _suits_homes(activity, (limits.living,)):
        yield UnmetConstraint("living", _NEITHER_NEAR_NOR_FAR, limits.living)
    if limits.tender and activity.energy == "lively":
        seasons = answer_at(report, "circumstances.season") & TENDER_SEASONS
        yield UnmetConstraint("season", (), tuple(sorted(seasons)))


def _failing_facts(situation: Situation, activity: Activity, position: int) -> Iterator[str]:
    """The facts of both that keep it out, whoever gave them."""
    compiled, own, other = situation.compiled, situation.own, situation.other
    both = [own.limits] if other is None else [own.limits, other.limits]
    if not compiled.index.by_conflict[situation.verdicts.codes[compiled.conflict]] >> position & 1:
        yield "conflict"
    if activity.parents_only and not any(each.children_at_home for each in both):
        yield "children"
    at_home, childcare = tuple(each.children_at_home for each in both), tuple(each.childcare for each in both)
    if activity.children == "away" and not may_be_away(at_home, childcare):
        yield "childcare"
    if not _suits_homes(activity, [each.living for each in both]):
        yield "living"
    if activity.energy == "lively" and any(each.tender for each in both):
        yield "season"


def _suits_homes(activity: Activity, homes: Sequence[str | None]) -> bool:
    if "long_distance" in homes:
        return activity.remote
    return "same_city" in homes or not activity.apart_only
