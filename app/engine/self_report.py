"""The self-report of one partner, and the part of it that may shape what the other partner is offered.

Every answer may be absent: `None` means *unknown*, never a default. The API decides which answers it requires.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

Goal = Literal["repair", "strengthen"]
EnoughTime = Literal["far_too_little", "too_little", "about_right", "enough", "plenty", "too_much"]
Comparison = Literal["less", "same", "more", "do_not_compare"]
Regularity = Literal["irregular", "weekly", "several_a_week", "daily"]
TimePattern = Literal["passive", "date_night", "mixed", "interactive"]
EverydayMoments = Literal["none", "rare", "some", "daily"]
ConflictLevel = Literal["rare", "occasional", "frequent", "chronic"]
UnresolvedIssues = Literal["none", "some", "many"]
ConflictPattern = Literal[
    "discuss", "both_avoid", "i_push_partner_withdraws", "partner_pushes_i_withdraw", "both_blame"
]
HowOften = Literal["never", "rarely", "sometimes", "often", "always"]
BeingTogether = Literal["looked_forward_to", "neutral", "an_effort", "overwhelming", "avoided"]
BusynessLevel = Literal["slack", "normal", "full", "overloaded"]
BusynessSource = Literal[
    "work", "shift_work", "study", "childcare", "eldercare", "health", "commute", "household", "other"
]
Energy = Literal["drained", "ok", "lively"]
Stress = Literal["none", "some", "high", "overwhelming"]
Kind = Literal[
    "screen",
    "meal",
    "cooking",
    "walk",
    "talk",
    "writing",
    "hobby",
    "craft",
    "outing",
    "household",
    "quiet",
    "game",
    "learning",
    "volunteering",
    "sport",
    "dance",
    "music",
    "nature",
    "touch",
]
Liking = Literal["avoid", "ok", "like", "love"]
YesNo = Literal[True, False]
Scale5 = Literal[1, 2, 3, 4, 5]
Scale7 = Literal[1, 2, 3, 4, 5, 6, 7]
TalkEase = Literal["strained", "effortful", "easy"]
SilenceComfort = Literal["uncomfortable", "neutral", "comfortable"]
Feeling = Literal[
    "disconnected",
    "grown_apart",
    "unimportant",
    "unloved",
    "lonely",
    "frustrated",
    "confused",
    "distant",
    "hopeful",
]
ComfortZone = Literal["not_now", "small_step", "ready"]
ChildrenAtHome = Literal["none", "under_6", "from_6_to_12", "teens", "mixed"]
Living = Literal["same_home", "same_city", "long_distance"]
Budget = Literal["free", "low", "medium", "high"]
HealthLimit = Literal["mobility", "pain", "fatigue", "sensory", "other"]
Season = Literal["newborn", "pregnancy_loss", "grief", "illness", "recovery", "separation", "new_job", "moving"]
Willingness = Literal["no", "small_steps", "yes"]
AffectionInterest = Literal["no", "everyday_touch", "open"]
SafetyAnswer = Literal["no", "yes", "skip"]
Humiliated = Literal["never", "rarely", "sometimes", "often", "skip"]
SupportKind = Literal["crisis", "danger", "concern", "own_acts"]
PracticeId = Literal[
    "protected_time",
    "everyday_moments",
    "shared_meaning",
    "interactive_time",
    "communication_exercises",
    "check_ins_and_affirmations",
    "gratitude_and_surprise",
    "shared_hobby",
    "retreat",
    "learn_together",
    "serve_together",
    "explore_together",
    "affection",
]
PooledPath = Literal[
    "goal",
    "time_together.hours_per_week",
    "time_together.desired_hours_per_week",
    "time_together.feels",
    "time_together.compared_with_others",
    "time_together.regularity",
    "time_together.engagement",
    "time_together.mostly",
    "time_together.date_nights_per_month",
    "time_together.everyday_moments",
    "time_together.we_already",
    "conflict.level",
    "conflict.unresolved_issues",
    "conflict.pattern",
    "busyness.level",
    "busyness.sources",
    "busyness.energy",
    "busyness.stress",
    "busyness.minutes_per_week",
    "busyness.longest_slot_minutes",
    "activity_preferences.likes",
    "activity_preferences.counts_as_quality_time",
    "activity_preferences.quiet_is_welcome",
    "communication.ease",
    "communication.silence",
    "communication.openness",
    "communication.trust",
    "closeness.level",
    "closeness.feelings",
    "closeness.appreciated",
    "closeness.priority",
    "closeness.knows_where_to_start",
    "novelty.routine",
    "novelty.boredom",
    "novelty.comfort_zone",
    "novelty.shared_purpose",
    "circumstances.children_at_home",
    "circumstances.childcare",
    "circumstances.guilt_about_time_for_two",
    "circumstances.living",
    "circumstances.budget",
    "circumstances.health_limits",
    "circumstances.season",
    "circumstances.alcohol_free",
]


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
    """Answers about kinds of activities. A kind that is not rated counts as `ok`; `avoid` is a veto."""

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
    """Answers about closeness. Level runs from 1, strangers, to 7, as close as can be; priority from 1 to 5, first."""

    level: Scale7 | None = None
    feelings: frozenset[Feeling] | None = None
    appreciated: HowOften | None = None
    priority: Scale5 | None = None
    knows_where_to_start: YesNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Novelty:
    """Answers about novelty. Routine runs from 1, varied, to 5; boredom from 1, not at all, to 5."""

    routine: Scale5 | None = None
    boredom: Scale5 | None = None
    comfort_zone: ComfortZone | None = None
    shared_purpose: YesNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Answers about circumstances: home, children, money, health, season of life."""

    children_at_home: ChildrenAtHome | None = None
    childcare: YesNo | None = None
    guilt_about_time_for_two: YesNo | None = None
    living: Living | None = None
    budget: Budget | None = None
    health_limits: frozenset[HealthLimit] | None = None
    season: frozenset[Season] | None = None
    alcohol_free: YesNo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Answers that may change only their owner's own view."""

    willingness: Willingness | None = None
    partner_responds_warmly: HowOften | None = None
    physical_closeness: Scale5 | None = None
    feels_rejected: YesNo | None = None
    affection_interest: AffectionInterest | None = None
    leaning_out: YesNo | None = None
    recent_breach: YesNo | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledReport:
    """A report without its private part: there is no field for a private answer, so no view can depend on one."""

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
    safety: Safety | None = None
    keep_private: frozenset[PooledPath] | None = None


_POOLED_FIELDS = tuple(field.name for field in fields(PooledReport))
_POOLED_CONFLICT_FIELDS = tuple(field.name for field in fields(PooledConflict))
GRAVEST_FIRST: tuple[SupportKind, ...] = ("crisis", "danger", "concern", "own_acts")
_NO_ANSWERS = Safety()


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
    group, _, name = path.partition(".")
    answers = getattr(report, group)
    return answers if not name or answers is None else getattr(answers, name)


def pool(report: SelfReport) -> PooledReport:
    """Return the part of the report that may shape the other partner's view."""
    pooled = poolable(report)
    # Sorted, because a set has no order of its own and the same report must give the same result.
    for path in sorted(report.keep_private or ()):
        pooled = _without(pooled, path)
    return pooled


def poolable(report: SelfReport) -> PooledReport:
    """Return all answers of the pooled kind, those kept from the pool too, for their owner's own view."""
    return PooledReport(**_pooled_parts(report, PooledConflict))


def without_private(report: SelfReport) -> SelfReport:
    """Return the report without private answers and without those kept from the pool, for a quiet view."""
    # `keep_private` itself is left out: it tells that there is something to keep.
    return SelfReport(**_pooled_parts(pool(report), Conflict))


def _pooled_parts(report: PooledReport | SelfReport, conflict_kind: type[PooledConflict]) -> dict[str, Any]:
    parts = {name: getattr(report, name) for name in _POOLED_FIELDS}
    conflict = report.conflict
    # A conflict answer has private fields too, so the pooled ones alone are copied.
    if conflict is not None:
        parts["conflict"] = conflict_kind(**{name: getattr(conflict, name) for name in _POOLED_CONFLICT_FIELDS})
    return parts


def _without(pooled: PooledReport, path: str) -> PooledReport:
    group, _, answer = path.partition(".")
    # The goal is an answer without a group.
    if not answer:
        return replace(pooled, **{group: None})
    answers = getattr(pooled, group)
    return pooled if answers is None else replace(pooled, **{group: replace(answers, **{answer: None})})
