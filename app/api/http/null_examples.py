"""FastAPI leaves every null out of the document, those of the examples too; what answers always hold is put back."""

from collections.abc import Iterable
from typing import Any

from app.api.http.schema_lookup import Node, forms_of, inside


def put_nulls_back(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        if "examples" in schema:
            schema["examples"] = [whole(example, schema, document) for example in schema["examples"]]
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        for described in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in described.get("content", {}).values():
                _complete_media(media, document)


def _complete_media(media: dict[str, Any], document: Node) -> None:
    schema = media.get("schema", {})
    if "example" in media:
        media["example"] = whole(media["example"], schema, document)
    for named in media.get("examples", {}).values():
        named["value"] = whole(named["value"], schema, document)


def whole(example: Any, schema: Node, document: Node) -> Any:
    if isinstance(example, list):
        return [whole(one, _first(inside(schema, 0, document)), document) for one in example]
    if not isinstance(example, dict):
        return example
    form = _form_of(example, schema, document)
    order = [name for name in form.get("properties", ()) if name in example or name in form.get("required", ())]
    return {
        name: whole(example[name], _first(inside(form, name, document)), document) if name in example else None
        for name in dict.fromkeys([*order, *example])
    }


def _form_of(example: dict[str, Any], schema: Node, document: Node) -> Node:
    """Of several forms, the one that has a place for every field."""
    forms = [form for form in forms_of(schema, document) if form.get("type") == "object"]
    return next((form for form in forms if example.keys() <= {*form.get("properties", ())}), _first(forms))


def _first(nodes: Iterable[Node]) -> Node:
    return next(iter(nodes), {})
