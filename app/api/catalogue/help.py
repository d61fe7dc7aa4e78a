"""Who can help, by country: the same for everyone, so that reading it says nothing about the reader."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.authentication import now_of
from app.api.http.collection import Listing, documented_responses, library_and_locale, localized_response
from app.api.http.json_bytes import to_bytes
from app.api.recommendations.renderer import resource_out
from app.api.recommendations.view_shapes import ResourceOut
from app.engine.self_report import SupportKind
from app.rulesets.library import Library

router = APIRouter(prefix="/v1", tags=["help"])

# A line that is out of date goes at once.
A_MINUTE = 60


class HelpLineOut(ResourceOut):
    """A source of help, checked on the day it says, and what it is for. One without a `country` serves everywhere."""

    kinds: list[SupportKind]


class Help(Listing[HelpLineOut]):
    """Help in one country; `country` and `text` are as said there."""

    country: str | None
    text: str | None


class HelpOut(TypedDict):
    country: str | None
    text: str | None
    data: list[HelpLineOut]
    next_cursor: None
    has_more: bool


EXAMPLE: HelpOut = {
    "country": "US",
    "text": None,
    "data": [
        {
            "name": "988 Suicide & Crisis Lifeline",
            "contact": "Call or text 988, or chat at 988lifeline.org",
            "links": ["tel:988", "sms:988", "https://988lifeline.org"],
            "hours": "Day and night, every day",
            "country": "US",
            "source": "https://health.wyo.gov/publichealth/prevention/wivpp/suicide-prevention/988-suicide-crisis-lifeline",
            "verified_on": "2026-11-22",
            "kinds": ["crisis"],
        }
    ],
    "next_cursor": None,
    "has_more": False,
}


@router.get("/help", summary="Find help", response_model=Help, responses=documented_responses(EXAMPLE))
async def list_help(
    request: Request,
    country: Annotated[
        str | None, Query(description="ISO 3166-1 alpha-2, in capitals or not. Any text will do.", examples=["US"])
    ] = None,
) -> Response:
    """Sources of help that were checked, and are due for another check only later than today.

    Where there is none for the country, or no country is given, a directory for many countries is listed, and `text`
    says what to do in danger. This answer needs no key, is never counted against a limit, and is the same for everyone.
    """
    library, locale = library_and_locale(request)
    body = to_bytes(help_out(library, locale, country, now_of(request).date()))
    return localized_response(locale, request, body, max_age=A_MINUTE)


def help_out(library: Library, locale: str, country: str | None, today: date) -> HelpOut:
    """The help that there is in a country today."""
    lines = library.help_for((country or "").strip().upper(), today)
    here = next((line.country for line in lines if line.country), None)
    return {
        "country": here,
        "text": None if here else library.texts[locale]["support/no_line"],
        "data": [{**resource_out(line), "kinds": list(line.kinds)} for line in lines],
        "next_cursor": None,
        "has_more": False,
    }
