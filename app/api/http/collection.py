"""Lists of the public catalogue, serialised once per ruleset and language."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.caching import cacheable_response, etag_of
from app.api.http.fields import Shape
from app.api.http.json_responses import to_bytes
from app.api.http.request_context import VARY_BY_LANGUAGE, library_and_locale
from app.errors import NotFound
from app.rulesets.library import Library


class Identified(Protocol):
    """A piece of content with the id under which it is found."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item")
Content = TypeVar("Content", bound=Identified)
MAX_NAME_LENGTH = 64
CACHE_SECONDS = 300


class Listing(Shape, Generic[Item]):
    """A whole list, in the shape of a page: there is never a next one."""

    data: list[Item]
    next_cursor: str | None = Field(description="Always null.", examples=[None])
    has_more: bool = Field(description="Always false.", examples=[False])


class CachedCollection(NamedTuple):
    """A resource in one language: its items as JSON, by id, and the list of them as it is served."""

    items: Mapping[str, bytes]
    body: bytes
    etag: str


CollectionBuilder = Callable[[Library, str], CachedCollection]


def collection_builder(
    contents: Callable[[Library], Iterable[Content]], out: Callable[[Content, Library, str], object]
) -> CollectionBuilder:
    """Return the builder of a list of `contents`, each as `out` shows it; its results are cached."""

    @lru_cache(maxsize=16)
    def build(library: Library, locale: str) -> CachedCollection:
        return serialize_collection({content.id: out(content, library, locale) for content in contents(library)})

    return build


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


def whole_list(items: Iterable[object]) -> dict[str, object]:
    """Return `items` in the shape of a page that has no next one."""
    return {"data": list(items), "next_cursor": None, "has_more": False}


def _no_such_item(id_: str, noun: str, ids: Iterable[str]) -> str:
    # The text repeats the id, and comparing a long one with all others is slow.
    if len(id_) > MAX_NAME_LENGTH:
        return f"There is no such {noun}."
    return f"There is no {noun} '{id_}'{guess(id_, ids)}"


def guess(id_: str, ids: Iterable[str]) -> str:
    """Return the end of a sentence with the nearest of `ids`. Those of content are public: it gives nothing away."""
    near = get_close_matches(id_, list(ids), n=1)
    return f"; did you mean '{near[0]}'?" if near else "."
