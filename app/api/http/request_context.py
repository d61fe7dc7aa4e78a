"""The route of a request, and the rulesets, the present and the language that it is answered with."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.types import Scope

from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.library import Library
from app.settings import Settings

DEFAULT_LANGUAGE = "en"
UNMATCHED = "unmatched"
# What every reader of language tags should allow for (RFC 5646, 4.4.1), and more wishes than a browser ever sends.
MAX_TAG_LENGTH, MAX_WISHES = 35, 50
VARY_BY_LANGUAGE = {"Vary": "Accept-Language"}


def install_route_templates(app: FastAPI) -> None:
    """Make `route_template` work for `app`: a route by itself does not know the prefixes of its routers."""

    @cache
    def templates() -> dict[int, str]:
        return {id(context.original_route): context.path or UNMATCHED for context in iter_route_contexts(app.routes)}

    app.state.templates = templates


def route_template(scope: Scope) -> str:
    """Return the path of the matched route as the OpenAPI document spells it, such as `/v1/couples/{couple_id}`."""
    route = scope.get("route")
    if route is None:
        return UNMATCHED
    template: str = scope["app"].state.templates().get(id(route), UNMATCHED)
    return template


def rulesets_of(request: Request) -> ActiveRuleset:
    rulesets: ActiveRuleset = request.app.state.rulesets
    return rulesets


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def public_url(request: Request) -> str:
    """Return the address of this server, without a slash at its end: of the settings, else as the request has it."""
    address = settings_of(request).public_url
    return address or str(request.base_url).rstrip("/")


def now_of(request: Request) -> datetime:
    """Return the present in UTC, by the clock of the application."""
    now: datetime = request.app.state.clock()
    return now


def library_and_locale(request: Request, *wishes: str | None) -> tuple[Library, str]:
    """Return the content in force and the language to show it in: by the `wishes`, then by the request's header."""
    library = rulesets_of(request).current
    return library, choose_language(library.texts, *wishes, accept_language=request.headers.get("accept-language"))


def choose_language(available: Collection[str], *wishes: str | None, accept_language: str | None = None) -> str:
    """Return the first of the `wishes` that is available, then of the `accept_language` header, else English.

    An unknown language is never an error; `Content-Language` names the one that was chosen.
    """
    by_lower_case = {tag.lower(): tag for tag in available}
    for wish in (*wishes, *_by_weight(accept_language or "")):
        for tag in _broader_tags(wish or ""):
            if tag in by_lower_case:
                return by_lower_case[tag]
    return DEFAULT_LANGUAGE


def _broader_tags(tag: str) -> Iterator[str]:
    """Yield de-Latn-AT, then de-Latn, then de (RFC 4647, lookup)."""
    parts = tag.strip().lower().replace("_", "-")[: MAX_TAG_LENGTH + 1].split("-")
    if sum(map(len, parts)) + len(parts) - 1 > MAX_TAG_LENGTH:
        parts.pop()
    while parts:
        yield "-".join(parts)
        parts.pop()


def _by_weight(header: str) -> list[str]:
    weighted = [_parse_weight(item) for item in header.split(",", MAX_WISHES)[:MAX_WISHES]]
    return [tag for tag, weight in sorted(weighted, key=lambda item: -item[1]) if weight > 0 and tag != "*"]


def _parse_weight(item: str) -> tuple[str, float]:
    tag, _, parameter = item.partition(";")
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return tag.strip(), 1.0
    try:
        return tag.strip(), min(1.0, float(value))
    except ValueError:
        return tag.strip(), 0.0
