"""The current view of one partner."""

from typing import Literal

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext
from app.api.http.caching import own_response
from app.api.http.fields import Shape
from app.api.http.json_responses import json_response, to_bytes
from app.api.http.request_context import library_and_locale, root_of
from app.api.http.responses import example_cached, localized
from app.api.http.routing import ResourceRouter
from app.api.recommendations.recommendations import RulesetOut, renderer_of
from app.api.recommendations.view_shapes import ViewOut
from app.errors import ConsentRequired, NoReport
from app.rulesets.library import Library
from app.service.consents import require_processing
from app.service.kept_view import find_kept_view, keep_view
from app.service.private_marks import NOTHING_OPENED
from app.service.view import RenderedView, show_now

router = ResourceRouter(prefix="/v1/me", tags=["me"])


class MyViewOut(Shape):
    """A view, to be shown to this partner alone."""

    ruleset: RulesetOut
    basis: Literal["both_partners", "one_partner"]
    decision: str = Field(description="For `/v1/decisions/{decision_id}`.")
    view: ViewOut


@router.get(
    "/view",
    summary="Get the partner's current view",
    response_model=MyViewOut,
    # To somebody who is not willing now: short, and an outcome that no other example shows.
    responses=localized(example_cached("quiet-view", ConsentRequired, NoReport)),
)
async def get_view(request: Request, context: PartnerWriteContext) -> Response:
    """Return the partner's current view: the quiet view, or the full view for an unlocked token.

    In the quiet view private answers may remove items, silently; they never add, name or explain anything. It carries
    an `ETag` of its bytes, and 304 is answered while they are the same.
    """
    await require_processing(context, context.partner)
    library, locale = library_and_locale(request, context.partner.profile.locale)
    opened = context.login.opened
    if opened != NOTHING_OPENED:
        shown = await show_now(context, context.partner, library, opened, locale)
        return view_response(request, library, shown, locale)
    body = await find_kept_view(context, context.partner, library, locale)
    if body is None:
        rendered = await show_now(context, context.partner, library, NOTHING_OPENED, locale)
        body = b"{" + view_members(request, library, rendered, locale) + b"}"
        await keep_view(context, context.partner, library, locale, body)
    return own_response(request, body, locale)


def view_response(request: Request, library: Library, rendered: RenderedView, locale: str) -> Response:
    body = b"{" + view_members(request, library, rendered, locale) + b"}"
    return json_response(body, Content_Language=locale)


def view_members(request: Request, library: Library, rendered: RenderedView, locale: str) -> bytes:
    """Return the JSON members `ruleset`, `basis`, `decision` and `view`, without braces."""
    head = {
        "ruleset": {"version": rendered.ruleset, "digest": rendered.digest},
        "basis": rendered.basis,
        "decision": rendered.decision,
    }
    renderer, root = renderer_of(library, locale), root_of(request)
    view = renderer.view(rendered.view, rendered.country, "reasons", rendered.made_on, root)
    return to_bytes(head)[1:-1] + b',"view":' + view
