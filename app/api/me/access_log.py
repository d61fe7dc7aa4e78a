"""Who did what with my data."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReads
from app.api.http.pagination import PagedQuery, Part, answer_part, example_part, place_of
from app.api.http.strict_json import StrictRoute
from app.service.access_log import Entry, Kind, find_entries

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

EXAMPLE = {"day": "2026-11-23", "kind": "login_made", "key": "key_6Rb1Xn8QwLz3Vt5Ky0HcJm"}


class AccessEntryOut(BaseModel):
    """One thing that was done."""

    day: date = Field(description="The day; the hour is nobody's business.")
    kind: Kind = Field(description="What was done. New kinds may appear.")
    key: str | None = Field(description="The integrator's key with which it was done; null where it was a token.")


@router.get(
    "/access-log", summary="Who acted on my data", response_model=Part[AccessEntryOut], responses=example_part(EXAMPLE)
)
async def list_access_log(request: Request, call: PartnerReads, paged: PagedQuery) -> Response:
    """The newest first. Every token that was minted stands here: whoever mints one can act as me.

    That the other read their own view never does. That there is a passphrase shows only to a token minted within the
    last ten minutes and to an unlocked one.
    """
    place = place_of(request, call, paged)
    found = await find_entries(call.connection, call.login, int(place[0]) if place else None, paged.limit + 1)
    return answer_part(request, call, paged.limit, [(_out(entry), (str(entry.number),)) for entry in found])


def _out(entry: Entry) -> dict[str, object]:
    return {"day": entry.day.isoformat(), "kind": entry.kind, "key": entry.key}
