"""Lists of the public catalogue, serialised once per ruleset and language."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Generic, NamedTuple, TypeVar

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.caching import cacheable_response, etag_of
from app.api.http.json_bytes import to_bytes
from app.api.http.problems import problems
from app.api.http.request_context import VARY_BY_LANGUAGE, choose_language, rulesets_of
from app.errors import NotFound, RekindleError
from app.rulesets.library import Library

Item = TypeVar("Item")
MAX_NAME_LENGTH = 64
CACHE_SECONDS = 300


class Listing(BaseModel, Generic[Item]):
    """A whole list, in the shape of a page: there is never a next one."""

    data: list[Item]
    next_cursor: str | None = Field(description="Always null: the list is whole.")
    has_more: bool = Field(description="Always false: the list is whole.")


class CachedCollection(NamedTuple):
    """A resource in one language: its items as JSON, by id, and the list of them as it is served."""

    items: Mapping[str, bytes]
    body: bytes
    etag: str


CollectionBuilder = Callable[[Library, str], CachedCollection]


def serialize_collection(items: Mapping[str, object]) -> CachedCollection:
    """Return `items`, by id, as JSON one by one and as a list in the same order."""
    serialized = {id_: to_bytes(item) for id_, item in items.items()}
    body = serialize_list(serialized.values())
    return CachedCollection(serialized, body, etag_of(body))


def serialize_list(items: Iterable[bytes]) -> bytes:
    """Return a whole list of items that are JSON already."""
    return b'{"data":[%b],"next_cursor":null,"has_more":false}' % b",".join(items)


def collection_response(request: Request, build: CollectionBuilder) -> Response:
    """Return the whole list that `build` makes of the ruleset in force, in the language of the request."""
    library, locale = library_and_locale(request)
    collection = build(library, locale)
    return localized_response(locale, request, collection.body, collection.etag)


def item_response(request: Request, build: CollectionBuilder, id_: str, noun: str) -> Response:
    """Return one item of the list by its id.

    Raises `NotFound` with the nearest id there is; `noun` names the kind of item in its text.
    """
    library, locale = library_and_locale(request)
    items = build(library, locale).items
    if id_ not in items:
        raise NotFound(_no_such_item(id_, noun, items))
    return localized_response(locale, request, items[id_])


def localized_response(
    locale: str, request: Request, body: bytes, etag: str | None = None, *, max_age: int = CACHE_SECONDS
) -> Response:
    """Return a cacheable response that varies by language; `max_age` is in seconds."""
    return cacheable_response(
        request, body, etag=etag, max_age=max_age, headers={**VARY_BY_LANGUAGE, "Content-Language": locale}
    )


def library_and_locale(request: Request) -> tuple[Library, str]:
    """Return the content in force and the language to show it in."""
    library = rulesets_of(request).current
    return library, choose_language(library.texts, accept_language=request.headers.get("accept-language"))


def documented_responses(example: object, *kinds: type[RekindleError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a cacheable route: 200 with `example`, 304, and its own problems."""
    return {
        200: {"content": {"application/json": {"example": example}}, "headers": _HEADERS},
        304: {"description": "Not modified: your copy, named by its `ETag`, is current."},
        **problems(*kinds),
    }


def example_collection(*items: object) -> dict[str, object]:
    """Return the example of a whole list of `items`."""
    return {"data": list(items), "next_cursor": None, "has_more": False}


def _no_such_item(id_: str, noun: str, ids: Iterable[str]) -> str:
    if len(id_) > MAX_NAME_LENGTH:
        return f"There is no such {noun}."
    # The ids of the catalogue are public, so naming the nearest gives nothing away.
    near = get_close_matches(id_, list(ids), n=1)
    guess = f"; did you mean '{near[0]}'?" if near else "."
    return f"There is no {noun} '{id_}'{guess}"


_HEADERS = {
    "ETag": {"description": "The version of this response, for `If-None-Match`.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long the response may be cached.", "schema": {"type": "string"}},
    "Content-Language": {"description": "The language of the texts.", "schema": {"type": "string"}},
}
