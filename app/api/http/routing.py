"""Routes that refuse what they would otherwise lose: repeated names in a body, unknown or repeated query parameters."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from app.api.http.problems import BodyRejected, problems
from app.api.http.validation import MAX_NAME_LENGTH, pointer
from app.errors import FieldError, MalformedJson, RekindleError, ValidationFailed
from app.rulesets.strict_json import MALFORMED, JsonMistake, UnreadableJson, read_json

# `detail` is one text for people.
MAX_SPELLED_OUT = 10
NO_QUERY = "There is no such field; this takes no query."


class StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return read_json(await self.body())
        except UnreadableJson as error:
            raise BodyRejected(_problem_of(error.mistakes)) from None


class StrictRoute(APIRoute):
    """A route whose body is strict JSON."""

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


def _problem_of(mistakes: Sequence[JsonMistake]) -> RekindleError:
    malformed = [mistake for mistake in mistakes if mistake.code == MALFORMED]
    if malformed:
        return MalformedJson(" ".join(map(_spell_out, malformed[:MAX_SPELLED_OUT])))
    return ValidationFailed([FieldError("body", pointer(keys), code, reason) for keys, code, reason in mistakes])


def _spell_out(mistake: JsonMistake) -> str:
    if not mistake.keys or len(str(mistake.keys[-1])) > MAX_NAME_LENGTH:
        return mistake.reason
    return f"{mistake.reason.removesuffix('.')} ({pointer(mistake.keys)})."
