"""Stored lists, part by part: a cursor goes on where a part ended, for the one who asked and for nothing else."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.http.authentication import IntegratorCall, PartnerCall
from app.api.http.idempotency import make_reply, respond
from app.api.http.query_parameters import refuse_repeated
from app.errors import FieldError, ValidationFailed
from app.store.crypto import vault
from app.store.crypto.vault import DataKey

MAX_LIMIT, DEFAULT_LIMIT = 100, 20
LONGEST_CURSOR = 500

Entry = TypeVar("Entry")
Place = tuple[str, ...]
"""Where in a list an entry stands, in words that the list's own query understands."""

LINK = {
    "Link": {
        "description": 'With `rel="next"`: the address of the next part, while there is one.',
        "schema": {"type": "string"},
    }
}


class Page(BaseModel, Generic[Entry]):
    """A part of a list."""

    data: list[Entry]
    next_cursor: str | None = Field(description="For `cursor`, to read on. Null: this was the last part.")
    has_more: bool


class PageParams(BaseModel):
    """How much of a list, and from where."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = Field(DEFAULT_LIMIT, description="At most so many.")
    cursor: Annotated[str, Field(max_length=LONGEST_CURSOR)] | None = Field(
        None, description="`next_cursor` of the part before; good for the same list with the same filters."
    )


PageQuery = Annotated[PageParams, Query()]


def decode_cursor(request: Request, call: IntegratorCall | PartnerCall, paged: PageParams) -> Place | None:
    """Where to go on; None at the beginning. Raises `ValidationFailed` for a cursor that is not of this very list."""
    refuse_repeated(request)
    if paged.cursor is None:
        return None
    try:
        return tuple(json.loads(_sealer(request, call).open("cursor", request.url.path, _bytes_of(paged.cursor))))
    except (ValueError, vault.Tampered) as error:
        detail = "This is no cursor of this list with these filters. Leave it out to begin anew."
        raise ValidationFailed([FieldError("query", "#/cursor", "not_a_cursor", detail)]) from error


def page_response(
    request: Request, call: IntegratorCall | PartnerCall, limit: int, found: Sequence[tuple[dict[str, Any], Place]]
) -> Response:
    """Give at most `limit` of the entries that were found; that one more was found says that there are more."""
    shown, cursor = found[:limit], None
    if len(found) > limit:
        cursor = _written(request, call, shown[-1][1])
    answer = respond(make_reply(_part([entry for entry, _place in shown], cursor), 200))
    if cursor is not None:
        query = urlencode({**_filters(request), "limit": limit, "cursor": cursor})
        answer.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return answer


def example_page(entry: object) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: a list of one entry."""
    return {200: {"content": {"application/json": {"example": _part([entry], None)}}, "headers": LINK}}


def _part(entries: Iterable[object], cursor: str | None) -> dict[str, object]:
    return {"data": list(entries), "next_cursor": cursor, "has_more": cursor is not None}


def _written(request: Request, call: IntegratorCall | PartnerCall, place: Place) -> str:
    return _text_of(_sealer(request, call).seal("cursor", request.url.path, json.dumps(place).encode()))


def _bytes_of(cursor: str) -> bytes:
    sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    if _text_of(sealed) != cursor:
        raise ValueError
    return sealed


def _text_of(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _sealer(request: Request, call: IntegratorCall | PartnerCall) -> DataKey:
    """Sealed, not signed alone: places are times and keys that are nobody's business."""
    caller = call.partner.id if isinstance(call, PartnerCall) else f"{call.holder.mode}{call.holder.integrator}"
    bound = ("cursor", request.url.path, caller, json.dumps(sorted(_filters(request).items())))
    return vault.DataKey(caller, call.vault.seal_of(*(part.encode() for part in bound)))


def _filters(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.query_params.items() if name not in ("limit", "cursor")}
