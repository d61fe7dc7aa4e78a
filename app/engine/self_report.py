"""The self-report of one partner, and the part of it that may shape what the other partner is offered.

Every answer may be absent: `None` means *unknown*, never a default. The API decides which answers it requires.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, get_args

from app.engine.answer_types import (
    AffectionInterest,
    AgreedAffection,
    BeingTogether,
    Budget,
    BusynessLevel,
    BusynessSource,
    ChildrenAtHome,
    ComfortZone,
    Comparison,
    ConflictLevel,
    ConflictPattern,
    DrinkWorry,
    Energy,
    EnoughTime,
    EverydayMoments,
    FairShare,
    Feeling,
    Goal,
    GoingWell,
    HealthLimit,
    HomeFact,
    HoursAwake,
    HowOften,
    Humiliated,
    Kind,
    Liking,
    Living,
    Mood,
    PooledPath,
    PracticeId,
    Regularity,
    SafetyAnswer,
    Scale5,
    Scale7,
    Season,
    SilenceComfort,
    Stress,
    SupportKind,
    TalkEase,
    TimePattern,
    Topic,
    UnresolvedIssues,
    WhatHelps,
    Willingness,
    YesNo,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTogether:
    """Answers about time together. Hours are those for the two of them alone, in steps of a quarter."""

    hours_per_week: float | None = None
    desired_hours_per_week: float | None = None
    feels: EnoughTime | None = None
    compared_with_others: Comparison | None = None
    regularity: Regularity | None = None
    engagement: Scale5 | None = None
    mostly: TimePattern | None = None
    date_nights_per_month: int | None = None
    everyday_moments: EverydayMoments | None = None
    we_already: frozenset[PracticeId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledConflict:
    """Answers about conflict that may reach the other partner's view."""

    level: ConflictLevel | None = None
    unresolved_issues: UnresolvedIssues | None = None
    pattern: ConflictPattern | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict(PooledConflict):
    """Answers about conflict, with the two that are private."""

    feels_meant_to_hurt: HowOften | None = None
    being_together_feels: BeingTogether | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Busyness:
    """Answers about a full week.

    `minutes_per_week` limits every activity by itself, and a ritual by all its times in a week.
    """

    level: BusynessLevel | None = None
    sources: frozenset[BusynessSource] | None = None
    energy: Energy | None = None
    stress: Stress | None = None
    minutes_per_week: int | None = None
    longest_slot_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPreferences:
    """Answers about kinds of activities. A kind that is not rated counts as `ok`; `avoid` is a veto.

    The liking of the kind `touch` stays with its owner: it is never pooled.
    """

    likes: Mapping[Kind, Liking] | None = None
    counts_as_quality_time: Mapping[Kind, Scale5] | None = None
    quiet_is_welcome: YesNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Communication:
    """Answers about talking. Openness and trust run from 1, low, to 5, high."""

    ease: TalkEase | None = None
    silence: SilenceComfort | None = None
    openness: Scale5 | None = None
    trust: Scale5 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closeness:
    """Answers about closeness.

    Level runs from 1, strangers, to 7, as close as can be; priority from 1, last, to 5, first; understood from 1, my
    partner does not get me, to 5, gets me.
    """

    level: Scale7 | None = None
    feelings: frozenset[Feeling] | None = None
    appreciated: HowOften | None = None
    priority: Scale5 | None = None
    knows_where_to_start: YesNo | None = None
    understood: Scale5 | None = None
    going_well: frozenset[GoingWell] | None = None
    fair_share: FairShare | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """Answers about novelty. Routine runs from 1, varied, to 5; boredom from 1, not at all, to 5."""

    routine: Scale5 | None = None
    boredom: Scale5 | None = None
    comfort_zone: ComfortZone | None = None
    shared_purpose: YesNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Answers about circumstances: home, children, money, health, season of life.

    The member `separation` of the season stays with its owner: it is never pooled.
    """

    children_at_home: ChildrenAtHome | None = None
    childcare: YesNo | None = None
    guilt_about_time_for_two: YesNo | None = None
    living: Living | None = None
    budget: Budget | None = None
    health_limits: frozenset[HealthLimit] | None = None
    season: frozenset[Season] | None = None
    home: frozenset[HomeFact] | None = None
    awake_together: frozenset[HoursAwake] | None = None
    what_helps: frozenset[WhatHelps] | None = None
    alcohol_free: YesNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Answers that may change only their owner's own view."""

    willingness: Willingness | None = None
    partner_responds_warmly: HowOften | None = None
    physical_closeness: Scale5 | None = None
    feels_rejected: YesNo | None = None
    mood: Mood | None = None
    worried_about_drink: frozenset[DrinkWorry] | None = None
    leaning_out: YesNo | None = None
    recent_breach: YesNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutual:
    """Answers that add something only where both partners gave the same. `about` names three topics at most."""

    about: frozenset[Topic] | None = None
    affection: AffectionInterest | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both partners said: the affection both are open to, the topics both named, the paths both began."""

    affection: AgreedAffection | None = None
    about: frozenset[Topic] = frozenset()
    paths: frozenset[str] = frozenset()


NO_AGREEMENT = Agreed()
_OPEN_TO_AFFECTION: tuple[AgreedAffection, ...] = get_args(AgreedAffection)
"""From the lower to the higher."""


def agree(a: Mutual | None, b: Mutual | None) -> Agreed:
    """Return what both partners said; a no, no answer and another answer are all the same: nothing."""
    if a is None or b is None:
        return NO_AGREEMENT
    affection = None
    if a.affection in _OPEN_TO_AFFECTION and b.affection in _OPEN_TO_AFFECTION:
        affection = min(a.affection, b.affection, key=_OPEN_TO_AFFECTION.index)
    return Agreed(affection, (a.about or frozenset()) & (b.about or frozenset()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """Answers about safety in the last twelve months. `skip` counts as no answer."""

    fear: SafetyAnswer | None = None
    hurt: SafetyAnswer | None = None
    injury: SafetyAnswer | None = None
    threat: SafetyAnswer | None = None
    forced: SafetyAnswer | None = None
    control: SafetyAnswer | None = None
    humiliated: Humiliated | None = None
    self_harm: SafetyAnswer | None = None
    worried_about_own_acts: SafetyAnswer | None = None

    @property
    def all_skipped(self) -> bool | None:
        """Return whether every question was skipped; None where none was answered."""
        distinct = {getattr(self, name) for name in SAFETY_QUESTIONS}
        return None if distinct == {None} else distinct == {"skip"}


SAFETY_QUESTIONS = tuple(field.name for field in fields(Safety))


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledReport:
    """A report without its private and mutual parts: it has no field for them, so no view can depend on one."""

    goal: Goal | None = None
    time_together: TimeTogether | None = None
    conflict: PooledConflict | None = None
    busyness: Busyness | None = None
    activity_preferences: ActivityPreferences | None = None
    communication: Communication | None = None
    closeness: Closeness | None = None
    novelty: Novelty | None = None
    circumstances: Circumstances | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfReport:
    """A full report. `keep_private` names the answers that are kept from the pool."""

    goal: Goal | None = None
    time_together: TimeTogether | None = None
    conflict: Conflict | None = None
    busyness: Busyness | None = None
    activity_preferences: ActivityPreferences | None = None
    communication: Communication | None = None
    closeness: Closeness | None = None
    novelty: Novelty | None = None
    circumstances: Circumstances | None = None
    private: Private | None = None
    mutual: Mutual | None = None
    safety: Safety | None = None
    keep_private: frozenset[PooledPath] | None = None


_POOLED_FIELDS = tuple(field.name for field in fields(PooledReport))
_POOLED_CONFLICT_FIELDS = tuple(field.name for field in fields(PooledConflict))
GRAVEST_FIRST: tuple[SupportKind, ...] = ("crisis", "danger", "concern", "own_acts")
_NO_ANSWERS = Safety()
OWN_KIND: Kind = "touch"
OWN_SEASON: Season = "separation"
"""The liking of this kind and this member of the season count in their owner's view alone."""


SAFETY_LINES = ("hurt", "threat", "forced", "control")
"""The dangers that support has a line of its own for: `hurt` for an injury too, none for fear, which the text names."""


def marked_dangers(safety: Safety | None) -> tuple[str, ...]:
    """Return the dangers with a line of their own that these answers name."""
    if safety is None:
        return ()
    marked = {line for line in SAFETY_LINES if getattr(safety, line) == "yes"}
    if safety.injury == "yes":
        marked.add("hurt")
    return tuple(line for line in SAFETY_LINES if line in marked)


def support_kinds(safety: Safety | None) -> tuple[SupportKind, ...]:
    """Return the kinds of support that these answers call for, gravest first; empty when none does."""
    # Each item counts by itself: a sum could let several harmless answers hide a grave one.
    if safety is None or safety == _NO_ANSWERS:
        return ()
    dangers = (safety.fear, safety.hurt, safety.injury, safety.threat, safety.forced, safety.control)
    applies: dict[SupportKind, bool] = {
        "crisis": safety.self_harm == "yes",
        "danger": "yes" in dangers,
        "concern": safety.humiliated == "often",
        "own_acts": safety.worried_about_own_acts == "yes",
    }
    return tuple(kind for kind in GRAVEST_FIRST if applies[kind])


def answer_at(report: PooledReport | SelfReport, path: str) -> Any:
    """Return one answer of a report by its path; None when it is not there."""
    group, name = _PARTS[path]
    answers = getattr(report, group)
    return answers if not name or answers is None else getattr(answers, name)


class _Parts(dict[str, tuple[str, str]]):
    # Attributes are found sooner by names that stay the same objects.
    def __missing__(self, path: str) -> tuple[str, str]:
        group, _, name = path.partition(".")
        self[path] = group, name
        return group, name


_PARTS = _Parts()


def pool(report: SelfReport) -> PooledReport:
    """Return the part of the report that may shape the other partner's view."""
    pooled = PooledReport(**_without_own_members(_poolable_parts(report)))
    # Sorted, because a set has no order of its own and the same report must give the same result.
    for path in sorted(report.keep_private or ()):
        pooled = leave_out(pooled, path)
    return pooled


def poolable(report: SelfReport) -> PooledReport:
    """Return all answers of the pooled kind, those kept from the pool too, for their owner's own view.

    The liking of touch and the season `separation` are among them, which `pool` leaves out.
    """
    return PooledReport(**_poolable_parts(report))


def _poolable_parts(report: SelfReport) -> dict[str, Any]:
    parts = {name: getattr(report, name) for name in _POOLED_FIELDS}
    conflict = report.conflict
    # A conflict answer has private fields too, so the pooled ones alone are copied.
    if conflict is not None:
        parts["conflict"] = PooledConflict(**{name: getattr(conflict, name) for name in _POOLED_CONFLICT_FIELDS})
    return parts


def avoids_touch(report: SelfReport) -> bool:
    """Tell whether the report has a veto of touch, which is never pooled."""
    preferences = report.activity_preferences
    return preferences is not None and (preferences.likes or {}).get(OWN_KIND) == "avoid"


def _without_own_members(parts: dict[str, Any]) -> dict[str, Any]:
    preferences: ActivityPreferences | None = parts["activity_preferences"]
    circumstances: Circumstances | None = parts["circumstances"]
    if preferences and OWN_KIND in (preferences.likes or ()):
        likes = {kind: liking for kind, liking in (preferences.likes or {}).items() if kind != OWN_KIND}
        parts["activity_preferences"] = replace(preferences, likes=likes)
    if circumstances and OWN_SEASON in (circumstances.season or ()):
        parts["circumstances"] = replace(circumstances, season=(circumstances.season or frozenset()) - {OWN_SEASON})
    return parts


def leave_out(pooled: PooledReport, path: str) -> PooledReport:
    """Return the report without one answer."""
    group, _, answer = path.partition(".")
    # The goal is an answer without a group.
    if not answer:
        return replace(pooled, **{group: None})
    answers = getattr(pooled, group)
    return pooled if answers is None else replace(pooled, **{group: replace(answers, **{answer: None})})
