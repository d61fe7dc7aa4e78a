"""The OpenAPI 3.1 document: FastAPI's, with problems, security and null examples completed."""

import re
from collections import Counter
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from app import __version__, errors
from app.api.http.caching import cacheable_response
from app.api.http.json_responses import to_bytes
from app.api.http.openapi_headers import complete_headers
from app.api.http.openapi_schemas import SCHEMA_PREFIX, complete_schemas, references_in
from app.api.http.openapi_sharing import share_entries, share_examples, share_parts, share_responses, share_security
from app.api.http.problems import MEDIA_TYPE
from app.api.http.request_context import count_by_address
from app.api.http.responses import NULL, load_example, problems, replace_values, shown_example
from app.api.http.routing import METHODS_WITH_BODY, ResourceRouter, RouteTable
from app.api.http.schema_lookup import Document, operations

Problems = tuple[type[errors.RekindleError], ...]

INFO: dict[str, Any] = {
    "title": "Rekindle",
    "version": __version__,
    "summary": "What could two people do together next, and why?",
    "description": Path(__file__).with_name("description.md").read_text("utf-8").strip(),
    "contact": {"name": "The Rekindle contributors"},
    "license_info": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
}

TAGS = {
    "recommendations": "Recommendations and explanations for self-reports in the request. Nothing is stored.",
    "integrators": "Partners, couples and keys, managed with an integrator's key, which reads no answer and no view.",
    "me": "The data and views of one partner, read and changed with that partner's own token, from consent to erasure.",
    "catalogue": "The questions to ask, the words for every code, and the rules that decide, the same for everyone.",
    "help": "Sources of help by country, open to everyone and the same for everyone.",
    "service": "Health, metrics and the meaning of errors.",
}

ANY_OPERATION: Problems = (errors.TooManyRequests, errors.InternalError, errors.TookTooLong)
WITH_BODY: Problems = (errors.MalformedJson, errors.BodyTooLarge, errors.UnsupportedMediaType, errors.ValidationFailed)
AUTHENTICATED: Problems = (
    errors.CredentialsMissing,
    errors.CredentialsMalformed,
    errors.CredentialsUnknown,
    errors.CredentialsExpired,
    errors.CredentialsRevoked,
    errors.DatabaseUnavailable,
)
WITH_IDEMPOTENCY_KEY: Problems = (errors.StillRunning, errors.IdempotencyKeyReused)
WRONG_CREDENTIALS: dict[str, Problems] = {
    "integrators": (errors.KeyNeeded, errors.ScopeMissing),
    "me": (errors.TokenNeeded,),
}
KEY_SCHEME, TOKEN_SCHEME = "integrator_key", "partner_token"
SECURITY_SCHEMES: Document = {
    KEY_SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "rk_test_… or rk_live_…",
        "description": "The key of an integrator. Your back end holds it, and no app or page ever does.",
    },
    TOKEN_SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "rt_test_… or rt_live_…",
        "description": "The token of one partner, which your back end makes with its key. It lasts a day at most.",
    },
}
# Open to everyone, even where the operator requires a key.
ALWAYS_OPEN = frozenset({"/v1/help", "/v1/calendars/{secret}.ics"})
# Every other operation refuses a name in the query that it does not have.
FORGIVING = "/v1/help"
OPTIONAL_KEY: list[Document] = [{}, {KEY_SCHEME: []}]

router = ResourceRouter(include_in_schema=False, dependencies=[Depends(count_by_address)])


@router.get("/openapi.json")
async def send_description(request: Request) -> Response:
    return cacheable_response(request, request.app.state.description())


def servers_of(root: str) -> list[dict[str, Any]]:
    """Return the servers of the document, of which the first is reached below the path `root`."""
    origin = {"default": "https://rekindle.example.org", "description": "Its address."}
    return [
        {"url": root or "/", "description": "The server that holds this document."},
        {"url": "{origin}", "description": "A server of yours.", "variables": {"origin": origin}},
    ]


def describe(app: FastAPI, table: RouteTable) -> None:
    """Make `app.openapi()` return the completed document of the routes, and keep the bytes that are served."""

    @cache
    def openapi() -> Document:
        others = [route for route in app.routes if route is not table]
        document = get_openapi(
            **INFO, servers=app.servers, routes=[*table.all(), *others], separate_input_output_schemas=False
        )
        return complete(document)

    @cache
    def description() -> bytes:
        return to_bytes(openapi())

    app.openapi = openapi  # type: ignore[method-assign]
    app.state.description = description


def complete(described: Document) -> Document:
    """Return FastAPI's document with problems, security schemes, nulls in examples and descriptions of tags."""
    document: Document = replace_values(described, NULL, None)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for schema in schemas.values():
        if "properties" in schema and "examples" in schema:
            schema["examples"] = [shown_example(example) for example in schema["examples"]]
    schemas |= {"Problem": load_example("problem"), "Mistake": load_example("invalid-field")}
    components["securitySchemes"] = SECURITY_SCHEMES
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _add_security(path, operation)
            _add_problems(path, operation, may_bring_body=method.upper() in METHODS_WITH_BODY)
            if method == "patch":
                # A change may be sent as a merge patch (RFC 7396) too.
                content = operation["requestBody"]["content"]
                content["application/merge-patch+json"] = {"schema": {**content["application/json"]["schema"]}}
    complete_schemas(document)
    _describe_success(document)
    complete_headers(document)
    share_security(document, OPTIONAL_KEY)
    share_entries(document)
    share_parts(document)
    components["responses"] = share_responses(document)
    components["examples"] = share_examples(document)
    used = {tag for _, operation in operations(document) for tag in operation.get("tags", ())}
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    return document


def _add_security(path: str, operation: Document) -> None:
    if operation.get("security"):
        is_of_partner = operation["tags"] == ["me"]
        operation["security"] = [{TOKEN_SCHEME if is_of_partner else KEY_SCHEME: []}]
    else:
        is_open = path in ALWAYS_OPEN or not path.startswith("/v1/")
        operation["security"] = [] if is_open else OPTIONAL_KEY


def _add_problems(path: str, operation: Document, *, may_bring_body: bool) -> None:
    responses = operation["responses"]
    # FastAPI adds a 422 of its own shape to every route that has parameters.
    if MEDIA_TYPE not in responses.get("422", {}).get("content", {}):
        responses.pop("422", None)
    kinds: Problems = ANY_OPERATION
    # A body is read also where none is taken, so that nothing in it is silently ignored.
    if may_bring_body:
        kinds += WITH_BODY
    elif path != FORGIVING:
        kinds += (errors.ValidationFailed,)
    if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", ())):
        kinds += WITH_IDEMPOTENCY_KEY
    if operation["security"]:
        kinds += AUTHENTICATED + WRONG_CREDENTIALS.get("".join(operation.get("tags", ())), (errors.ScopeMissing,))
    for status, described in problems(*kinds).items():
        media = responses.setdefault(str(status), described)["content"][MEDIA_TYPE]
        media["examples"] |= described["content"][MEDIA_TYPE]["examples"]
    for response in responses.values():
        _sort_problems(response.get("content", {}).get(MEDIA_TYPE, {}), response)
    operation["responses"] = dict(sorted(responses.items()))


def _sort_problems(media: Document, response: Document) -> None:
    """Put the examples of problems in the order of their codes, so that equal responses are the same."""
    if "examples" in media:
        media["examples"] = dict(sorted(media["examples"].items()))
        response["description"] = " · ".join(one["value"]["title"] for one in media["examples"].values())


def _describe_success(document: Document) -> None:
    """Say of each success what it holds: the first sentence about its schema, which need not say it again."""
    schemas = document["components"]["schemas"]
    uses = Counter(references_in([document["paths"], schemas]))
    for _, operation in operations(document):
        for status, response in operation["responses"].items():
            if response.get("description") == "Successful Response":
                media: Document = next(iter(response.get("content", {}).values()), {})
                name = media.get("schema", {}).get("$ref", "").removeprefix(SCHEMA_PREFIX)
                about = schemas.get(name, {}).get("description", "")
                response["description"] = re.split(r"(?<=\.)\s", about)[0] or HTTPStatus(int(status)).phrase
                if uses[name] == 1 and response["description"] == about:
                    del schemas[name]["description"]
