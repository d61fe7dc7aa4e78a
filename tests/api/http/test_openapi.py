import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from importlib import resources
from pathlib import Path

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api.http.collection import whole_list
from app.api.http.json_responses import to_bytes
from app.api.http.openapi import ALWAYS_OPEN, TAGS
from app.api.http.openapi_headers import HEADERS
from app.api.http.responses import load_example
from app.api.http.routing import METHODS_WITH_BODY
from tests.client import TestClient
from tests.document import DOCUMENT, Document, security_of
from tests.samples import examples_of, resolved

BODY_METHODS = {method.lower() for method in METHODS_WITH_BODY}
MOST_BYTES = 300_000
COMMITTED = Path(__file__).parents[3] / "openapi.json"
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


def test_it_is_short_enough() -> None:
    """What weighs, and what may be shared, is in docs/decisions/0027-a-document-that-can-grow.md."""
    assert len(to_bytes(DOCUMENT)) <= MOST_BYTES


def test_it_says_what_this_is_and_under_which_licence() -> None:
    info = DOCUMENT["info"]

    assert info["license"] == {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
    assert {"title", "version", "summary", "contact"} <= info.keys()
    assert "no therapy" in info["description"]
    assert [server["url"] for server in DOCUMENT["servers"]] == ["/", "{origin}"]


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
        of_partner = operation["tags"] == ["me"]
        assert {"partner_token" if of_partner else "integrator_key": []} in security_of(operation)
    else:
        assert security_of(operation) == []


@every_operation
def test_every_operation_shows_what_is_sent_and_what_comes_back(path: str, operation: Document) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        check_examples(media)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for media in response.get("content", {}).values():
                check_examples(media)


def check_examples(media: Document) -> None:
    examples = examples_of(DOCUMENT, media)
    assert examples
    validator = Draft202012Validator({**media.get("schema", {}), "components": DOCUMENT["components"]})
    for example in examples:
        validator.validate(example)


def test_a_list_is_shown_by_its_entry() -> None:
    list_of_rules = DOCUMENT["paths"]["/v1/rules"]["get"]["responses"]["200"]["content"]["application/json"]
    rule = DOCUMENT["components"]["schemas"]["Rule"]

    assert "example" not in list_of_rules
    assert examples_of(DOCUMENT, list_of_rules) == [whole_list(rule["examples"])]


def test_a_list_that_shows_nothing_would_be_found() -> None:
    document = deepcopy(DOCUMENT)
    list_of_rules = document["paths"]["/v1/rules"]["get"]["responses"]["200"]["content"]["application/json"]
    del document["components"]["schemas"]["CatalogueRules"]["properties"]["next_cursor"]["examples"]

    assert examples_of(document, list_of_rules) == []


@every_operation
def test_every_error_is_a_problem_with_an_example(path: str, operation: Document) -> None:
    errors = {
        status: resolve(one) for status, one in operation["responses"].items() if not status.startswith(("2", "3"))
    }

    assert {"429", "500"} <= errors.keys()
    assert ("requestBody" in operation) <= ({"400", "413", "415", "422"} <= errors.keys())
    assert bool(security_of(operation)) <= ({"401", "403"} <= errors.keys())
    for status, one in errors.items():
        assert list(one["content"]) == ["application/problem+json"]
        check_examples(one["content"]["application/problem+json"])
        for example in one["content"]["application/problem+json"]["examples"].values():
            assert str(resolve(example)["value"]["status"]) == status


def resolve(node: Document) -> Document:
    return resolved(DOCUMENT, node)


def test_no_shared_component_is_unused() -> None:
    used = set(re.findall(r'"#/components/([^"]+)"', json.dumps(DOCUMENT)))
    components = {
        f"{kind}/{name}"
        for kind, named in DOCUMENT["components"].items()
        for name in named
        if kind != "securitySchemes"
    }

    assert components == used


def schemas_of(node: object) -> Iterator[Document]:
    if isinstance(node, dict):
        yield node
        for key, inner in node.items():
            if key not in ("example", "examples", "x-extensible-enum", "propertyNames"):
                yield from schemas_of(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from schemas_of(inner)


def reached(parts: Iterable[object]) -> set[str]:
    """Return the names of the schemas that these parts of the document lead to."""
    names: set[str] = set()
    todo = list(parts)
    while todo:
        found = {
            node["$ref"]
            for node in schemas_of(todo.pop())
            if isinstance(node.get("$ref"), str) and node["$ref"][0] == "#"
        }
        todo += [resolve({"$ref": name}) for name in found - names]
        names |= found
    return {name.rpartition("/")[2] for name in names if "/schemas/" in name}


def test_a_code_in_a_response_is_open_and_one_in_a_request_is_closed_and_named() -> None:
    requests = reached(operation.get(part, ()) for _, operation in OPERATIONS for part in ("requestBody", "parameters"))
    responses = reached(operation["responses"] for _, operation in OPERATIONS)
    schemas = DOCUMENT["components"]["schemas"]

    assert len(responses) > 100
    for name in responses:
        assert not [node for node in schemas_of(schemas[name]) if "enum" in node or "const" in node], name
    for name in requests:
        assert not [node for node in schemas_of(schemas[name].get("properties", {})) if "enum" in node], name
        assert not [node for node in schemas_of(schemas[name]) if "x-extensible-enum" in node], name


def test_every_field_is_described() -> None:
    """By words of its own, or by those of the one schema that it refers to, which 95 of 100 do not need."""
    schemas = DOCUMENT["components"]["schemas"].items()
    fields = {f"{name}.{field}": node for name, one in schemas for field, node in one.get("properties", {}).items()}
    undescribed = {name for name, node in fields.items() if not node.get("description")}

    assert {name for name in undescribed if not described_by_reference(fields[name])} == set()
    assert len(undescribed) <= 0.05 * len(fields)


def described_by_reference(node: Document) -> bool:
    others = [one for one in node.get("anyOf", [node]) if one.get("type") != "null"]
    return len(others) == 1 and "$ref" in others[0] and bool(resolve(others[0]).get("description"))


def test_no_description_of_a_field_is_left_over() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    everywhere = {field for schema in schemas.values() for field in schema.get("properties", {})}
    described = tomllib.loads(resources.files("app.api.http").joinpath("field_descriptions.toml").read_text())

    assert described.pop("any").keys() - everywhere == set()
    for name, fields in described.items():
        assert fields.keys() <= schemas[name]["properties"].keys(), name


def test_what_reads_a_body_says_how_one_is_refused() -> None:
    reading = [one for methods in DOCUMENT["paths"].values() for name, one in methods.items() if name in BODY_METHODS]

    assert any("requestBody" not in one for one in reading)
    for one in reading:
        assert {"400", "413", "415", "422"} <= one["responses"].keys(), one["operationId"]


def test_every_header_of_a_response_is_in_the_document(build_app: Callable[..., FastAPI]) -> None:
    request = load_example("recommendation-request")
    with TestClient(build_app(rate_limit="1000/60")) as client:
        answers = [
            (client.post("/v1/recommendations", json=request), "/v1/recommendations", "post"),
            (client.post("/v1/recommendations", content=b"{"), "/v1/recommendations", "post"),
            (client.get("/v1/rules"), "/v1/rules", "get"),
            (client.get("/v1/help"), "/v1/help", "get"),
            (client.get("/v1/rules", headers={"If-None-Match": "*"}), "/v1/rules", "get"),
            (client.get("/v1/me"), "/v1/me", "get"),
        ]
    for answer, path, method in answers:
        response = resolve(DOCUMENT["paths"][path][method]["responses"][str(answer.status_code)])
        told = {name.lower() for name in response["headers"]}
        # What is not cacheable says so everywhere, and needs no saying in the document.
        silent = {"cache-control"} if answer.headers["cache-control"] == "no-store" else set()
        assert {name.lower() for name in HEADERS} & answer.headers.keys() - silent <= told
        assert {"x-request-id", "rekindle-version"} <= answer.headers.keys() & told
    assert {answer.status_code for answer, _, _ in answers} == {200, 304, 401, 415}


def test_the_errors_of_the_framework_are_not_in_it() -> None:
    assert not re.search("HTTPValidationError|ValidationError", json.dumps(DOCUMENT))


def test_where_a_key_is_asked_for_the_document_says_so(build_app: Callable[..., FastAPI]) -> None:
    document = build_app(require_key="true").openapi()

    assert document["paths"]["/v1/recommendations"]["post"]["security"] == [{"integrator_key": []}]
    assert document["paths"]["/healthz"]["get"]["security"] == []
    assert "security" not in document


def test_it_is_served_and_may_be_kept(client: TestClient) -> None:
    answer = client.get("/openapi.json")

    assert answer.json() == DOCUMENT
    assert answer.headers["cache-control"].startswith("public")
    held = client.get("/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")


def test_nothing_of_this_machine_is_in_it() -> None:
    assert not re.search(r"/work|/root|/home|localhost|127\.0\.0\.1", json.dumps(DOCUMENT))
