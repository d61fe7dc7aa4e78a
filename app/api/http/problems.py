"""Errors as RFC 9457 problem details, whatever their origin."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.api.http.request_context import count_request, root_of, route_template
from app.api.http.schema_lookup import OperationSchema
from app.api.http.validation import describe_errors
from app.errors import (
    CredentialsMissing,
    FieldError,
    InternalError,
    MalformedJson,
    MalformedRequest,
    MethodNotAllowed,
    NotAuthenticated,
    NotFound,
    RekindleError,
    TooManyRequests,
    UnsupportedMediaType,
    ValidationFailed,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
EXAMPLE_MISTAKE = FieldError(
    "body",
    "#/reports/a/conflict/level",
    "unknown_level",
    "There is no such level; did you mean 'chronic'? levels: rare, occasional, frequent, chronic",
)


class BodyRejected(HTTPException):
    """Raised while a body is read, with the problem to respond with.

    FastAPI replaces any error of its own reading of a body by a 400, unless it is an `HTTPException`.
    """

    def __init__(self, problem: RekindleError) -> None:
        super().__init__(problem.status)
        self.problem = problem


def example_of(kind: type[RekindleError]) -> dict[str, Any]:
    example = _members(kind, kind.title, "req_7f3a")
    if kind is ValidationFailed:
        example |= {"detail": ValidationFailed([EXAMPLE_MISTAKE]).detail, "errors": [_mistake_out(EXAMPLE_MISTAKE)]}
    return example


def install_error_handlers(app: FastAPI) -> None:
    for kind in (RekindleError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, problem_response)


async def problem_response(request: Request, error: Exception) -> Response:
    problem = to_problem(request, error)
    try:
        # What was refused before anybody looked at its credentials, or for them.
        count_request(request.scope)
    except TooManyRequests as exceeded:
        problem = exceeded
    request.scope["rekindle.problem"] = problem.code
    return Response(
        render(problem, request.scope.get("rekindle.request_id", ""), root_of(request)),
        problem.status,
        problem_headers(problem),
        MEDIA_TYPE,
    )


def to_problem(request: Request, error: Exception) -> RekindleError:
    """Return the problem of an error of ours, of FastAPI or of Starlette; any other is an internal error."""
    match error:
        case RekindleError():
            return error
        case BodyRejected():
            return error.problem
        case RequestValidationError():
            return _of_validation(request, error)
        case HTTPException():
            return _of_routing(error)
        case _:
            return InternalError()


def _of_routing(error: HTTPException) -> RekindleError:
    match error.status_code:
        # FastAPI answers 400 where it cannot read a body.
        case 400:
            return MalformedJson()
        case 404:
            return NotFound("No path of this API is spelled like this one.")
        case 405:
            return MethodNotAllowed(_methods_named_by(error))
        case status if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return MalformedRequest()
        case _:
            return InternalError()


def type_of(code: str, root: str = "") -> str:
    return f"{root}/problems/{code.replace('_', '-')}"


def render(problem: RekindleError, request_id: str, root: str = "") -> bytes:
    # Where there is no more to tell than the title, the detail says what to do; a fault of the server stays one.
    is_bare = problem.detail == problem.title and problem.status < HTTPStatus.INTERNAL_SERVER_ERROR
    body = _members(type(problem), problem.remedy if is_bare else problem.detail, request_id, root)
    if isinstance(problem, ValidationFailed):
        body["errors"] = [_mistake_out(mistake) for mistake in problem.mistakes]
    return json.dumps(body, separators=(",", ":")).encode()


def _members(kind: type[RekindleError], detail: str, request_id: str, root: str = "") -> dict[str, Any]:
    return {
        "type": type_of(kind.code, root),
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "code": kind.code,
        "request_id": request_id,
    }


def _mistake_out(mistake: FieldError) -> dict[str, str]:
    return {"in": mistake.part, "pointer": mistake.pointer, "code": mistake.code, "detail": mistake.detail}


def problem_headers(problem: RekindleError) -> dict[str, str]:
    headers = {"Content-Language": "en"}
    match problem:
        case MethodNotAllowed():
            headers["Allow"] = ", ".join(problem.allowed)
        case UnsupportedMediaType():
            headers |= problem.accepted
        case TooManyRequests():
            headers["Retry-After"] = str(problem.retry_after)
        case CredentialsMissing():
            headers["WWW-Authenticate"] = 'Bearer realm="rekindle"'
        case NotAuthenticated():
            parameters = f'error="invalid_token", error_description="{problem.title}"'
            headers["WWW-Authenticate"] = f'Bearer realm="rekindle", {parameters}'
        case RekindleError(status=503):
            headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return headers


def _of_validation(request: Request, error: RequestValidationError) -> RekindleError:
    if any(_names_nothing(mistake) for mistake in error.errors()):
        return NotFound()
    first = error.errors()[0]
    if first["loc"] == ("body",) and first["type"] == "missing":
        return MalformedJson("The body is empty; a JSON object is needed.")
    document, route = request.app.openapi(), route_template(request.scope)
    operation = document["paths"].get(route, {}).get(request.method.lower(), {})
    return describe_errors(error.errors(), error.body, OperationSchema(document, operation, route))


def _names_nothing(mistake: Mapping[str, Any]) -> bool:
    """Return whether a part of the path has not even the form of an id."""
    return mistake["loc"][0] == "path" and mistake["type"] in ("string_pattern_mismatch", "string_too_long")


def _methods_named_by(error: HTTPException) -> list[str]:
    methods = {method.strip() for method in (error.headers or {}).get("Allow", "").split(",")} - {""}
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)
