"""The self-report in requests: the engine's dataclasses with required answers, ranges and strict types.

Fields are declared again where pydantic would otherwise accept true as 1, or 1 as true. Ranges stand there twice, for
pydantic and for msgspec.
"""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from msgspec import Meta
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, with_config
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError

from app.api.http.fields import WholeNumber
from app.engine import answer_types, self_report
from app.rulesets.strict_json import drop_nulls, read_quickly


def _refuse_truth_values(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


def _require_quarter_hours(hours: float) -> float:
    # Pydantic takes what is close to a multiple, msgspec and JSON Schema do not.
    if hours % _QUARTER:
        raise PydanticKnownError("multiple_of", {"multiple_of": _QUARTER})
    return hours


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


_QUARTER = 0.25
Hours = Annotated[
    float,
    Field(strict=True, ge=0, le=168, multiple_of=_QUARTER, allow_inf_nan=False),
    Meta(ge=0, le=168, multiple_of=_QUARTER),
    AfterValidator(_require_quarter_hours),
]
Nights = Annotated[int, Field(strict=True, ge=0, le=31), WholeNumber, Meta(ge=0, le=31)]
MinutesPerWeek = Annotated[int, Field(strict=True, ge=0, le=1200), WholeNumber, Meta(ge=0, le=1200)]
SlotMinutes = Annotated[int, Field(strict=True, ge=5, le=2880), WholeNumber, Meta(ge=5, le=2880)]
OneToFive = Annotated[answer_types.Scale5, BeforeValidator(_refuse_truth_values)]
OneToSeven = Annotated[answer_types.Scale7, BeforeValidator(_refuse_truth_values)]
TrueOrFalse = Annotated[bool, Field(strict=True)]
Ratings = Annotated[dict[answer_types.Kind, OneToFive], BeforeValidator(drop_nulls), _NullableEntries()]
Likings = Annotated[dict[answer_types.Kind, answer_types.Liking], BeforeValidator(drop_nulls), _NullableEntries()]
Member = TypeVar("Member")
TOPIC_LIMIT = 3
SetIn = Annotated[frozenset[Member], _DuplicatesAllowed()]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTimeTogetherIn(self_report.TimeTogether):
    """Time for the two of you over the last two weeks, as far as it was answered."""

    hours_per_week: Hours | None = None
    desired_hours_per_week: Hours | None = None
    engagement: OneToFive | None = None
    date_nights_per_month: Nights | None = None
    we_already: SetIn[answer_types.PracticeId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTogetherIn(PartialTimeTogetherIn):
    """Time for the two of you over the last two weeks."""

    hours_per_week: Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialConflictIn(self_report.Conflict):
    """Conflict between the two of you, as far as it was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictIn(PartialConflictIn):
    """Conflict between the two of you."""

    level: answer_types.ConflictLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialBusynessIn(self_report.Busyness):
    """The time and energy that everyday life leaves, as far as it was answered."""

    sources: SetIn[answer_types.BusynessSource] | None = None
    minutes_per_week: MinutesPerWeek | None = None
    longest_slot_minutes: SlotMinutes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusynessIn(PartialBusynessIn):
    """The time and energy that everyday life leaves."""

    level: answer_types.BusynessLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPreferencesIn(self_report.ActivityPreferences):
    """Liking of activities. That of `touch` is read as private."""

    likes: Likings | None = None
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
    feelings: SetIn[answer_types.Feeling] | None = None
    priority: OneToFive | None = None
    knows_where_to_start: TrueOrFalse | None = None
    understood: OneToFive | None = None
    going_well: SetIn[answer_types.GoingWell] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoveltyIn(self_report.Novelty):
    """Habit, boredom and the wish for something new."""

    routine: OneToFive | None = None
    boredom: OneToFive | None = None
    shared_purpose: TrueOrFalse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CircumstancesIn(self_report.Circumstances):
    """Home, children, money, health and season of life. The season `separation` counts in its owner's view alone."""

    childcare: TrueOrFalse | None = None
    guilt_about_time_for_two: TrueOrFalse | None = None
    health_limits: SetIn[answer_types.HealthLimit] | None = None
    season: SetIn[answer_types.Season] | None = None
    home: SetIn[answer_types.HomeFact] | None = None
    awake_together: SetIn[answer_types.HoursAwake] | None = None
    what_helps: SetIn[answer_types.WhatHelps] | None = None
    alcohol_free: TrueOrFalse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateIn(self_report.Private):
    """Private answers, which change their owner's own view alone."""

    physical_closeness: OneToFive | None = None
    feels_rejected: TrueOrFalse | None = None
    worried_about_drink: SetIn[answer_types.DrinkWorry] | None = None
    leaning_out: TrueOrFalse | None = None
    recent_breach: TrueOrFalse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MutualIn(self_report.Mutual):
    """Answers that add something only where both partners gave the same."""

    about: Annotated[SetIn[answer_types.Topic], Field(max_length=TOPIC_LIMIT), Meta(max_length=TOPIC_LIMIT)] | None = (
        None
    )


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class PartialReportIn(self_report.SelfReport):
    """A partner's answers as far as they go. An answer left out, or null, is open."""

    time_together: PartialTimeTogetherIn | None = None
    conflict: PartialConflictIn | None = None
    busyness: PartialBusynessIn | None = None
    activity_preferences: ActivityPreferencesIn | None = None
    communication: CommunicationIn | None = None
    closeness: ClosenessIn | None = None
    novelty: NoveltyIn | None = None
    circumstances: CircumstancesIn | None = None
    private: PrivateIn | None = None
    mutual: MutualIn | None = None
    keep_private: SetIn[answer_types.PooledPath] | None = None


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class SelfReportIn(PartialReportIn):
    """A partner's answers at one time. Four groups are required; an answer left out, or null, is unknown."""

    time_together: TimeTogetherIn
    conflict: ConflictIn
    busyness: BusynessIn
    activity_preferences: ActivityPreferencesIn


read_quickly(SelfReportIn)
