import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api.http.openapi import ALWAYS_OPEN, TAGS
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock

Document = dict[str, Any]

COMMITTED = Path(__file__).parents[3] / "openapi.json"
DOCUMENT: Document = create_app(Settings(), ActiveRuleset(), clock=clock.now).openapi()
OPERATIONS: list[tuple[str, Document]] = [
    (path, operation) for path, methods in DOCUMENT["paths"].items() for operation in methods.values()
]
every_operation = pytest.mark.parametrize(
    ("path", "operation"), OPERATIONS, ids=[operation["operationId"] for _, operation in OPERATIONS]
)


def test_it_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_the_committed_document_is_this_one() -> None:
    assert json.loads(COMMITTED.read_text()) == DOCUMENT, "run make openapi"


def test_it_says_what_this_is_and_under_which_licence() -> None:
    info = DOCUMENT["info"]

    assert info["license"] == {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
    assert {"title", "version", "summary", "contact"} <= info.keys()
    assert "no therapy" in info["description"]
    assert DOCUMENT["servers"] == [{"url": "/", "description": "This server"}]


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, operation in OPERATIONS]

    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []


def test_every_tag_is_described_and_used() -> None:
    used = {tag for _, operation in OPERATIONS for tag in operation["tags"]}

    assert {tag["name"] for tag in DOCUMENT["tags"]} == used <= set(TAGS)
    assert all(tag["description"].endswith(".") for tag in DOCUMENT["tags"])


@every_operation
def test_every_operation_is_described(path: str, operation: Document) -> None:
    assert len(operation["tags"]) == 1
    assert operation["summary"][0].isupper()
    assert not operation["summary"].endswith(".")
    assert operation["description"].endswith(".")


@every_operation
def test_every_operation_says_who_may_call_it(path: str, operation: Document) -> None:
    if path.startswith("/v1/") and path not in ALWAYS_OPEN:
        assert {"bearer": []} in operation["security"]
    else:
        assert operation["security"] == []


@every_operation
def test_every_operation_shows_what_is_sent_and_what_comes_back(path: str, operation: Document) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        check_examples(media)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for media in response.get("content", {}).values():
                check_examples(media)


def check_examples(media: Document) -> None:
    examples = examples_of(media)
    assert examples
    validator = Draft202012Validator({**media.get("schema", {}), "components": DOCUMENT["components"]})
    for example in examples:
        validator.validate(example)


def examples_of(media: Document) -> list[object]:
    named = [example["value"] for example in media.get("examples", {}).values()]
    schema = media.get("schema", {})
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return [*named, *([media["example"]] if "example" in media else []), *schema.get("examples", [])]


@every_operation
def test_every_error_is_a_problem_with_an_example(path: str, operation: Document) -> None:
    errors = {
        status: shared_response(one["$ref"])
        for status, one in operation["responses"].items()
        if not status.startswith(("2", "3"))
    }

    assert {"429", "500"} <= errors.keys()
    assert ("requestBody" in operation) <= ({"400", "413", "415", "422"} <= errors.keys())
    assert bool(operation["security"]) <= ({"401", "403"} <= errors.keys())
    for status, one in errors.items():
        assert list(one["content"]) == ["application/problem+json"]
        check_examples(one["content"]["application/problem+json"])
        for example in one["content"]["application/problem+json"]["examples"].values():
            assert str(example["value"]["status"]) == status


def shared_response(reference: str) -> Document:
    shared: Document = DOCUMENT["components"]["responses"][reference.removeprefix("#/components/responses/")]
    return shared


def test_no_shared_response_is_unused() -> None:
    used = {one.get("$ref", "") for _, operation in OPERATIONS for one in operation["responses"].values()}

    assert {f"#/components/responses/{name}" for name in DOCUMENT["components"]["responses"]} == used - {""}


def test_the_errors_of_the_framework_are_not_in_it() -> None:
    assert not re.search("HTTPValidationError|ValidationError", json.dumps(DOCUMENT))


def test_where_a_key_is_asked_for_the_document_says_so(build_app: Callable[..., FastAPI]) -> None:
    document = build_app(require_key="true").openapi()

    assert document["paths"]["/v1/recommendations"]["post"]["security"] == [{"bearer": []}]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["paths"]["/healthz"]["get"]["security"] == []


def test_it_is_served_and_may_be_kept(client: TestClient) -> None:
    answer = client.get("/openapi.json")

    assert answer.json() == DOCUMENT
    assert answer.headers["cache-control"].startswith("public")
    held = client.get("/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")


def test_nothing_of_this_machine_is_in_it() -> None:
    assert not re.search(r"/work|/root|/home|localhost|127\.0\.0\.1", json.dumps(DOCUMENT))
