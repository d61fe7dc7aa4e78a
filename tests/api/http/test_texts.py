"""Every id and short text in a request has one type: printable, bounded, in one form. No other reaches a database."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from app.api.http.schema_lookup import variants_of
from tests.client import TestClient
from tests.people import Integrator
from tests.reliability.scene import Operation, Scene, ask_for, set_the_scene, stored_operations

# A cursor is opened with a key, a secret and the code of an invitation are hashed, a time is parsed, a key is checked
# by its own rule. Nothing that is asked for help, and no wish for a language or a copy, is ever a mistake; nor is an id
# of a request, in the place of which another is made where it is odd.
READ_OTHERWISE = frozenset(
    {
        "cursor",
        "secret",
        "body/code",
        "Rekindle-Test-Now",
        "Idempotency-Key",
        "X-Request-Id",
        "country",
        "Accept-Language",
        "If-None-Match",
        *(f"POST /v1/{path} body/locale" for path in ("recommendations", "explanations")),
    }
)
HIDDEN = ("a\0b", "\0", "a\u200bb", "a\u202eb", "line\nbreak", "\x7f", "\u00a0", "\ufeffa", "x" * 10_000)
HALF = "half \ud83d"


def texts_in(schema: Mapping[str, Any], document: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    for variant in variants_of(schema, document):
        match variant.get("type"):
            case "string":
                yield place, variant
            case "array":
                yield from texts_in(variant["items"], document, f"{place}/0")
            case "object":
                for name, inner in variant.get("properties", {}).items():
                    yield from texts_in(inner, document, f"{place}/{name}")
                for inner in (variant.get("propertyNames"), variant.get("additionalProperties")):
                    if isinstance(inner, dict):
                        yield from texts_in(inner, document, f"{place}/*")


def parameters_of(operation: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Any]:
    for parameter in operation.get("parameters", ()):
        shared = parameter.get("$ref", "").rpartition("/")[2]
        yield document["components"]["parameters"][shared] if shared else parameter


def texts_of_requests(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            label = f"{method.upper()} {path}"
            for parameter in parameters_of(operation, document):
                yield from texts_in(parameter["schema"], document, f"{label} {parameter['name']}")
            for media in operation.get("requestBody", {}).get("content", {}).values():
                yield from texts_in(media["schema"], document, f"{label} body")


def test_every_text_in_a_request_is_bounded_and_has_a_form(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    texts = [(place, text) for place, text in texts_of_requests(document) if not text.keys() & {"enum", "const"}]
    assert len(texts) > 50

    without_form = {place for place, text in texts if "pattern" not in text and "format" not in text}
    assert {place for place in without_form if not {place, place.rpartition(" ")[2]} & READ_OTHERWISE} == set()
    endless = {place for place, text in texts if "maxLength" not in text and "*" in text.get("pattern", "")}
    assert not endless


@pytest.fixture
def scene(integrator: Integrator) -> Scene:
    return set_the_scene(integrator)


def requests_with(text: str, operation: Operation, scene: Scene, document: Mapping[str, Any]) -> Iterator[Any]:
    """Send the operation's request once for each place that takes a text, with `text` there."""
    asked = ask_for(scene, operation)
    for parameter in parameters_of(operation.described, document):
        name = parameter["name"]
        if parameter["in"] == "path":
            path = operation.path.format_map({**scene.names, "key_id": "key_x", name: quote(text, safe="")})
            yield asked.caller.ask(asked.method, path, asked.body, **asked.headers)
        elif parameter["in"] == "query" and name != "limit":
            yield asked.caller.ask(asked.method, f"{asked.path}?{name}={quote(text, safe='')}", asked.body)
    schema = operation.described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    for place, _ in texts_in(schema or {}, document, ""):
        _, *outer, name = place.split("/")
        if not outer and isinstance(asked.body, dict):
            yield asked.caller.ask(asked.method, asked.path, {**asked.body, name: text}, **asked.headers)


@pytest.mark.parametrize("text", HIDDEN, ids=ascii)
def test_a_text_that_cannot_be_printed_is_the_mistake_of_the_caller(
    stored_app: FastAPI, scene: Scene, text: str
) -> None:
    document, wrong, sent = stored_app.openapi(), [], 0
    for operation in stored_operations(stored_app):
        if operation.path in ("/v1/me", "/v1/me/couple"):
            continue
        for answer in requests_with(text, operation, scene, document):
            sent += 1
            if answer.status_code not in (400, 404, 422):
                wrong.append(f"{operation.label} {answer.request.url}: {answer.status_code}")
    assert sent > 40
    assert not wrong


def test_half_a_character_is_the_mistake_of_the_caller(integrator: Integrator) -> None:
    body = json.dumps({"adult": True, "external_id": HALF}).encode()
    headers = {"Authorization": f"Bearer {integrator.bearer}", "Content-Type": "application/json"}

    refused = integrator.client.post("/v1/partners", content=body, headers=headers)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/external_id")


def test_one_text_in_two_spellings_is_one_text(integrator: Integrator) -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"

    first = integrator.post("/v1/partners", {"adult": True, "external_id": composed})
    second = integrator.post("/v1/partners", {"adult": True, "external_id": decomposed})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["external_id"] == composed
    listed = integrator.get(f"/v1/partners?external_id={quote(decomposed)}").json()["data"]
    assert [one["id"] for one in listed] == [first.json()["id"]]


def test_every_stored_operation_refuses_a_query_that_it_does_not_know(stored_app: FastAPI, scene: Scene) -> None:
    for operation in stored_operations(stored_app):
        asked = ask_for(scene, operation)
        refused = asked.caller.ask(asked.method, f"{asked.path}?colour=red", asked.body, **asked.headers)

        assert refused.status_code == 422, operation.label
        assert ("query", "#/colour") in [(one["in"], one["pointer"]) for one in refused.json()["errors"]]


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/problems", "/problems/not-found", "/v1/calendars/x.ics"]
)
def test_so_does_every_other_one(client: TestClient, path: str) -> None:
    assert client.get(f"{path}?colour=red").status_code == 422
