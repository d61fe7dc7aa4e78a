"""Who did what with my data."""

from datetime import date

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext
from app.api.http.pagination import Page, PageQuery, decode_cursor, example_page, page_response
from app.api.http.routing import StrictRoute
from app.service.access_log import AccessEntry, AccessKind, find_access_entries

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

EXAMPLE = {"day": "2026-11-23", "kind": "login_made", "key": "key_6Rb1Xn8QwLz3Vt5Ky0HcJm"}


class AccessEntryOut(BaseModel):
    """One thing that was done."""

    day: date = Field(description="The day; the hour is nobody's business.")
    kind: AccessKind = Field(description="What was done. New kinds may appear.")
    key: str | None = Field(description="The integrator's key with which it was done; null where it was a token.")


@router.get(
    "/access-log", summary="Who acted on my data", response_model=Page[AccessEntryOut], responses=example_page(EXAMPLE)
)
async def list_access_log(request: Request, context: PartnerReadContext, page: PageQuery) -> Response:
    """The newest first. Every token that was minted stands here: whoever mints one can act as me.

    That the other read their own view never does. That there is a passphrase shows only to a token minted within the
    last ten minutes and to an unlocked one.
    """
    place = decode_cursor(request, context, page)
    found = await find_access_entries(
        context.connection, context.login, int(place[0]) if place else None, page.limit + 1
    )
    return page_response(request, context, page.limit, [(_out(entry), (str(entry.number),)) for entry in found])


def _out(entry: AccessEntry) -> dict[str, object]:
    return {"day": entry.day.isoformat(), "kind": entry.kind, "key": entry.key}
