"""A self-report as it arrives.

The engine's own dataclasses, with the four answers that are asked for at least and the ranges.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.engine.self_report import (
    ActivityPreferences,
    Busyness,
    BusynessLevel,
    Conflict,
    ConflictLevel,
    Kind,
    Liking,
    SelfReport,
    TimeTogether,
)

Hours = Annotated[float, Field(strict=True, ge=0, le=168, multiple_of=0.25, allow_inf_nan=False)]
Nights = Annotated[int, Field(strict=True, ge=0, le=31)]
MinutesPerWeek = Annotated[int, Field(strict=True, ge=0, le=1200)]
SlotMinutes = Annotated[int, Field(strict=True, ge=5, le=2880)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTogetherIn(TimeTogether):
    """Time that was for the two of you, over the last two weeks."""

    hours_per_week: Hours
    desired_hours_per_week: Hours | None = None
    date_nights_per_month: Nights | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictIn(Conflict):
    """How the two of you disagree. `feels_meant_to_hurt` and `being_together_feels` are private."""

    level: ConflictLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class BusynessIn(Busyness):
    """What is left of the days, in time and in energy."""

    level: BusynessLevel
    minutes_per_week: MinutesPerWeek | None = None
    longest_slot_minutes: SlotMinutes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPreferencesIn(ActivityPreferences):
    """What you like, and what counts as time together for you."""

    likes: dict[Kind, Liking]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfReportIn(SelfReport):
    """One partner's answers at one time. Four groups are required; whatever else is left out, or null, is unknown."""

    time_together: TimeTogetherIn
    conflict: ConflictIn
    busyness: BusynessIn
    activity_preferences: ActivityPreferencesIn
