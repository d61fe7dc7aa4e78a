"""Routes that refuse what they would otherwise lose: repeated names in a body, unknown or repeated query parameters."""

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Scope

from app.api.http.problems import BodyRejected
from app.api.http.request_context import count_request
from app.api.http.validation import MAX_NAME_LENGTH, pointer
from app.errors import MAX_LISTED, FieldError, MalformedJson, RekindleError, ValidationFailed
from app.rulesets.strict_json import MALFORMED, JsonMistake, QuickReader, UnreadableJson, quick_reader_of, read_json

# `detail` is one text for people.
MAX_SPELLED_OUT = 10
METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class StrictRequest(Request):
    read_quickly: QuickReader | None = None

    async def json(self) -> Any:
        body = await self.body()
        quick = self.read_quickly(body) if self.read_quickly else None
        if quick is not None:
            return quick
        try:
            return read_json(body)
        except UnreadableJson as error:
            raise BodyRejected(_problem_of(error.mistakes)) from None


class StrictRoute(APIRoute):
    """A route whose body is strict JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        read_quickly = quick_reader_of(self.body_field.field_info.annotation) if self.body_field else None

        async def handle_strictly(request: Request) -> Response:
            request = StrictRequest(request.scope, request.receive)
            request.read_quickly = read_quickly
            if _takes_no_body(request, self):
                # Before a transaction begins, which must not wait for a client.
                await request.body()
            return await handle(request)

        return handle_strictly


async def check_query(request: Request) -> None:
    """Refuse query parameters that the route does not have, or that occur twice, so that none is silently ignored.

    A route without a body has no fields either. Raises `RequestValidationError` for the unknown ones, else
    `ValidationFailed` for those given twice; and `TooManyRequests` where nobody has looked at credentials before, since
    then the request counts by its address.
    """
    count_request(request.scope)
    if _takes_no_body(request, request.scope["route"]) and await request.body():
        _refuse_fields(await request.json())
    if not request.scope["query_string"]:
        return
    counts = Counter(name for name, _ in request.query_params.multi_items())
    unknown = unknown_query(request)
    if unknown:
        raise RequestValidationError(
            [{"type": "extra_forbidden", "msg": "", "input": None, "loc": ("query", name)} for name in unknown]
        )
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        detail = "This was given more than once; give it once."
        raise ValidationFailed([FieldError("query", pointer((name,)), "repeated", detail) for name in repeated])


def refuse_long_query(scope: Scope) -> None:
    """Refuse a query of too many parts before it is read. The request counts by its address."""
    if scope["query_string"].count(b"&") >= MAX_LISTED:
        count_request(scope)
        detail = f"A query has fewer than {MAX_LISTED} parts."
        raise ValidationFailed([FieldError("query", "#", "too_long", detail)])


def _takes_no_body(request: Request, route: APIRoute) -> bool:
    return route.body_field is None and request.method in METHODS_WITH_BODY


def _refuse_fields(body: object) -> None:
    if not isinstance(body, dict):
        raise ValidationFailed([FieldError("body", "#", "wrong_type", "This takes no body.")])
    if body:
        unknown = [{"type": "extra_forbidden", "msg": "", "input": None, "loc": ("body", name)} for name in body]
        raise RequestValidationError(unknown, body=body)


def unknown_query(request: Request) -> list[str]:
    """Return the names in the query that the route does not have."""
    known = _query_names(request.scope["route"])
    return [name for name in dict.fromkeys(request.query_params) if known is not None and name not in known]


def _query_names(route: APIRoute) -> frozenset[str] | None:
    """Return the names of the route's query parameters; None where a closed model checks them together."""
    parameters = route.dependant.query_params
    if any(isinstance(one.field_info.annotation, type(BaseModel)) for one in parameters):
        return None
    return frozenset(one.alias for one in parameters)


def _problem_of(mistakes: Sequence[JsonMistake]) -> RekindleError:
    malformed = [mistake for mistake in mistakes if mistake.code == MALFORMED]
    if malformed:
        return MalformedJson(" ".join(map(_spell_out, malformed[:MAX_SPELLED_OUT])))
    return ValidationFailed([FieldError("body", pointer(keys), code, reason) for keys, code, reason in mistakes])


def _spell_out(mistake: JsonMistake) -> str:
    if not mistake.keys or len(str(mistake.keys[-1])) > MAX_NAME_LENGTH:
        return mistake.reason
    return f"{mistake.reason.removesuffix('.')} ({pointer(mistake.keys)})."
