"""The self-report in requests: the engine's dataclasses with required answers, ranges and strict types.

Fields are declared again where pydantic would otherwise accept true as 1, or 1 as true.
"""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, with_config
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError

from app.engine import self_report
from app.rulesets.strict_json import drop_nulls, to_integer


def _refuse_truth_values(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


class _DuplicatesAllowed:
    """Leaves `uniqueItems` out of the schema of a set: an item sent twice counts once."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, describe: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = describe(schema)
        described.pop("uniqueItems", None)
        return described


class _NullableEntries:
    """Allows null for the entries of a map in its schema."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, describe: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = describe(schema)
        described["additionalProperties"] = {"anyOf": [described["additionalProperties"], {"type": "null"}]}
        return described


Hours = Annotated[float, Field(strict=True, ge=0, le=168, multiple_of=0.25, allow_inf_nan=False)]
WholeNumber = BeforeValidator(to_integer)
Nights = Annotated[int, Field(strict=True, ge=0, le=31), WholeNumber]
MinutesPerWeek = Annotated[int, Field(strict=True, ge=0, le=1200), WholeNumber]
SlotMinutes = Annotated[int, Field(strict=True, ge=5, le=2880), WholeNumber]
OneToFive = Annotated[self_report.Scale5, BeforeValidator(_refuse_truth_values)]
OneToSeven = Annotated[self_report.Scale7, BeforeValidator(_refuse_truth_values)]
TrueOrFalse = Annotated[bool, Field(strict=True)]
Ratings = Annotated[dict[self_report.Kind, OneToFive], BeforeValidator(drop_nulls), _NullableEntries()]
Member = TypeVar("Member")
SetIn = Annotated[frozenset[Member], _DuplicatesAllowed()]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTogetherIn(self_report.TimeTogether):
    """Time for the two of you over the last two weeks."""

    hours_per_week: Hours
    desired_hours_per_week: Hours | None = None
    engagement: OneToFive | None = None
    date_nights_per_month: Nights | None = None
    we_already: SetIn[self_report.PracticeId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictIn(self_report.Conflict):
    """Conflict between the two of you. `feels_meant_to_hurt` and `being_together_feels` are private."""

    level: self_report.ConflictLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class BusynessIn(self_report.Busyness):
    """The time and energy that everyday life leaves."""

    level: self_report.BusynessLevel
    sources: SetIn[self_report.BusynessSource] | None = None
    minutes_per_week: MinutesPerWeek | None = None
    longest_slot_minutes: SlotMinutes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPreferencesIn(self_report.ActivityPreferences):
    """Liking of activities, and how much they count as time together."""

    likes: Annotated[dict[self_report.Kind, self_report.Liking], BeforeValidator(drop_nulls), _NullableEntries()]
    counts_as_quality_time: Ratings | None = None
    quiet_is_welcome: TrueOrFalse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationIn(self_report.Communication):
    """Talking, silence, openness and trust at present."""

    openness: OneToFive | None = None
    trust: OneToFive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosenessIn(self_report.Closeness):
    """Closeness to the other partner, and the feelings about it."""

    level: OneToSeven | None = None
    feelings: SetIn[self_report.Feeling] | None = None
    priority: OneToFive | None = None
    knows_where_to_start: TrueOrFalse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoveltyIn(self_report.Novelty):
    """Habit, boredom and the wish for something new."""

    routine: OneToFive | None = None
    boredom: OneToFive | None = None
    shared_purpose: TrueOrFalse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CircumstancesIn(self_report.Circumstances):
    """Home, children, money, health and season of life."""

    childcare: TrueOrFalse | None = None
    guilt_about_time_for_two: TrueOrFalse | None = None
    health_limits: SetIn[self_report.HealthLimit] | None = None
    season: SetIn[self_report.Season] | None = None
    alcohol_free: TrueOrFalse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateIn(self_report.Private):
    """Private answers, which change their owner's own view alone."""

    physical_closeness: OneToFive | None = None
    feels_rejected: TrueOrFalse | None = None
    leaning_out: TrueOrFalse | None = None
    recent_breach: TrueOrFalse | None = None


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class SelfReportIn(self_report.SelfReport):
    """A partner's answers at one time. Four groups are required; an answer left out, or null, is unknown."""

    time_together: TimeTogetherIn
    conflict: ConflictIn
    busyness: BusynessIn
    activity_preferences: ActivityPreferencesIn
    communication: CommunicationIn | None = None
    closeness: ClosenessIn | None = None
    novelty: NoveltyIn | None = None
    circumstances: CircumstancesIn | None = None
    private: PrivateIn | None = None
    keep_private: SetIn[self_report.PooledPath] | None = None
