"""What changed in one partner's own answers. Nothing of the other's, no sum, and nothing to keep up."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext
from app.api.http.pagination import Page, PageQuery, decode_cursor, example_page, page_response
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.errors import ConsentRequired, ValidationFailed
from app.service.progress import POOLED_PATHS, ProgressStep, find_progress

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

_ANSWERED = {"conflict.level": "occasional", "busyness.level": "full", "time_together.hours_per_week": 4}
EXAMPLE = {"reported_on": "2026-11-23", "answers": dict.fromkeys(POOLED_PATHS) | _ANSWERED}


class StepOut(BaseModel):
    """What I answered that day."""

    reported_on: date
    answers: dict[str, str | float | None] = Field(
        description="By question. The same keys every time; null where I did not answer, or kept it private and the "
        "token is not unlocked. An unlocked token reads private answers too."
    )


@router.get(
    "/progress",
    summary="My own answers over time",
    response_model=Page[StepOut],
    responses={**example_page(EXAMPLE), **problems(ConsentRequired, ValidationFailed)},
)
async def list_progress(request: Request, context: PartnerReadContext, page: PageQuery) -> Response:
    """The oldest first. They are not added up, and not held against anyone's."""
    place = decode_cursor(request, context, page)
    after = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    found = await find_progress(
        context.connection, context.partner, after, page.limit + 1, whole=context.login.is_unlocked
    )
    return page_response(request, context, page.limit, [(_out(step), _place_of(step)) for step in found])


def _out(step: ProgressStep) -> dict[str, Any]:
    return {"reported_on": step.reported_on.isoformat(), "answers": step.answers}


def _place_of(step: ProgressStep) -> tuple[str, ...]:
    at, key = step.place
    return at.isoformat(), key.hex
