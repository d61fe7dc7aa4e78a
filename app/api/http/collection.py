"""What the resources of the public catalogue share: one shape of a list, written once per ruleset and language."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Generic, NamedTuple, TypeVar

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.caching import cacheable_response, etag_of
from app.api.http.dependencies import rulesets_of
from app.api.http.json_bytes import to_bytes
from app.api.http.language import HEADERS, choose_language
from app.api.http.problems import problems
from app.errors import NotFound, RekindleError
from app.rulesets.library import Library

Entry = TypeVar("Entry")
LONGEST_NAME = 64
CACHE_SECONDS = 300


class Listing(BaseModel, Generic[Entry]):
    """A list. The catalogue gives every list whole, so there is never a next part of it."""

    data: list[Entry]
    next_cursor: str | None = Field(description="Null: this list is whole.")
    has_more: bool


class CachedCollection(NamedTuple):
    """One resource in one language: each entry as JSON, and all of them as the list that is served."""

    entries: Mapping[str, bytes]
    body: bytes
    etag: str


CollectionBuilder = Callable[[Library, str], CachedCollection]


def serialize_collection(entries: Mapping[str, object]) -> CachedCollection:
    """Write every entry once."""
    written = {id_: to_bytes(entry) for id_, entry in entries.items()}
    body = serialize_list(written.values())
    return CachedCollection(written, body, etag_of(body))


def serialize_list(entries: Iterable[bytes]) -> bytes:
    """Written entries as a whole list."""
    return b'{"data":[%b],"next_cursor":null,"has_more":false}' % b",".join(entries)


def collection_response(request: Request, shelf_of: CollectionBuilder) -> Response:
    """A whole list."""
    library, locale = library_and_locale(request)
    shelf = shelf_of(library, locale)
    return localized_response(locale, request, shelf.body, shelf.etag)


def item_response(request: Request, shelf_of: CollectionBuilder, id_: str, what: str) -> Response:
    """One entry by its id. Raises `NotFound`, and says which id is nearest: these ids are public."""
    library, locale = library_and_locale(request)
    entries = shelf_of(library, locale).entries
    if id_ not in entries:
        raise NotFound(_say_missing(id_, what, entries))
    return localized_response(locale, request, entries[id_])


def localized_response(
    locale: str, request: Request, body: bytes, etag: str | None = None, *, max_age: int = CACHE_SECONDS
) -> Response:
    """What anyone may keep, in the language that it is in."""
    return cacheable_response(
        request, body, etag=etag, max_age=max_age, headers={**HEADERS, "Content-Language": locale}
    )


def library_and_locale(request: Request) -> tuple[Library, str]:
    """The content in force, and the language to give it in."""
    library = rulesets_of(request).current
    return library, choose_language(library.texts, accept_language=request.headers.get("accept-language"))


def documented_responses(example: object, *kinds: type[RekindleError]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: what it gives, with an example, the 304, and the problems it answers with."""
    return {
        200: {"content": {"application/json": {"example": example}}, "headers": _HEADERS},
        304: {"description": "What you hold, by its `ETag`, is what would have been sent."},
        **problems(*kinds),
    }


def example_collection(*entries: object) -> dict[str, object]:
    """The example of a list."""
    return {"data": list(entries), "next_cursor": None, "has_more": False}


def _say_missing(id_: str, what: str, known: Iterable[str]) -> str:
    if len(id_) > LONGEST_NAME:
        return f"There is no such {what}."
    near = get_close_matches(id_, list(known), n=1)
    guess = f"; did you mean '{near[0]}'?" if near else "."
    return f"There is no {what} '{id_}'{guess}"


_HEADERS = {
    "ETag": {"description": "For `If-None-Match`, next time.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "For how long it may be kept.", "schema": {"type": "string"}},
    "Content-Language": {"description": "The language of the texts.", "schema": {"type": "string"}},
}
