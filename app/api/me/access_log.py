"""The log of access to one partner's data."""

from datetime import date

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext
from app.api.http.fields import Shape, as_json
from app.api.http.pagination import Page, PageQuery, decode_cursor, page_response
from app.api.http.responses import example_page
from app.api.http.routing import ResourceRouter
from app.service.access_log import AccessKind, find_access_entries

router = ResourceRouter(prefix="/v1/me", tags=["me"])


class AccessEntryOut(Shape):
    """An event in the access log."""

    day: date = Field(description="A date without the time of day.")
    kind: AccessKind = Field(description="New kinds may appear.")
    key: str | None = Field(description="The key that was used; null where a token was.")


@router.get(
    "/access-log",
    summary="List the access log",
    response_model=Page[AccessEntryOut],
    responses=example_page("access-entry"),
)
async def list_access_log(request: Request, context: PartnerReadContext, page: PageQuery) -> Response:
    """Return events on the partner's data, newest first, every creation of a token among them.

    Reading of the other partner is never listed. Events about a passphrase are listed only for an unlocked token or one
    created within the last ten minutes.
    """
    before = decode_cursor(request, context, page, int)
    rows = await find_access_entries(context, context.login, before, page.limit + 1)
    items = [(as_json(AccessEntryOut, entry), (str(entry.number),)) for entry in rows]
    return page_response(request, context, page.limit, items)
