"""Responses and examples of the OpenAPI document that are said once and referred to wherever they hold."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from app.api.http.openapi_schemas import SCHEMA_PREFIX, camel_case
from app.api.http.problems import MEDIA_TYPE
from app.api.http.schema_lookup import Document, operations

# In characters: a reference takes less room than what it stands for.
LEAST_SHARED_EXAMPLE = 150
# In characters: to show the other fields one by one takes less room.
LEAST_SHARED_PART = 500
LIST_FIELDS = {"data", "next_cursor", "has_more"}


def share_security(document: Document, usual: list[Document]) -> None:
    """Say once for the whole document what the operations need whose credentials are the usual ones, if any are."""
    alike = [operation for _, operation in operations(document) if operation["security"] == usual]
    for operation in alike:
        del operation["security"]
    if alike:
        document["security"] = usual


def share_responses(document: Document) -> Document:
    """Replace problems and responses without a body by references, and return the responses by name."""
    alike = [
        (operation["responses"], status, response)
        for _, operation in operations(document)
        for status, response in operation["responses"].items()
        if MEDIA_TYPE in response.get("content", {}) or "content" not in response
    ]
    counts = Counter((status, json.dumps(response)) for _, status, response in alike)
    names: dict[tuple[str, str], str] = {}
    shared: Document = {}
    # The most frequent first, so that the usual response of a status is the one that is named by it alone.
    for status, text in sorted(counts, key=lambda one: (-counts[one], one)):
        response: Document = json.loads(text)
        names[status, text] = next(name for name in _response_names(status, response) if name not in shared)
        shared[names[status, text]] = response
    for responses, status, response in alike:
        responses[status] = {"$ref": f"#/components/responses/{names[status, json.dumps(response)]}"}
    return dict(sorted(shared.items()))


def _response_names(status: str, response: Document) -> Iterator[str]:
    """Yield the names that a shared response may have, the best first: its status, then what it says."""
    codes = response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", ())
    words = sorted(camel_case(code) for code in codes) or [camel_case(HTTPStatus(int(status)).name)]
    yield from (status, words[0], "Or".join(words))


def share_entries(document: Document) -> None:
    """Let a schema show its example, in place: that of the entries of a list, and one that all its bodies have.

    Tools build what they show for a list from its fields, so a list needs no example of its own.
    """
    schemas = document["components"]["schemas"]
    bodies: dict[str, list[Document]] = {}
    for media in _media_with_example(document):
        bodies.setdefault(media["schema"].get("$ref", ""), []).append(media)
    for reference, alike in bodies.items():
        schema = schemas.get(reference.removeprefix(SCHEMA_PREFIX), {})
        if entry := _entry_of(schema):
            read = [media["example"] for media in bodies.get(entry, ())]
            _show_by_schema(schemas, entry, (read or alike[0]["example"]["data"])[0], bodies.get(entry, []))
            del alike[0]["example"]
        elif len({json.dumps(media.get("example")) for media in alike}) == 1 < len(alike):
            _show_by_schema(schemas, reference, alike[0]["example"], alike)


def _show_by_schema(schemas: Document, reference: str, shown: object, bodies: Iterable[Document]) -> None:
    schemas[reference.removeprefix(SCHEMA_PREFIX)]["examples"] = [shown]
    for media in bodies:
        if media["example"] == shown:
            del media["example"]


def _media_with_example(document: Document) -> Iterator[Document]:
    for _, operation in operations(document):
        for response in operation["responses"].values():
            for media in response.get("content", {}).values():
                if "schema" in media and "example" in media:
                    yield media


def _entry_of(schema: Document) -> str | None:
    """Return the reference to the schema of the entries of a list, None for any other schema."""
    fields = schema.get("properties", {})
    reference: str | None = fields["data"]["items"].get("$ref") if fields.keys() == LIST_FIELDS else None
    return reference


def share_parts(document: Document) -> None:
    """Let the schema of a large object in the examples of several bodies show it, and their other fields show theirs.

    Tools put together from its fields what they show for a body without an example.
    """
    schemas = document["components"]["schemas"]
    bodies = [
        (media, schemas[media["schema"]["$ref"].removeprefix(SCHEMA_PREFIX)], media["example"])
        for media in _media_with_example(document)
        if "$ref" in media["schema"]
    ]
    bodies += [(one, one, one["examples"][0]) for one in schemas.values() if {"examples", "properties"} <= one.keys()]
    counts = Counter(part for _, schema, example in bodies for part in _large_parts(schema, example).values())
    for holder, schema, example in bodies:
        parts = {field: part for field, part in _large_parts(schema, example).items() if counts[part] > 1}
        if parts:
            holder.pop("example", None) or holder.pop("examples")
            for reference, text in parts.values():
                schemas[reference.removeprefix(SCHEMA_PREFIX)]["examples"] = [json.loads(text)]
            for field, value in example.items():
                if field not in parts:
                    _show(schema["properties"][field], value, schemas)


def _large_parts(schema: Document, example: Document) -> dict[str, tuple[str, str]]:
    """Return the schema and the JSON of each large object that is a field of `example`, or the one entry of a field."""
    parts = {}
    for field, value in example.items():
        node = schema["properties"].get(field, {})
        is_list = "items" in node and isinstance(value, list) and len(value) == 1
        one, text = (node["items"], json.dumps(value[0])) if is_list else (node, json.dumps(value))
        if "$ref" in one and len(text) > LEAST_SHARED_PART:
            parts[field] = (one["$ref"], text)
    return parts


def _show(node: Document, value: object, schemas: Document) -> None:
    target = schemas[node["$ref"].removeprefix(SCHEMA_PREFIX)] if "$ref" in node else node
    target.setdefault("examples", [value])


def share_examples(document: Document) -> Document:
    """Replace the example of a problem that several responses show by references, and return the examples by code."""
    contents = [response.get("content", {}) for response in document["components"]["responses"].values()]
    problems: list[Document] = [media["examples"] for content in contents for media in content.values()]
    counts = Counter(code for examples in problems for code in examples)
    shared: Document = {}
    for examples in problems:
        for code, example in examples.items():
            if counts[code] > 1 and len(json.dumps(example["value"])) > LEAST_SHARED_EXAMPLE:
                shared[code] = example
                examples[code] = {"$ref": f"#/components/examples/{code}"}
    return shared
