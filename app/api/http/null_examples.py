"""FastAPI leaves every null out of the document, those of the examples too; what answers always hold is put back."""

from collections.abc import Iterable
from typing import Any

from app.api.http.schema_lookup import Node, inside, variants_of


def restore_null_examples(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        if "examples" in schema:
            schema["examples"] = [complete_example(example, schema, document) for example in schema["examples"]]
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        for described in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in described.get("content", {}).values():
                _complete_media(media, document)


def _complete_media(media: dict[str, Any], document: Node) -> None:
    schema = media.get("schema", {})
    if "example" in media:
        media["example"] = complete_example(media["example"], schema, document)
    for named in media.get("examples", {}).values():
        named["value"] = complete_example(named["value"], schema, document)


def complete_example(example: Any, schema: Node, document: Node) -> Any:
    if isinstance(example, list):
        return [complete_example(one, _first(inside(schema, 0, document)), document) for one in example]
    if not isinstance(example, dict):
        return example
    form = _form_of(example, schema, document)
    order = [name for name in form.get("properties", ()) if name in example or name in form.get("required", ())]
    return {
        name: complete_example(example[name], _first(inside(form, name, document)), document)
        if name in example
        else None
        for name in dict.fromkeys([*order, *example])
    }


def _form_of(example: dict[str, Any], schema: Node, document: Node) -> Node:
    """Of several forms, the one that has a place for every field."""
    forms = [form for form in variants_of(schema, document) if form.get("type") == "object"]
    return next((form for form in forms if example.keys() <= {*form.get("properties", ())}), _first(forms))


def _first(nodes: Iterable[Node]) -> Node:
    return next(iter(nodes), {})
