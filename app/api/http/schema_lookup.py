"""Lookup of the values that the OpenAPI document allows at one place of a request."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.api.http.fields import PRINTABLE, TRIMMED
from app.errors import Part
from app.rulesets.strict_json import to_integer

Document = dict[str, Any]
SchemaNode = Mapping[str, Any]
FieldPath = tuple[str | int, ...]

_FORMATS = {
    "date": "a date such as 2026-01-31",
    "date-time": "an instant such as 2026-01-31T09:30:00Z",
    "uri": "an address such as https://app.example",
}


@dataclass(frozen=True, slots=True)
class OperationSchema:
    """The schema of one operation, with the document that its references lead into."""

    document: SchemaNode
    operation: SchemaNode
    route: str

    def names_at(self, part: Part, keys: FieldPath) -> list[str]:
        """Return the names that an object at `keys` may have."""
        return [name for variant in self._variants_at(part, keys) for name in _names(variant)]

    def levels_at(self, part: Part, keys: FieldPath) -> list[str | int]:
        """Return the values of the enumeration at `keys`."""
        variants = list(self._variants_at(part, keys))
        return [level for variant in variants for level in _levels(variant) or _whole_numbers(variant)]

    def expected_at(self, part: Part, keys: FieldPath) -> str:
        """Return in words what is allowed at `keys`, such as "a number from 0 to 168 in steps of 0.25"."""
        return _either(_expected(variant, self.document) for variant in self._variants_at(part, keys))

    def needed_at(self, part: Part, keys: FieldPath) -> list[str]:
        """Return the fields that an object at `keys` cannot do without, where each of them is a single value."""
        variants = self._variants_at(part, keys)
        needed = list(dict.fromkeys(name for variant in variants for name in variant.get("required", ())))
        within = [inner for name in needed for inner in self._variants_at(part, (*keys, name))]
        return needed if all(inner.get("type") not in ("object", "array") for inner in within) else []

    def _variants_at(self, part: Part, keys: FieldPath) -> list[SchemaNode]:
        nodes = [_body(self.operation) if part == "body" else _parameters(part, self)]
        for key in keys:
            nodes = [inner for node in nodes for inner in inside(node, key, self.document)]
        return [variant for node in nodes for variant in variants_of(node, self.document)]


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield each operation with its path."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def spell_out(names: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(name if isinstance(name, str) else json.dumps(name) for name in names))


def _body(operation: SchemaNode) -> SchemaNode:
    content: SchemaNode = operation.get("requestBody", {}).get("content", {})
    return next((media.get("schema", {}) for media in content.values()), {})


def _parameters(part: Part, schema: OperationSchema) -> SchemaNode:
    shared = schema.document["components"]["parameters"]
    listed = schema.operation.get("parameters", ())
    parameters = [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in listed]
    return {"properties": {one["name"]: one["schema"] for one in parameters if one["in"] == part}}


def inside(node: SchemaNode, key: str | int, document: SchemaNode) -> Iterator[SchemaNode]:
    """Yield the schema of one field, or of the members for an integer `key`, of every variant of `node` that has it."""
    unnamed = "items" if isinstance(key, int) else "additionalProperties"
    for variant in variants_of(node, document):
        inner = variant.get("properties", {}).get(key) or variant.get(unnamed)
        if isinstance(inner, dict):
            yield inner


def variants_of(node: SchemaNode, document: SchemaNode) -> Iterator[SchemaNode]:
    """Yield the alternatives of `node` other than null, with references and unions resolved."""
    kinds = node.get("type")
    if "$ref" in node:
        yield from variants_of(document["components"]["schemas"][node["$ref"].rpartition("/")[2]], document)
    elif variants := node.get("anyOf") or node.get("oneOf") or node.get("allOf"):
        for variant in variants:
            yield from variants_of(variant, document)
    elif isinstance(kinds, list):
        yield from ({**node, "type": kind} for kind in kinds if kind != "null")
    elif kinds != "null":
        yield node


def _names(variant: SchemaNode) -> list[str]:
    return [*variant.get("properties", ()), *variant.get("propertyNames", {}).get("enum", ())]


def _levels(variant: SchemaNode) -> list[str | int]:
    return [variant["const"]] if "const" in variant else [*variant.get("enum", ())]


def _whole_numbers(variant: SchemaNode) -> list[str | int]:
    if variant.get("type") != "integer" or not {"minimum", "maximum"} <= variant.keys():
        return []
    return list(range(variant["minimum"], variant["maximum"] + 1))


def _expected(variant: SchemaNode, document: SchemaNode) -> str:
    if levels := _levels(variant):
        return f"one of {spell_out(levels)}"
    match variant.get("type"):
        case "object":
            return "an object" + (f" with fields among {spell_out(_names(variant))}" if _names(variant) else "")
        case "array":
            members = _either(
                _expected(member, document)
                for inner in inside(variant, 0, document)
                for member in variants_of(inner, document)
            )
            return f"a list{_size(variant, 'Items')}, each {members}"
        case "integer" | "number" as kind:
            return ("a whole number" if kind == "integer" else "a number") + _bounds(variant)
        case "string":
            return _text(variant)
        case kind:
            return "true or false" if kind == "boolean" else "something else"


def _text(variant: SchemaNode) -> str:
    text = _FORMATS.get(variant.get("format", ""), "a text")
    if variant.get("pattern") in (PRINTABLE, TRIMMED):
        text = "a text of one line, all of it visible,"
    example = f" such as {variant['examples'][0]}" if variant.get("examples") else ""
    return text + _size(variant, "Length", " characters") + example


def _size(variant: SchemaNode, of: str, unit: str = "") -> str:
    minimum, maximum = variant.get(f"min{of}", 0), variant.get(f"max{of}")
    if maximum is None:
        return ""
    return (f" of {minimum} to {maximum}" if minimum else f" of at most {maximum}") + unit


def _bounds(variant: SchemaNode) -> str:
    minimum, maximum, step = variant.get("minimum"), variant.get("maximum"), variant.get("multipleOf")
    between = f" from {_plain(minimum)} to {_plain(maximum)}" if minimum is not None and maximum is not None else ""
    return between + (f" in steps of {_plain(step)}" if step is not None else "")


def _plain(number: float) -> str:
    return str(to_integer(number))


def _either(descriptions: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(descriptions)) or "something else"
