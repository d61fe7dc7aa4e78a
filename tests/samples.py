"""What tools show for a body of an OpenAPI document: its examples, else a sample made of what its schema shows."""

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]


def resolved(document: Node, node: Node) -> Node:
    """Return `node`, or what it refers to."""
    found: Any = document
    for name in node["$ref"].removeprefix("#/").split("/") if "$ref" in node else ():
        found = found[name]
    return found if "$ref" in node else node


def examples_of(document: Node, media: Node) -> list[Any]:
    """Return what is shown for a body, the one that is shown first at the beginning."""
    named = [resolved(document, one)["value"] for one in media.get("examples", {}).values()]
    own = [media["example"]] if "example" in media else []
    return [*named, *own, *samples(document, media.get("schema", {}))]


def samples(document: Node, schema: Node) -> Iterator[Any]:
    """Yield the examples of a schema, else one of all its fields where each shows something.

    Of a field that shows nothing, a tool shows the name of its type, which is no example.
    """
    schema = resolved(document, schema)
    if "examples" in schema:
        yield from schema["examples"]
    elif "items" in schema:
        yield from ([entry] for entry in samples(document, schema["items"]))
    elif fields := schema.get("properties"):
        shown = {name: [*samples(document, field)][:1] for name, field in fields.items()}
        if all(shown.values()):
            yield {name: first for name, (first,) in shown.items()}
