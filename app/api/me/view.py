"""One partner's view of now, and how a view that was decided is given to the one whose own it is."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.api.http.authentication import PartnerContext, PartnerWriteContext
from app.api.http.content import choose_language, rulesets_of
from app.api.http.json_bytes import to_bytes
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.api.recommendations.recommendation_example import ANSWER
from app.api.recommendations.recommendations import RulesetOut, renderer_of
from app.api.recommendations.view_shapes import ViewOut
from app.errors import ConsentRequired, NoReport
from app.rulesets.library import Library
from app.service.consents import require_processing
from app.service.view import RenderedView, show_now

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

EXAMPLE: dict[str, Any] = {
    "ruleset": ANSWER["ruleset"],
    "basis": ANSWER["basis"],
    "decision": "dec_5kT0rYw8Zb3nQx6HmV1cJd",
    "view": ANSWER["views"]["a"],
}


class MyViewOut(BaseModel):
    """All that may be shown to this partner now, and to this partner alone."""

    ruleset: RulesetOut
    basis: Literal["both_partners", "one_partner"]
    decision: str
    view: ViewOut


@router.get(
    "/view",
    summary="My view of now",
    response_model=MyViewOut,
    responses={200: {"content": {"application/json": {"example": EXAMPLE}}}, **problems(ConsentRequired, NoReport)},
)
async def get_view(request: Request, context: PartnerWriteContext) -> Response:
    """The quiet view: what rests on a private answer may take something away, silently, and never adds or explains.

    An unlocked token reads the full view.
    """
    await require_processing(context.connection, context.partner)
    library = rulesets_of(request).current
    locale = language_of(request, context, library)
    is_quiet = not context.login.is_unlocked
    shown = await show_now(
        context.connection, context.vault, context.partner, library, context.now, quiet=is_quiet, locale=locale
    )
    return answer_with_view(library, shown, locale)


def answer_with_view(library: Library, shown: RenderedView, locale: str) -> Response:
    body = b"{" + view_members(library, shown, locale) + b"}"
    return Response(body, 200, {"Content-Language": locale}, "application/json")


def view_members(library: Library, shown: RenderedView, locale: str) -> bytes:
    """The members that a view stands in, without the braces."""
    head = {
        "ruleset": {"version": shown.ruleset, "digest": shown.digest},
        "basis": shown.basis,
        "decision": shown.decision,
    }
    view = renderer_of(library, locale).view(shown.view, shown.country, "reasons", shown.made_on)
    return to_bytes(head)[1:-1] + b',"view":' + view


def language_of(request: Request, context: PartnerContext, library: Library) -> str:
    return choose_language(
        library.texts, context.partner.profile.locale, accept_language=request.headers.get("accept-language")
    )
