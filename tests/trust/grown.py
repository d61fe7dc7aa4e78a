"""Responses as a later version of `v1` may send them: open codes and ids are new, and objects have one more field."""

from collections.abc import Iterator
from typing import Any

from tests.samples import examples_of, resolved

Node = dict[str, Any]

NEW_CODE, NEW_ID = "a_code_of_tomorrow", "an-id-of-tomorrow"
NEW_FIELD = "a_field_of_tomorrow"
KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}


def responses(document: Node) -> Iterator[tuple[str, Any]]:
    """Yield each named schema that a success is answered with, and an example of it."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                media = response.get("content", {}).get("application/json", {})
                if status < "300" and "$ref" in media.get("schema", {}):
                    yield media["schema"]["$ref"].rpartition("/")[2], examples_of(document, media)[0]


def grow(document: Node, name: str, example: Any) -> Any:
    return _grown(document, document["components"]["schemas"][name], example)


def _grown(document: Node, schema: Node, value: Any) -> Any:
    schema = _variant(document, schema, value)
    if isinstance(value, list):
        return [_grown(document, schema.get("items", {}), one) for one in value]
    if isinstance(value, dict):
        return _grown_object(document, schema, value)
    return NEW_CODE if isinstance(value, str) and "x-extensible-enum" in schema else value


def _grown_object(document: Node, schema: Node, value: Node) -> Node:
    fields, others = schema.get("properties", {}), schema.get("additionalProperties")
    rest = others if isinstance(others, dict) else {}
    found = {name: _grown(document, fields.get(name, rest), one) for name, one in value.items()}
    if fields:
        found[NEW_FIELD] = 1
    elif found and "x-extensible-enum" in schema.get("propertyNames", {}):
        found[NEW_CODE] = next(iter(found.values()))
    if fields.get("id", {}).get("type") == "string":
        found["id"] = NEW_ID
    return found


def _variant(document: Node, schema: Node, value: Any) -> Node:
    """Return the schema itself, or the one of its choices that the value is of."""
    schema = resolved(document, schema)
    choices = [resolved(document, one) for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    kind = KINDS.get(type(value), "null")
    fit = [one for one in choices if kind in [one.get("type"), *one.get("type", [])]]
    fit = [one for one in fit if kind != "object" or value.keys() <= one.get("properties", value).keys()] or fit
    return fit[0] if fit else schema
