"""Which route a request took, as the path it is described under."""

from functools import cache

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import Scope

UNMATCHED = "unmatched"


def remember_templates(app: FastAPI) -> None:
    """A route by itself does not know the prefixes of the routers around it."""

    @cache
    def templates() -> dict[int, str]:
        return {id(context.original_route): context.path or UNMATCHED for context in iter_route_contexts(app.routes)}

    app.state.templates = templates


def template_of(scope: Scope) -> str:
    route = scope.get("route")
    if route is None:
        return UNMATCHED
    template: str = scope["app"].state.templates().get(id(route), UNMATCHED)
    return template
