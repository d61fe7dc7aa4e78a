"""Private feedback of one partner on activities."""

from datetime import date
from typing import Annotated, Any

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerContext, PartnerWriteContext
from app.api.http.fields import Id, Shape, WholeNumber, invalid
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.request_context import library_and_locale, root_of
from app.api.http.responses import example_created, localized
from app.api.http.routing import ResourceRouter
from app.api.me.choices import no_such_activity
from app.api.recommendations.recommendations import renderer_of
from app.api.recommendations.view_shapes import SupportOut
from app.errors import ConsentRequired, NotFound
from app.rulesets.library import Library
from app.service import feedback
from app.service.choices import activities_of
from app.service.feedback_codec import Feedback, Outcome
from app.service.idempotency import StoredResponse
from app.service.view import find_decision

router = ResourceRouter(prefix="/v1/me", tags=["me"])

Felt = Annotated[int, Field(strict=True, ge=1, le=5), WholeNumber]


class FeedbackIn(Shape, extra="forbid", json_schema_extra={"examples": ["feedback-request"]}):
    """Private feedback on an activity."""

    activity: Id
    outcome: Outcome
    reason: Id | None = Field(
        None,
        description="One of its `decline_reasons`, for `skipped` or `declined`; `unsafe` with any outcome.",
    )
    felt_accepted: Felt | None = Field(None, description="From 1 (not at all) to 5 (very).")
    felt_pressured: Felt | None = Field(None, description="From 1 (not at all) to 5 (very).")
    decision: Id | None = Field(None, description="The own decision of the last ninety days that suggested it.")


class FeedbackOut(Shape):
    """The feedback as stored. `support` is in this response only."""

    id: str
    activity: str
    outcome: Outcome
    reason: str | None
    felt_accepted: int | None
    felt_pressured: int | None
    decision: str | None
    ruleset: str | None = Field(description="The version; it stays when that is gone.")
    given_on: date = Field(description="A date without the time of day.")
    help: str = Field(description="Where help is listed, whatever the feedback.")
    support: SupportOut | None = Field(description="For the reason `unsafe`.")


@router.post(
    "/feedback",
    summary="Give feedback on an activity",
    status_code=201,
    response_model=FeedbackOut,
    responses=localized(example_created("feedback", ConsentRequired)),
)
async def create_feedback(
    body: FeedbackIn, request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Store private feedback, which changes the partner's own view alone, for four weeks unless said otherwise.

    What was too long, too tiring or too expensive gives way to what is shorter, asks for less energy or costs less,
    and the view says so in `limits`. What was declined rests. After strong pressure or something unsafe, the view has
    smaller steps; where a partner felt little accepted, what asks nothing of the two comes first. An unsafe activity
    is never suggested again. What is done `once` leaves the own plan.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)
    _require_reason_that_fits(library, body)

    async def make() -> StoredResponse:
        ruleset = await _ruleset_of(context, body.decision) if body.decision else None
        stored = await feedback.give_feedback(context, context.login, library, ruleset, **body.model_dump())
        content = _out(library, locale, context.partner.profile.country, stored, root_of(request))
        return make_reply(content, Content_Language=locale)

    return await respond_idempotently(request, context, idempotency_key, make)


async def _ruleset_of(context: PartnerContext, decision: str) -> str:
    """Return the version of the ruleset of a decision of this partner."""
    try:
        return (await find_decision(context, context.partner, decision)).ruleset
    except NotFound:
        detail = "You have no such decision of the last ninety days; `/v1/me/view` names the current one."
        raise invalid("decision", "unknown_decision", detail) from None


def _require_reason_that_fits(library: Library, body: FeedbackIn) -> None:
    activity = activities_of(library).get(body.activity)
    if activity is None:
        raise invalid("activity", "unknown_activity", no_such_activity(library, body.activity))
    if body.reason is None:
        return
    allowed = f"With `skipped` or `declined` it is one of: {', '.join(activity.decline_reasons)}."
    if body.outcome == "done" and body.reason != "unsafe":
        detail = f"What was done needs none, unless it was `unsafe`. {allowed}"
        raise invalid("reason", "not_with_done", detail)
    if body.reason not in activity.decline_reasons:
        raise invalid("reason", "unknown_reason", f"There is no such reason. {allowed}")


def _out(library: Library, locale: str, country: str | None, stored: Feedback, root: str) -> dict[str, Any]:
    help_ = f"{root}/v1/help?country={country}" if country else f"{root}/v1/help"
    support = renderer_of(library, locale).support(("danger",), country, stored.given_on) if stored.is_unsafe else None
    shown = {**stored._asdict(), "given_on": stored.given_on.isoformat(), "help": help_, "support": support}
    del shown["generation"]
    return shown
