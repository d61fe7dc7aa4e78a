"""Stored lists in pages: a cursor continues one list with its filters, for the caller it was made for."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import AnyContext
from app.api.http.collection import Item
from app.api.http.fields import Shape, invalid
from app.api.http.json_responses import json_response
from app.store.crypto import vault
from app.store.crypto.vault import DataKey

MAX_LIMIT, DEFAULT_LIMIT = 100, 20
MAX_CURSOR_LENGTH = 500

CursorPlace = TypeVar("CursorPlace")
# The sort key of an item, as text that the query of the list can read.
Position = tuple[str, ...]


class Page(Shape, Generic[Item]):
    """A page of a list."""

    data: list[Item]
    next_cursor: str | None = Field(description="The next page's `cursor`, null on the last page.", examples=[None])
    has_more: bool = Field(description="Whether there is a next page.", examples=[False])


class PageParams(BaseModel, extra="forbid"):
    """The size and start of a page."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = Field(DEFAULT_LIMIT, description="The maximum number of items.")
    cursor: Annotated[str, Field(max_length=MAX_CURSOR_LENGTH)] | None = Field(
        None, description="The `next_cursor` of the previous page; valid for the same list with the same filters."
    )


PageQuery = Annotated[PageParams, Query()]


def decode_cursor(
    request: Request, context: AnyContext, page: PageParams, read: Callable[..., CursorPlace]
) -> CursorPlace | None:
    """Return the position after which the page begins, as `read` makes it of its parts; None for the first page.

    Raises `ValidationFailed` for a cursor of another list, of other filters or of another caller.
    """
    if page.cursor is None:
        return None
    try:
        opened = _cursor_key(request, context).open("cursor", request.url.path, _decode(page.cursor))
        return read(*json.loads(opened))
    except (ValueError, vault.Tampered) as error:
        detail = "This is no cursor of this list with these filters. Leave it out to begin anew."
        raise invalid("cursor", "not_a_cursor", detail, "query") from error


def time_and_key(time: str, key: str) -> tuple[datetime, UUID]:
    """Read the position of a list that is ordered by time, and by key within one time."""
    return datetime.fromisoformat(time), UUID(key)


def position_of(place: tuple[datetime, UUID]) -> Position:
    """Return the position that `time_and_key` reads."""
    at, key = place
    return at.isoformat(), key.hex


def page_response(
    request: Request, context: AnyContext, limit: int, rows: Sequence[tuple[dict[str, Any], Position]]
) -> Response:
    """Return the first `limit` items of `rows`. A row beyond them, which is not returned, tells that there are more."""
    items, cursor = rows[:limit], None
    if len(rows) > limit:
        position = json.dumps(items[-1][1]).encode()
        cursor = _encode(_cursor_key(request, context).seal("cursor", request.url.path, position))
    data = [item for item, _position in items]
    response = json_response({"data": data, "next_cursor": cursor, "has_more": cursor is not None})
    if cursor is not None:
        query = urlencode({**_filters(request), "limit": limit, "cursor": cursor})
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return response


def _decode(cursor: str) -> bytes:
    sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    # Base64 spells one value in several ways; only the one that we sent is a cursor.
    if _encode(sealed) != cursor:
        raise ValueError
    return sealed


def _encode(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _cursor_key(request: Request, context: AnyContext) -> DataKey:
    # A cursor is encrypted, not only signed: it holds times and internal keys.
    bound = ("cursor", request.url.path, context.caller, json.dumps(sorted(_filters(request).items())))
    return vault.DataKey(context.caller, context.vault.seal_of(*(part.encode() for part in bound)))


def _filters(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if name not in ("limit", "cursor")}
