"""What breaks a client: one OpenAPI document against an earlier one.

`python -m tests.contract.compatibility` prints what is kept of a document once it is released.
"""

import json
import operator
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Node = dict[str, Any]

ROOT = Path(__file__).parents[2]
RELEASED = Path(__file__).with_name("released.json")
SAID = {"description", "summary", "example", "examples", "title", "tags", "info", "servers", "x-extensible-enum"}
PROBLEM = "application/problem+json"
LOWER_IS_NARROWER = ("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum")
HIGHER_IS_NARROWER = ("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum")
CHOICES = {"anyOf", "oneOf", "allOf"}
EXACT = ("pattern", "format", "const", "uniqueItems")


def breaking_changes(old: Node, new: Node) -> list[str]:
    """Return each change from `old` to `new` that a client may break on, with its place."""
    return list(dict.fromkeys(_Comparison(old, new).changes()))


def shape_of(node: Any, *, of_names: bool = False) -> Any:
    """Return a document without what is only said in it; `of_names` where the keys of `node` are names of its own."""
    if isinstance(node, list):
        return [shape_of(one) for one in node]
    if not isinstance(node, dict):
        return node
    named = {"properties", "schemas", "responses", "parameters", "headers", "paths", "securitySchemes"}
    return {
        key: shape_of(one, of_names=key in named and not of_names)
        for key, one in node.items()
        if of_names or key not in SAID
    }


def lines_of(document: Node) -> Iterator[str]:
    """Yield JSON with a line for each path and each component, so that a change of one is a change of one line."""
    shape = shape_of(document)
    for _, operation in _operations(shape):
        operation["responses"] = {status: one for status, one in operation["responses"].items() if status < "300"}
        operation["security"] = _security(shape, operation)
    responses = shape["components"]["responses"]
    kept = {name: one for name, one in responses.items() if PROBLEM not in one.get("content", {})}
    components = {name: shape["components"][name] for name in ("schemas", "parameters", "headers")}
    rows = {name: _rows(one) for name, one in (components | {"responses": kept}).items()}
    yield '{"openapi": "3.1.0",\n"paths": ' + _rows(shape["paths"]) + ',\n"components": {\n'
    yield ",\n".join(f'"{name}": {text}' for name, text in rows.items()) + "\n}}\n"


def _rows(named: Node) -> str:
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in named.items()) + "\n}"


def _operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _security(document: Node, operation: Node) -> list[Node]:
    """Return the ways to be let in, of which an operation that says none has those of its document."""
    ways: list[Node] = (operation if "security" in operation else document).get("security") or []
    return ways


class _Comparison:
    def __init__(self, old: Node, new: Node) -> None:
        self.old, self.new = old, new
        self.seen: set[tuple[str, str, bool]] = set()

    def changes(self) -> Iterator[str]:
        after = dict(_operations(self.new))
        for name, old in _operations(self.old):
            yield from self._operation(name, old, after[name]) if name in after else [f"{name}: is gone"]

    def _operation(self, name: str, old: Node, new: Node) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{name}: is called {new['operationId']} instead of {old['operationId']}"
        allowed = _security(self.new, new)
        if allowed != [] and any(way not in allowed for way in _security(self.old, old) or [{}]):
            yield f"{name}: needs other credentials"
        yield from self._parameters(name, old, new)
        yield from self._body(name, old.get("requestBody"), new.get("requestBody"))
        for status, response in old["responses"].items():
            if status < "300":
                yield from self._response(f"{name} {status}", response, new["responses"].get(status))

    def _parameters(self, name: str, old: Node, new: Node) -> Iterator[str]:
        before, after = _parameters(self.old, old), _parameters(self.new, new)
        for key, parameter in before.items():
            if key not in after:
                yield f"{name}, {key}: is gone"
            else:
                yield from self._schema(f"{name}, {key}", parameter["schema"], after[key]["schema"], takes=True)
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{name}, {key}: is required now"

    def _body(self, name: str, old: Node | None, new: Node | None) -> Iterator[str]:
        if new and new.get("required") and not (old or {}).get("required"):
            yield f"{name}: needs a body now"
        if old:
            yield from self._content(f"{name} body", old["content"], (new or {}).get("content", {}), takes=True)

    def _response(self, name: str, old: Node, new: Node | None) -> Iterator[str]:
        if new is None:
            yield f"{name}: is gone"
            return
        before, after = _resolved(self.old, old), _resolved(self.new, new)
        for header in before.get("headers", {}).keys() - after.get("headers", {}).keys():
            yield f"{name}, header {header}: is gone"
        yield from self._content(name, before.get("content", {}), after.get("content", {}), takes=False)

    def _content(self, name: str, old: Node, new: Node, *, takes: bool) -> Iterator[str]:
        for kind, media in old.items():
            if kind not in new:
                yield f"{name}: is no longer {kind}"
            else:
                yield from self._schema(name, media.get("schema", {}), new[kind].get("schema", {}), takes=takes)

    def _schema(self, where: str, old: Node, new: Node, *, takes: bool) -> Iterator[str]:
        """Yield what is narrower in requests (`takes`), or wider or missing in responses."""
        if CHOICES & (old.keys() | new.keys()):
            yield from self._choices(where, old, new, takes=takes)
            return
        names = [one.get("$ref", "").rpartition("/")[2] for one in (old, new)]
        if all(names):
            if names[0] != names[1]:
                yield f"{where}: is a {names[1]} instead of a {names[0]}"
            if (names[0], names[1], takes) in self.seen:
                return
            self.seen.add((names[0], names[1], takes))
            where = names[0]
        before, after = _resolved(self.old, old), _resolved(self.new, new)
        yield from _types(where, before, after, takes=takes)
        yield from _codes(where, before, after, takes=takes)
        if takes:
            yield from _limits(where, before, after)
        yield from self._inner(where, before, after, takes=takes)

    def _choices(self, where: str, old: Node, new: Node, *, takes: bool) -> Iterator[str]:
        before, after = _choices(old), _choices(new)
        if takes:
            yield from (f"{where}: takes no {name} now" for name in before if name not in after)
        else:
            yield from (f"{where}: may be {name} now" for name in after if name not in before)
        for name in before.keys() & after.keys():
            yield from self._schema(where, before[name], after[name], takes=takes)

    def _inner(self, where: str, old: Node, new: Node, *, takes: bool) -> Iterator[str]:
        fields = new.get("properties", {})
        for field, schema in old.get("properties", {}).items():
            if field not in fields:
                yield f"{where}.{field}: is gone"
            else:
                yield from self._schema(f"{where}.{field}", schema, fields[field], takes=takes)
        required, was_required = set(new.get("required", ())), set(old.get("required", ()))
        for field in sorted(required - was_required if takes else (was_required - required) & fields.keys()):
            yield f"{where}.{field}: {'is required now' if takes else 'may be missing now'}"
        for part in ("items", "additionalProperties", "propertyNames"):
            before, after = old.get(part), new.get(part)
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self._schema(f"{where}[]", before, after, takes=takes)
            elif takes and part == "additionalProperties" and before is not False and after is False:
                yield f"{where}: takes no other names now"


def _types(where: str, old: Node, new: Node, *, takes: bool) -> Iterator[str]:
    before, after = _kinds(old), _kinds(new)
    if takes and (lost := before - after) and after:
        yield f"{where}: takes no {' or '.join(sorted(lost))} now"
    if not takes and (more := after - before) and before:
        yield f"{where}: may be {' or '.join(sorted(more))} now"
    if not takes and before and not after:
        yield f"{where}: may be anything now"
    if takes and not before and after:
        yield f"{where}: takes {' or '.join(sorted(after))} alone now"


def _kinds(schema: Node) -> set[str]:
    kinds = set(_listed(schema.get("type", ())))
    return kinds | ({"integer"} if "number" in kinds else set())


def _codes(where: str, old: Node, new: Node, *, takes: bool) -> Iterator[str]:
    before, after = old.get("enum"), new.get("enum")
    if takes and after is not None:
        if before is None:
            yield f"{where}: takes a few codes alone now"
        else:
            yield from (f"{where}: takes no {code} now" for code in before if code not in after)
    if not takes and before is not None:
        if after is None:
            yield f"{where}: may be any code now"
        else:
            yield from (f"{where}: may be {code} now" for code in after if code not in before)


def _limits(where: str, old: Node, new: Node) -> Iterator[str]:
    for names, is_narrower in ((LOWER_IS_NARROWER, operator.lt), (HIGHER_IS_NARROWER, operator.gt)):
        for name in names:
            if name in new and (name not in old or is_narrower(new[name], old[name])):
                yield f"{where}: {name} is {new[name]} instead of {old.get(name, 'none')}"
    for name in EXACT:
        if name in new and new[name] != old.get(name):
            yield f"{where}: {name} is {new[name]} instead of {old.get(name, 'none')}"


def _choices(schema: Node) -> dict[str, Node]:
    """Return what a schema offers to choose from, by name or type; a schema without a choice is the one it has."""
    listed = [one for kind in CHOICES for one in schema.get(kind, ())] or [schema]
    return {
        one["$ref"].rpartition("/")[2] if "$ref" in one else kind: one if "$ref" in one else one | {"type": kind}
        for one in listed
        for kind in _listed(one.get("type", "anything"))
    }


def _listed(value: str | Iterable[str]) -> Iterable[str]:
    return [value] if isinstance(value, str) else value


def _parameters(document: Node, operation: Node) -> dict[str, Node]:
    found = [_resolved(document, one) for one in operation.get("parameters", ())]
    return {f"{one['in']} {one['name']}": one for one in found}


def _resolved(document: Node, node: Node) -> Node:
    found: Any = document
    for name in node["$ref"].removeprefix("#/").split("/") if "$ref" in node else ():
        found = found[name]
    return found if "$ref" in node else node


if __name__ == "__main__":
    sys.stdout.writelines(lines_of(json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))))
