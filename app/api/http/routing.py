"""Routes that refuse what they would otherwise lose: repeated names in a body, unknown or repeated query parameters."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from app.api.http.problems import BodyRejected, problems
from app.api.http.validation import pointer
from app.errors import FieldError, MalformedJson, ValidationFailed

NO_QUERY = "There is no such field; this takes no query."


class StrictRequest(Request):
    async def json(self) -> Any:
        text = (await self.body()).decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_refuse_repeated_names, parse_constant=_refuse_constant)


class StrictRoute(APIRoute):
    """A route whose body is strict JSON.

    Python's reader keeps the last of two values of one name; the one lost could be an answer about safety.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


def router_without_query() -> APIRouter:
    """Return a router whose routes refuse any query parameter, so that none is silently ignored."""
    return APIRouter(dependencies=[Depends(refuse_query)], responses=problems(ValidationFailed))


async def refuse_query(request: Request) -> None:
    names = list(dict.fromkeys(request.query_params))
    if names:
        unknown = {"type": "unknown_field", "msg": NO_QUERY, "input": None}
        raise RequestValidationError([{**unknown, "loc": ("query", name)} for name in names])


def refuse_repeated(request: Request) -> None:
    """Raise `ValidationFailed` for query parameters that occur more than once: all values but one would be lost."""
    names = [name for name, _ in request.query_params.multi_items()]
    mistakes = [
        FieldError("query", pointer((name,)), "repeated", "This was given more than once; give it once.")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if mistakes:
        raise ValidationFailed(mistakes)


def _refuse_repeated_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise BodyRejected(MalformedJson("A name stands twice in one object, so one of its two values would be lost."))
    return members


def _refuse_constant(_: str) -> None:
    raise BodyRejected(MalformedJson("JSON has no NaN and no Infinity."))
