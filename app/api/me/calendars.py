"""An address under which a calendar program reads when something is reserved, and nothing else."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext, ReadConnection, TestNowHeader, current_time, vault_of
from app.api.http.content import choose_language, rulesets_of
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.api.me.plan import names_of_titles
from app.errors import ConsentRequired, DatabaseUnavailable, IdempotencyKeyReused, NotFound, StillRunning
from app.service import calendar_file, calendars
from app.service.idempotency import StoredResponse

router = APIRouter(prefix="/v1", tags=["me"], route_class=StrictRoute)

MEDIA_TYPE = "text/calendar; charset=utf-8"
EXAMPLE = {"url": "/v1/calendars/2mB6nT8yKc4VxQ1rZs7LwJ0dHf3GpN5uEa9XiRbOqYt.ics"}
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Calendar//EN
NAME:Reserved
X-WR-CALNAME:Reserved
BEGIN:VEVENT
SUMMARY:Reserved
DTSTART:20261128T180000Z
DTEND:20261128T190000Z
DTSTAMP:20261123T093000Z
UID:itm_9Ld2Xv7KpR4mZt1QwC8sYb
CLASS:PRIVATE
END:VEVENT
END:VCALENDAR
"""

Secret = Annotated[str, Path(description="As in the address.")]


class CalendarOut(BaseModel):
    """The address, seen this once."""

    url: str = Field(description="Below this server's own address. Whoever knows it reads when something is reserved.")


@router.post(
    "/me/calendar",
    summary="Open an address for my calendar",
    status_code=201,
    response_model=CalendarOut,
    responses={
        201: {"content": {"application/json": {"example": EXAMPLE}}},
        **problems(ConsentRequired, StillRunning, IdempotencyKeyReused),
    },
)
async def create_calendar(
    request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """The one before stops working, as it does when I unlink or end my other logins."""

    async def make() -> StoredResponse:
        secret = await calendars.open_calendar(context.connection, context.vault, context.partner, context.now)
        return make_reply({"url": f"/v1/calendars/{secret}.ics"})

    return await respond_idempotently(request, context, idempotency_key, make)


@router.delete("/me/calendar", summary="Close the address of my calendar", status_code=204)
async def delete_calendar(context: PartnerWriteContext) -> Response:
    """From the next request on nothing is read there. What a program has read before stays with that program."""
    await calendars.close_calendar(context.connection, context.vault, context.partner, context.now)
    return Response(status_code=204)


@router.get(
    "/calendars/{secret}.ics",
    summary="Read a calendar",
    response_class=Response,
    responses={
        200: {"description": "A calendar (RFC 5545).", "content": {"text/calendar": {"example": FILE}}},
        **problems(NotFound, DatabaseUnavailable),
    },
)
async def read_calendar(
    secret: Secret, request: Request, connection: ReadConnection, present: TestNowHeader = None
) -> Response:
    """What has a time in the plan of the one whose address it is: that an hour is reserved, under a title that tells
    nothing. Every address that does not work is 404 alike.
    """
    vault = vault_of(request)
    owner = await calendars.find_owner(connection, vault, secret)
    now = current_time(request, owner.mode, present)
    library = rulesets_of(request).current
    entries = await calendars.find_entries(connection, vault, owner, library, now)
    locale = choose_language(
        library.texts, owner.profile.locale, accept_language=request.headers.get("accept-language")
    )
    file = await run_in_threadpool(calendar_file.write, entries, names_of_titles(library, locale), now)
    return Response(file, 200, {"Content-Language": locale}, MEDIA_TYPE)
