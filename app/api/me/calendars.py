"""Secret calendar addresses, at which a calendar program reads reserved times and nothing else."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.catalogue.words import plan_titles
from app.api.http.authentication import PartnerWriteContext, TestNowHeader, current_time, database_of, vault_of
from app.api.http.caching import cacheable_response
from app.api.http.fields import Shape
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.request_context import VARY_BY_LANGUAGE, library_and_locale, public_url
from app.api.http.responses import CACHE_HEADERS, EXAMPLES, NOT_MODIFIED_RESPONSE, example_created, problems
from app.api.http.routing import ResourceRouter, check_query
from app.errors import ConsentRequired, DatabaseUnavailable, NotFound
from app.service import calendars
from app.service.calendars import CalendarEntry
from app.service.idempotency import StoredResponse
from app.service.session import Session

router = ResourceRouter(prefix="/v1", tags=["me"])

MEDIA_TYPE = "text/calendar; charset=utf-8"
EXAMPLE = {"url": "https://rekindle.example/v1/calendars/2mB6nT8yKc4VxQ1rZs7LwJ0dHf3GpN5uEa9XiRbOqYt.ics"}

Secret = Annotated[str, Path(description="The secret of the address.")]


class CalendarOut(Shape):
    """A calendar address; it is returned this once."""

    url: str = Field(
        description="With `https://` as with `webcal://`. Everyone who knows it can read the reserved times."
    )


@router.post(
    "/me/calendar",
    summary="Create a calendar address",
    status_code=201,
    response_model=CalendarOut,
    responses=example_created(EXAMPLE, ConsentRequired),
)
async def create_calendar(
    request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Create a secret calendar address and revoke the previous one.

    It is also revoked when the partner unlinks or ends their other logins.
    """

    async def make() -> StoredResponse:
        secret = await calendars.open_calendar(context, context.login)
        return make_reply({"url": f"{public_url(request)}/v1/calendars/{secret}.ics"})

    return await respond_idempotently(request, context, idempotency_key, make)


@router.delete("/me/calendar", summary="Revoke the calendar address", status_code=204)
async def delete_calendar(context: PartnerWriteContext) -> Response:
    """Revoke the calendar address from the next request on. Calendar programs keep what they read before."""
    await calendars.close_calendar(context, context.partner)
    return Response(status_code=204)


@router.get(
    "/calendars/{secret}.ics",
    summary="Read a calendar",
    dependencies=[Depends(check_query)],
    response_class=Response,
    responses={
        200: {
            "description": "A calendar (RFC 5545, RFC 7986).",
            "content": {"text/calendar": {"example": (EXAMPLES / "calendar.ics").read_text()}},
            "headers": CACHE_HEADERS,
        },
        304: NOT_MODIFIED_RESPONSE,
        **problems(NotFound, DatabaseUnavailable),
    },
)
async def read_calendar(secret: Secret, request: Request, test_now: TestNowHeader = None) -> Response:
    """Return the scheduled items of the owner's plan as iCalendar, with neutral titles and no descriptions.

    The bytes and their `ETag` stay the same until an item changes, so that a calendar program may ask as often as it
    likes. The file names six hours as the time after which to ask again.

    Every address that does not work is 404, whatever the cause.
    """
    database = await database_of(request)
    async with database.writing() as connection:
        vault = vault_of(request)
        owner = await calendars.find_owner(connection, vault, secret)
        now = current_time(request, owner.mode, test_now)
        library, locale = library_and_locale(request, owner.profile.locale)
        entries = await calendars.find_entries(Session(connection, vault, now), owner, library)
    file = await run_in_threadpool(_write, request, entries, plan_titles(library, locale))
    headers = {**VARY_BY_LANGUAGE, "Cache-Control": "private, no-cache", "Content-Language": locale}
    return cacheable_response(request, file, media_type=MEDIA_TYPE, headers=headers)


def _write(request: Request, entries: list[CalendarEntry], names: Mapping[str, str]) -> bytes:
    file: bytes = request.app.state.calendar_file().write(entries, names)
    return file
