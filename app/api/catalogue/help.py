"""Sources of help by country, the same for everyone: reading them tells nothing about the reader."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.collection import MAX_NAME_LENGTH, Listing, localized_response, whole_list
from app.api.http.json_responses import to_bytes
from app.api.http.request_context import library_and_locale, now_of
from app.api.http.responses import example_cached
from app.api.http.routing import ResourceRouter, unknown_query
from app.api.recommendations.renderer import resource_out
from app.api.recommendations.view_shapes import ResourceOut
from app.engine.answer_types import SupportKind
from app.rulesets.library import Library

router = ResourceRouter(prefix="/v1", tags=["help"])

# Short, so that a line that goes out of date disappears at once.
CACHE_SECONDS = 60
MAX_IGNORED = 10


class HelpLineOut(ResourceOut):
    """A source of help."""

    kinds: list[SupportKind]


class Help(Listing[HelpLineOut]):
    """Sources of help of one country: the emergency number first, then help lines."""

    country: str | None
    text: str | None
    ignored: list[str] = Field(description="Names in the query without a meaning, ten at most.")


@router.get("/help", summary="List sources of help", response_model=Help, responses=example_cached("help"))
async def list_help(
    request: Request,
    country: Annotated[
        str | None,
        Query(description="An ISO 3166-1 alpha-2 code, in any case. An unknown one is no error.", examples=["US"]),
    ] = None,
) -> Response:
    """Return the sources of help of a country that were checked and are not due for another check.

    Where there is none, or without a country, a directory for many countries is listed and `text` says what to do in
    danger. Of several countries, the first with a line counts. Nothing in the query is an error here. The operation
    needs no key, is not counted against the rate limit and is the same for everyone.
    """
    library, locale = library_and_locale(request)
    ignored = [name[:MAX_NAME_LENGTH] for name in unknown_query(request)[:MAX_IGNORED]]
    named = [] if country is None else request.query_params.getlist("country")
    lists = [help_out(library, locale, country, now_of(request).date()) for country in (*named, None)]
    first = next((lines for lines in lists if lines["country"]), lists[-1])
    body = to_bytes({**first, "ignored": ignored})
    return localized_response(locale, request, body, max_age=CACHE_SECONDS)


def help_out(library: Library, locale: str, country: str | None, today: date) -> dict[str, Any]:
    """Return the sources of help for `country` that are in date on `today`."""
    lines = library.help_for((country or "").strip().upper(), today)
    here = [line for line in lines if line.country]
    return {
        "country": here[0].country if here else None,
        "text": None if any(not line.is_emergency for line in here) else library.texts[locale]["support/no_line"],
        **whole_list({**resource_out(line), "kinds": list(line.kinds)} for line in lines),
    }
