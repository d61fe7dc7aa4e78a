"""Nothing in the document breaks a client of the last release; and what would break one is named."""

import json
from copy import deepcopy
from typing import Any

import pytest

from tests.contract.compatibility import RELEASED, ROOT, breaking_changes, lines_of

Node = dict[str, Any]

NOW: Node = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
CODE = {"type": "string", "enum": ["one", "two"]}


def small() -> Node:
    """A document with one operation, which has something of everything."""
    wish = {
        "type": "object",
        "required": ["level"],
        "additionalProperties": False,
        "properties": {
            "level": {"$ref": "#/components/schemas/Level"},
            "hours": {"type": ["number", "null"], "minimum": 0, "maximum": 80},
            "note": {"type": "string", "maxLength": 40, "pattern": "^a"},
            "choice": {"anyOf": [{"$ref": "#/components/schemas/Level"}, {"type": "null"}]},
        },
    }
    view = {
        "type": "object",
        "required": ["outcome", "minutes"],
        "properties": {
            "outcome": {"type": "string", "enum": ["one"]},
            "minutes": {"type": "integer"},
            "steps": {"type": "array", "items": {"type": "string"}},
        },
    }
    operation = {
        "operationId": "read_view",
        "security": [{}, {"key": []}],
        "parameters": [{"name": "kind", "in": "query", "schema": {"type": "string"}}],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}},
        "responses": {
            "200": {
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/View"}}},
            }
        },
    }
    schemas = {"Level": deepcopy(CODE), "Wish": wish, "View": view}
    return {"paths": {"/view": {"post": operation}}, "components": {"schemas": schemas}}


def test_clients_of_the_last_release_go_on_working() -> None:
    released = json.loads(RELEASED.read_text(encoding="utf-8"))

    assert breaking_changes(released, NOW) == [], "see docs/releases.md, The document"


def test_a_release_is_kept_whole() -> None:
    kept = json.loads("".join(lines_of(NOW)))

    assert breaking_changes(NOW, kept) == breaking_changes(kept, NOW) == []


OPERATION = ("paths", "/view", "post")
LEVEL, WISH, VIEW = (("components", "schemas", name) for name in ("Level", "Wish", "View"))
GONE = object()
NEEDED = {"name": "new", "in": "query", "required": True, "schema": {"type": "string"}}
BREAKS: dict[str, tuple[tuple[str | int, ...], object]] = {
    "POST /view: is gone": (OPERATION, GONE),
    "POST /view: is called get_view instead of read_view": ((*OPERATION, "operationId"), "get_view"),
    "POST /view: needs other credentials": ((*OPERATION, "security"), [{"key": []}]),
    "POST /view: needs a body now": ((*OPERATION, "requestBody", "required"), True),
    "POST /view, query kind: is gone": ((*OPERATION, "parameters", 0), GONE),
    "POST /view, query kind: is required now": ((*OPERATION, "parameters", 0, "required"), True),
    "POST /view, query kind: takes a few codes alone now": ((*OPERATION, "parameters", 0, "schema"), CODE),
    "POST /view, query new: is required now": ((*OPERATION, "parameters", 1), NEEDED),
    "POST /view body: is no longer application/json": ((*OPERATION, "requestBody", "content"), {}),
    "POST /view 200: is gone": ((*OPERATION, "responses", "200"), GONE),
    "POST /view 200, header ETag: is gone": ((*OPERATION, "responses", "200", "headers", "ETag"), GONE),
    "Wish.note: is gone": ((*WISH, "properties", "note"), GONE),
    "Wish.note: is required now": ((*WISH, "required"), ["level", "note"]),
    "Wish.new: is required now": ((*WISH, "required"), ["level", "new"]),
    "Wish.hours: takes no null now": ((*WISH, "properties", "hours", "type"), "number"),
    "Wish.hours: maximum is 40 instead of 80": ((*WISH, "properties", "hours", "maximum"), 40),
    "Wish.hours: minimum is 1 instead of 0": ((*WISH, "properties", "hours", "minimum"), 1),
    "Wish.note: minLength is 1 instead of none": ((*WISH, "properties", "note", "minLength"), 1),
    "Wish.note: pattern is ^b instead of ^a": ((*WISH, "properties", "note", "pattern"), "^b"),
    "Wish.choice: takes no null now": ((*WISH, "properties", "choice"), {"$ref": "#/components/schemas/Level"}),
    "Wish.level: takes no Level now": ((*WISH, "properties", "level"), {"anyOf": [{"type": "null"}]}),
    "Level: takes no two now": ((*LEVEL, "enum"), ["one"]),
    "View.steps: is gone": ((*VIEW, "properties", "steps"), GONE),
    "View.minutes: may be missing now": ((*VIEW, "required"), ["outcome"]),
    "View.minutes: may be null now": ((*VIEW, "properties", "minutes", "type"), ["integer", "null"]),
    "View.minutes: may be number now": ((*VIEW, "properties", "minutes", "type"), "number"),
    "View.outcome: may be two now": ((*VIEW, "properties", "outcome", "enum"), ["one", "two"]),
    "View.outcome: may be any code now": ((*VIEW, "properties", "outcome", "enum"), GONE),
    "View.minutes: may be Level now": (
        (*VIEW, "properties", "minutes"),
        {"anyOf": [{"$ref": "#/components/schemas/Level"}, {"type": "integer"}]},
    ),
    "View.steps[]: may be integer now": ((*VIEW, "properties", "steps", "items", "type"), ["string", "integer"]),
}


def put(node: Any, place: tuple[str | int, ...], value: object) -> None:
    """Set what is at the place, append it where a list ends there, or take it out where it is gone."""
    for name in place[:-1]:
        node = node[name]
    if value is GONE:
        del node[place[-1]]
    elif isinstance(node, list) and place[-1] == len(node):
        node.append(value)
    else:
        node[place[-1]] = value


@pytest.mark.parametrize("named", BREAKS)
def test_what_breaks_a_client_is_named(named: str) -> None:
    new = small()

    put(new, *BREAKS[named])

    assert breaking_changes(small(), new) == [named]


def test_credentials_that_all_operations_need_now_are_named() -> None:
    old, new = small(), small()
    for document in (old, new):
        document["security"] = document["paths"]["/view"]["post"].pop("security")
    new["security"] = [{"key": []}]

    assert breaking_changes(old, new) == ["POST /view: needs other credentials"]
    assert breaking_changes(old, small()) == breaking_changes(small(), old) == []


def test_what_only_grows_breaks_nothing() -> None:
    new = small()
    wish, view = (new["components"]["schemas"][name]["properties"] for name in ("Wish", "View"))
    operation = new["paths"]["/view"]["post"]
    new["paths"]["/other"] = {"get": operation | {"operationId": "other"}}
    operation["parameters"].append({"name": "new", "in": "query", "schema": {"type": "string"}})
    operation["responses"]["200"]["headers"]["Link"] = {"schema": {"type": "string"}}
    wish |= {"new": CODE, "hours": {"type": ["number", "string", "null"], "minimum": -1, "maximum": 90}}
    wish["note"] = {"type": "string", "maxLength": 50}
    wish["level"] = {"anyOf": [wish["level"], {"type": "null"}]}
    view |= {"new": CODE, "minutes": {"type": "integer", "maximum": 5}}
    new["components"]["schemas"]["Level"]["enum"].append("three")

    assert breaking_changes(small(), new) == []


def test_the_real_document_is_compared_to_its_depth() -> None:
    grown = deepcopy(NOW)
    del grown["paths"]["/v1/me/view"]
    schemas = grown["components"]["schemas"]
    schemas["ConflictInput"]["properties"].pop("level")
    schemas["View"]["properties"]["outcome"]["type"] = ["string", "null"]
    schemas["Cost"]["enum"].remove("free")

    assert {*breaking_changes(NOW, grown)} >= {
        "GET /v1/me/view: is gone",
        "ConflictInput.level: is gone",
        "View.outcome: may be null now",
        "Cost: takes no free now",
    }
