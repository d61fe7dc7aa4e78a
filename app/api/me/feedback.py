"""How it went, told to nobody."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext
from app.api.http.content import rulesets_of
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.api.me.choices import LONGEST_ID, say_missing
from app.api.me.view import language_of
from app.api.recommendations.recommendations import renderer_of
from app.api.recommendations.view_shapes import SupportOut
from app.errors import ConsentRequired, FieldError, IdempotencyKeyReused, StillRunning, ValidationFailed
from app.rulesets.library import Library
from app.service import feedback
from app.service.choices import activities_of
from app.service.feedback import Feedback, FeedbackInput, Outcome
from app.service.idempotency import StoredResponse

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

Felt = Annotated[int, Field(strict=True, ge=1, le=5)]

SAID: dict[str, Any] = {"activity": "evening-walk", "outcome": "done", "felt_accepted": 4, "felt_pressured": 1}
EXAMPLE = {
    "id": "fdb_6Yc3Pq9TnM1xVb8KzR5sWd",
    **SAID,
    "reason": None,
    "given_on": "2026-11-23",
    "help": "/v1/help?country=US",
    "support": None,
}


class FeedbackIn(BaseModel):
    """How something went. The other is not told, and nothing of it shows anywhere else."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [SAID]})

    activity: Annotated[str, Field(max_length=LONGEST_ID)]
    outcome: Outcome
    reason: Annotated[str, Field(max_length=64)] | None = Field(
        None,
        description="Of what was skipped or declined: one of the activity's `decline_reasons`. `unsafe` always.",
    )
    felt_accepted: Felt | None = Field(None, description="1, not at all, to 5, very much.")
    felt_pressured: Felt | None = Field(None, description="1, not at all, to 5, very much.")


class FeedbackOut(BaseModel):
    """What was kept. `support` is said in this answer only."""

    id: str
    activity: str
    outcome: Outcome
    reason: str | None
    felt_accepted: int | None
    felt_pressured: int | None
    given_on: date
    help: str = Field(description="The same for everyone, whatever they said.")
    support: SupportOut | None = Field(description="With the reason `unsafe`; said once and nowhere again.")


@router.post(
    "/feedback",
    summary="Say how it went",
    status_code=201,
    response_model=FeedbackOut,
    responses={
        201: {"content": {"application/json": {"example": EXAMPLE}}},
        **problems(ConsentRequired, ValidationFailed, StillRunning, IdempotencyKeyReused),
    },
)
async def create_feedback(
    body: FeedbackIn, request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """It changes my own view alone. After much pressure, or something unsafe, it offers smaller steps for four weeks;
    what was unsafe never comes back.
    """
    library = rulesets_of(request).current
    _check(library, body)
    locale = language_of(request, context, library)

    async def make() -> StoredResponse:
        said = FeedbackInput(**body.model_dump())
        given = await feedback.give_feedback(context.connection, context.partner, said, context.now)
        return make_reply(_out(library, locale, context.partner.profile.country, given), Content_Language=locale)

    return await respond_idempotently(request, context, idempotency_key, make)


def _check(library: Library, body: FeedbackIn) -> None:
    """Raises `ValidationFailed`."""
    activity = activities_of(library).get(body.activity)
    if activity is None:
        raise ValidationFailed(
            [FieldError("body", "#/activity", "unknown_activity", say_missing(library, body.activity))]
        )
    if body.reason is None:
        return
    listed = f"With `skipped` or `declined` it is one of: {', '.join(activity.decline_reasons)}."
    if body.outcome == "done" and body.reason != "unsafe":
        detail = f"What was done needs none, unless it was `unsafe`. {listed}"
        raise ValidationFailed([FieldError("body", "#/reason", "not_with_done", detail)])
    if body.reason not in activity.decline_reasons:
        raise ValidationFailed([FieldError("body", "#/reason", "unknown_reason", f"There is no such reason. {listed}")])


def _out(library: Library, locale: str, country: str | None, given: Feedback) -> dict[str, Any]:
    return {
        **given._asdict(),
        "given_on": given.given_on.isoformat(),
        "help": f"/v1/help?country={country}" if country else "/v1/help",
        "support": renderer_of(library, locale).support(("danger",), country, given.given_on)
        if given.is_unsafe
        else None,
    }
