"""What the OpenAPI document says may stand at one place of a request."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Node = Mapping[str, Any]
Part = Literal["body", "query", "path", "header"]
Keys = tuple[str | int, ...]

_FORMATS = {
    "date": "a date such as 2026-01-31",
    "date-time": "an instant such as 2026-01-31T09:30:00Z",
    "uri": "an address such as https://app.example",
}


@dataclass(frozen=True, slots=True)
class OperationSchema:
    """What is said of one route: its operation, and the document that its references lead into."""

    document: Node
    operation: Node
    route: str

    def names_at(self, part: Part, keys: Keys) -> list[str]:
        """The names of the fields that an object here may have."""
        return [name for form in self._forms_at(part, keys) for name in _names(form)]

    def levels_at(self, part: Part, keys: Keys) -> list[str | int]:
        return [level for form in self._forms_at(part, keys) for level in _levels(form)]

    def wanted_at(self, part: Part, keys: Keys) -> str:
        """In words, such as: a number from 0 to 168 in steps of 0.25."""
        return _either(_wanted(form, self.document) for form in self._forms_at(part, keys))

    def _forms_at(self, part: Part, keys: Keys) -> list[Node]:
        """One node for each form that a value here may have."""
        nodes = [_body(self.operation) if part == "body" else _parameters(part, self.operation)]
        for key in keys:
            nodes = [inner for node in nodes for inner in inside(node, key, self.document)]
        return [form for node in nodes for form in variants_of(node, self.document)]


def spell_out(names: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(name if isinstance(name, str) else json.dumps(name) for name in names))


def _body(operation: Node) -> Node:
    content: Node = operation.get("requestBody", {}).get("content", {})
    return next((media.get("schema", {}) for media in content.values()), {})


def _parameters(part: Part, operation: Node) -> Node:
    parameters = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == part]
    return {"properties": {parameter["name"]: parameter["schema"] for parameter in parameters}}


def inside(node: Node, key: str | int, document: Node) -> Iterator[Node]:
    """The node of one field or of each member, once for each form that has it."""
    unnamed = "items" if isinstance(key, int) else "additionalProperties"
    for form in variants_of(node, document):
        inner = form.get("properties", {}).get(key) or form.get(unnamed)
        if isinstance(inner, dict):
            yield inner


def variants_of(node: Node, document: Node) -> Iterator[Node]:
    """What a node amounts to, references followed: one node for each form that is not null."""
    if "$ref" in node:
        yield from variants_of(document["components"]["schemas"][node["$ref"].rpartition("/")[2]], document)
    elif forms := node.get("anyOf") or node.get("oneOf") or node.get("allOf"):
        for form in forms:
            yield from variants_of(form, document)
    elif node.get("type") != "null":
        yield node


def _names(form: Node) -> list[str]:
    return [*form.get("properties", ()), *form.get("propertyNames", {}).get("enum", ())]


def _levels(form: Node) -> list[str | int]:
    return [form["const"]] if "const" in form else [*form.get("enum", ())]


def _wanted(form: Node, document: Node) -> str:
    if levels := _levels(form):
        return f"one of {spell_out(levels)}"
    match form.get("type"):
        case "object":
            return "an object" + (f" with fields among {spell_out(_names(form))}" if _names(form) else "")
        case "array":
            return f"a list, each {_either(_wanted(inner, document) for inner in inside(form, 0, document))}"
        case "integer" | "number" as kind:
            return ("a whole number" if kind == "integer" else "a number") + _bounds(form)
        case "string":
            return _FORMATS.get(form.get("format", ""), "a text") + _length(form) + _example(form)
        case kind:
            return "true or false" if kind == "boolean" else "something else"


def _bounds(form: Node) -> str:
    least, most, step = form.get("minimum"), form.get("maximum"), form.get("multipleOf")
    between = f" from {least:g} to {most:g}" if least is not None and most is not None else ""
    return between + (f" in steps of {step:g}" if step is not None else "")


def _length(form: Node) -> str:
    most = form.get("maxLength")
    return f" of at most {most} characters" if most is not None else ""


def _example(form: Node) -> str:
    return f" such as {form['examples'][0]}" if form.get("examples") else ""


def _either(forms: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(forms)) or "something else"
