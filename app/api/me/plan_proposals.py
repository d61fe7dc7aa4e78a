"""Proposed weeks of a partner's plan."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args

from fastapi import Request
from pydantic import Field, model_validator
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext
from app.api.http.fields import Shape, WholeNumber
from app.api.http.json_responses import json_response
from app.api.http.request_context import library_and_locale
from app.api.http.responses import example_response, localized
from app.api.http.routing import ResourceRouter
from app.engine.plan_proposals import FreeTime
from app.errors import ConsentRequired, NoReport
from app.service.plan_proposals import ProposedTime, ProposedWeek, propose_weeks

router = ResourceRouter(prefix="/v1/me", tags=["me"])

MAX_WEEKS, DEFAULT_WEEKS = 8, 4
MAX_FREE_TIMES = 28
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS = get_args(Day)
BeginTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["20:00"])]
EndTime = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["21:30"])]


class FreeTimeIn(Shape, extra="forbid"):
    """A time that is free every week, within one day."""

    day: Day = Field(description="The day of the week.")
    from_: BeginTime = Field(alias="from", description="The local time at which it begins.")
    to: EndTime = Field(description="The local end; `24:00` is that of the day.")

    @model_validator(mode="after")
    def _require_order(self) -> "FreeTimeIn":
        if self.to <= self.from_:
            raise ValueError("`to` has to be later than `from`; a time over midnight is two, one on each day")
        return self


class PlanProposalIn(Shape, extra="forbid", json_schema_extra={"examples": ["plan-proposal-request"]}):
    """The weeks to propose, and the times that are free in each."""

    weeks: Annotated[int, Field(strict=True, ge=1, le=MAX_WEEKS), WholeNumber] | None = Field(
        None, description=f"How many weeks, the current one first; {DEFAULT_WEEKS} by default."
    )
    free: list[FreeTimeIn] = Field(max_length=MAX_FREE_TIMES, description="The times to plan within.")


class ProposedItemOut(Shape):
    """An activity with a time for it."""

    activity: str = Field(description="The activity's id.")
    title: str = Field(description="The activity's title.")
    on: date = Field(description="The local day.")
    at: str = Field(description="The local time, such as `20:00`.")
    minutes: int = Field(description="The minutes it takes.")
    shared: bool = Field(
        description="Whether both said yes to it. Anything else is the partner's own: to do alone, or to propose to "
        "the other."
    )


class ProposedWeekOut(Shape):
    """A week, from Monday to Sunday."""

    starts_on: date = Field(description="The Monday on which it begins.")
    minutes: int = Field(description="The minutes of its items together.")
    items: list[ProposedItemOut] = Field(description="Its items, in the order of their times.")


class PlanProposalOut(Shape):
    """Proposed weeks, which are not stored."""

    weeks: list[ProposedWeekOut] = Field(description="The weeks, the current one first.")


@router.post(
    "/plan/proposals",
    summary="Propose weeks for the partner's plan",
    response_model=PlanProposalOut,
    responses=localized(example_response("plan-proposal", ConsentRequired, NoReport)),
)
async def propose_plan_weeks(body: PlanProposalIn, request: Request, context: PartnerWriteContext) -> Response:
    """Propose what to do in the coming weeks, and when. Nothing is stored: to keep an item, choose it and set its time.

    All of it fits the free times, the partner's `minutes_per_week` (60 where it is not answered) and every limit of
    their answers now; what is in the plan with a time already is counted. Shared are only items that both said yes to,
    in the two weeks that a yes lasts. Times are in the partner's time zone, each in its part of the day.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)
    free = [FreeTime(DAYS.index(time.day), _minute(time.from_), _minute(time.to)) for time in body.free]
    weeks = await propose_weeks(context, context.login, library, body.weeks or DEFAULT_WEEKS, free)
    content = {"weeks": [_week_out(week, library.texts[locale]) for week in weeks]}
    return json_response(content, Content_Language=locale)


def _minute(clock: str) -> int:
    """Return the minute of the day of a time such as `20:00`."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _week_out(week: ProposedWeek, texts: Mapping[str, str]) -> dict[str, Any]:
    minutes = sum(item.minutes for item in week.items)
    return {
        "starts_on": week.starts_on.isoformat(),
        "minutes": minutes,
        "items": [_item_out(item, texts) for item in week.items],
    }


def _item_out(item: ProposedTime, texts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "activity": item.activity,
        "title": texts[f"activities/{item.activity}/title"],
        "on": item.at.date().isoformat(),
        "at": f"{item.at:%H:%M}",
        "minutes": item.minutes,
        "shared": item.is_shared,
    }
