"""Explanations of one partner's current view."""

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext
from app.api.http.fields import Shape, TargetText
from app.api.http.json_responses import json_response
from app.api.http.request_context import RateLimiter, library_and_locale
from app.api.http.responses import example_response, localized
from app.api.http.routing import ResourceRouter
from app.api.recommendations.explanations import ExplanationOut, explanation_renderer, find_target
from app.engine.explain import explain
from app.errors import ConsentRequired, NoReport, TooManyRequests
from app.service.consents import require_processing
from app.service.private_marks import NOTHING_OPENED
from app.service.view import find_inputs

router = ResourceRouter(prefix="/v1/me", tags=["me"])


class MyExplanationIn(Shape, extra="forbid", json_schema_extra={"examples": [{"target": "dance-class"}]}):
    """The target of an explanation."""

    target: TargetText = Field(description="The id of an activity, a practice or a strategy.")


@router.post(
    "/explanations",
    summary="Explain the partner's current view",
    response_model=ExplanationOut,
    responses=localized(example_response("explanation-response", ConsentRequired, NoReport)),
)
async def create_my_explanation(body: MyExplanationIn, request: Request, context: PartnerWriteContext) -> Response:
    """Explain why one activity, practice or strategy is in the current view or not. Nothing is stored.

    A partner may ask for some forty a day, unless the operator changed that: more would tell what the other keeps out.

    A target withheld by a private answer or choice reads as one that does not fit, unless the token is unlocked.
    """
    await require_processing(context, context.partner)
    library, locale = library_and_locale(request, context.partner.profile.locale)
    target = find_target(library, body.target)
    _count_explanation(request, context)
    inputs = await find_inputs(context, context.partner, library)
    opened = context.login.opened
    explanation = explain(
        library.compiled,
        inputs.mine,
        inputs.theirs,
        target,
        inputs.agreed,
        moment=inputs.moment(opened),
        quiet=opened == NOTHING_OPENED,
        disclosed=inputs.disclosed(opened),
    )
    content = explanation_renderer(library, locale).explanation(target.id, explanation)
    return json_response(content, Content_Language=locale)


def _count_explanation(request: Request, context: PartnerWriteContext) -> None:
    """Raise `TooManyRequests` where the partner has asked for as many as they may in a day."""
    limiter: RateLimiter = request.app.state.explanations
    allowance = limiter.take(context.partner.id, context.now)
    if not allowance.granted:
        detail = f"The limit is {limiter.limit.requests} explanations in a day (UTC)."
        raise TooManyRequests(detail, allowance.seconds)
