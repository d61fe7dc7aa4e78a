"""The description of the API for programs: FastAPI's OpenAPI 3.1 document, completed."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from app import __version__
from app.api.http.caching import cacheable_response
from app.api.http.dependencies import bearer
from app.api.http.null_examples import restore_null_examples
from app.api.http.problems import MEDIA_TYPE, describe_problems, example_of
from app.errors import (
    BodyTooLarge,
    CredentialsExpired,
    CredentialsMalformed,
    CredentialsMissing,
    CredentialsRevoked,
    CredentialsUnknown,
    DatabaseUnavailable,
    InternalError,
    KeyNeeded,
    MalformedJson,
    RekindleError,
    ScopeMissing,
    TokenNeeded,
    TooManyRequests,
    UnsupportedMediaType,
    ValidationFailed,
)

Document = dict[str, Any]
Problems = tuple[type[RekindleError], ...]

DESCRIPTION = """
Rekindle takes what one or two partners say about their time, conflict, busyness and preferences. It answers each of
them with a few things the two could do together, every one with its reasons and the evidence behind them. Rules decide,
not a model: the same answers under the same ruleset give the same bytes.

**A view belongs to one partner.** Show it to nobody else: it may rest on answers that the other must not learn of. A
view with the outcome `support` asks for care in how and where it is shown.

**What this is not.** It is no therapy, it diagnoses nobody, and it cannot tell whether a relationship is safe.
`/v1/help` names people who can help; it is the same for everyone.

**What may change.** Within `v1`, fields, codes and levels are only added: be ready for an answer to hold one that you
do not know. What you send is closed: an unknown field is refused, so that a misspelt answer is never silently left out.

**Errors** are problem details (RFC 9457). Each `type` is a page of this server, and `/problems` lists them.
"""
INFO: dict[str, Any] = {
    "title": "Rekindle",
    "version": __version__,
    "summary": "What could two people do together next, and why?",
    "description": DESCRIPTION.strip(),
    "contact": {"name": "The Rekindle contributors"},
    "license_info": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
    "servers": [{"url": "/", "description": "This server"}],
}

TAGS = {
    "recommendations": "What the two could do together next, and why. Nothing that is sent here is stored.",
    "catalogue": "Everything that decides and everything that may be suggested, whole and the same for everyone.",
    "help": "Who can help, by country: open to everyone, and the same for everyone.",
    "integrators": "What an app or organisation manages with its key. It never reads an answer or a view.",
    "me": "What one partner sees and does with their own token.",
    "service": "The server itself: whether it runs, what it counts, what its errors mean.",
}

PROBLEM: Document = {
    "type": "object",
    "title": "Problem",
    "description": "Why the request has no other answer (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "A page of this server that explains this type of problem."},
        "title": {"type": "string", "description": "The type of problem in words, the same every time."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What happened this time."},
        "code": {"type": "string", "description": "The type of problem, for programs. New codes may appear."},
        "request_id": {"type": "string", "description": "The id of the request, as in `X-Request-Id` and the log."},
        "errors": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Mistake"},
            "description": "With `validation_failed`: every mistake at once.",
        },
    },
    "examples": [example_of(ValidationFailed)],
}
MISTAKE: Document = {
    "type": "object",
    "title": "Mistake",
    "description": "One part of a request that is not as described.",
    "required": ["in", "pointer", "code", "detail"],
    "properties": {
        "in": {"type": "string", "description": "The part of the request: `body`, `query`, `path` or `header`."},
        "pointer": {"type": "string", "description": "A JSON pointer (RFC 6901) into that part, as a URI fragment."},
        "code": {"type": "string", "description": "What is wrong, for programs. New codes may appear."},
        "detail": {"type": "string", "description": "What is wrong and what may stand there; never the value given."},
    },
    "examples": example_of(ValidationFailed)["errors"],
}

OF_ANY: Problems = (TooManyRequests, InternalError)
OF_A_BODY: Problems = (MalformedJson, BodyTooLarge, UnsupportedMediaType, ValidationFailed)
OF_A_KEY: Problems = (
    CredentialsMissing,
    CredentialsMalformed,
    CredentialsUnknown,
    CredentialsExpired,
    CredentialsRevoked,
    DatabaseUnavailable,
)
REFUSED: dict[str, Problems] = {"integrators": (KeyNeeded, ScopeMissing), "me": (TokenNeeded,)}
# Open to everyone, whatever the operator asks of callers.
ALWAYS_OPEN = frozenset({"/v1/help", "/v1/calendars/{secret}.ics"})
WITHOUT_OR_WITH_A_KEY: list[Document] = [{}, {"bearer": []}]

_OF_ANY_TEXT = frozenset({"type", "title", "description", "examples"})

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def send_description(request: Request) -> Response:
    return cacheable_response(request, request.app.state.description())


def describe(app: FastAPI) -> None:
    """Let `app.openapi()` be the completed document, and keep the bytes that are served."""
    plain = app.openapi

    @cache
    def openapi() -> Document:
        return complete(plain())

    @cache
    def description() -> bytes:
        return json.dumps(openapi(), ensure_ascii=False).encode()

    app.openapi = openapi  # type: ignore[method-assign]
    app.state.description = description


def complete(document: Document) -> Document:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= {"Problem": PROBLEM, "Mistake": MISTAKE}
    components["securitySchemes"] = {"bearer": bearer.model.model_dump(mode="json", by_alias=True, exclude_none=True)}
    for path, operation in operations(document):
        _say_who_may_call(path, operation)
        _add_problems(operation)
    restore_null_examples(document)
    used = {tag for _, operation in operations(document) for tag in operation.get("tags", ())}
    document["tags"] = [{"name": name, "description": words} for name, words in TAGS.items() if name in used]
    return document


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def _say_who_may_call(path: str, operation: Document) -> None:
    is_open = path in ALWAYS_OPEN or not path.startswith("/v1/")
    operation.setdefault("security", [] if is_open else WITHOUT_OR_WITH_A_KEY)


def _add_problems(operation: Document) -> None:
    responses = operation["responses"]
    if MEDIA_TYPE not in responses.get("422", {}).get("content", {}):
        responses.pop("422", None)
    kinds: Problems = OF_ANY
    if "requestBody" in operation:
        kinds += OF_A_BODY
    elif any(map(_can_be_wrong, operation.get("parameters", ()))):
        kinds += (ValidationFailed,)
    if operation["security"]:
        kinds += OF_A_KEY + REFUSED.get("".join(operation.get("tags", ())), (ScopeMissing,))
    for kind in kinds:
        _add_problem(responses, kind)
    operation["responses"] = dict(sorted(responses.items()))


def _can_be_wrong(parameter: Document) -> bool:
    """Where nothing but a text is asked for, any will do; one in a path is found or it is not."""
    forms = parameter["schema"].get("anyOf", [parameter["schema"]])
    takes_any_text = all(form.get("type") in ("string", "null") and form.keys() <= _OF_ANY_TEXT for form in forms)
    return not takes_any_text or (parameter["in"] != "path" and parameter.get("required", False))


def _add_problem(responses: Document, kind: type[RekindleError]) -> None:
    described = describe_problems([kind])
    held = responses.setdefault(str(kind.status), described)
    if held is not described and kind.code not in held["content"][MEDIA_TYPE]["examples"]:
        held["content"][MEDIA_TYPE]["examples"] |= described["content"][MEDIA_TYPE]["examples"]
        held["description"] += f" · {kind.title}"
