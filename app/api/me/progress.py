"""Own answers of one partner over time, without scores, streaks or comparison."""

from datetime import date
from typing import Any

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext
from app.api.http.fields import Shape
from app.api.http.pagination import Page, PageQuery, decode_cursor, page_response, position_of, time_and_key
from app.api.http.responses import example_page
from app.api.http.routing import ResourceRouter
from app.errors import ConsentRequired
from app.service.progress import ProgressStep, find_progress

router = ResourceRouter(prefix="/v1/me", tags=["me"])


class StepOut(Shape):
    """The answers of one day."""

    reported_on: date = Field(description="A date without the time of day.")
    answers: dict[str, str | float | None] = Field(
        description="By question id, always with the same keys. Null for none, and for a private one unless the token "
        "is unlocked."
    )


@router.get(
    "/progress",
    summary="List the partner's answers over time",
    response_model=Page[StepOut],
    responses=example_page("progress-step", ConsentRequired),
)
async def list_progress(request: Request, context: PartnerReadContext, page: PageQuery) -> Response:
    """Return the partner's own answers, oldest first, without a score or a comparison."""
    after = decode_cursor(request, context, page, time_and_key)
    rows = await find_progress(context, context.partner, after, page.limit + 1, context.login.opened)
    return page_response(request, context, page.limit, [(_out(step), position_of(step.cursor)) for step in rows])


def _out(step: ProgressStep) -> dict[str, Any]:
    return {"reported_on": step.reported_on.isoformat(), "answers": step.answers}
