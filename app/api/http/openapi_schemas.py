"""Schemas of the OpenAPI document, shaped for the clients generated from it.

A code in a request is a closed, named enumeration. A code in a response is an open text, so that a client reads a level
that it does not know yet. Every field is described, and no name ends in the `In` or `Out` of our Python shapes.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import resources

from app.api.http.schema_lookup import Document, operations

SCHEMA_PREFIX = "#/components/schemas/"
# Fields whose codes are read elsewhere too, or whose own name says too little.
_ENUMERATION_NAMES = {
    "about": "Topic",
    "appreciated": "Frequency",
    "choice": "ActivityChoice",
    "control": "SafetyAnswer",
    "explain": "ExplainDetail",
    "feelings": "Feeling",
    "going_well": "Strength",
    "health_limits": "HealthLimit",
    "keep_private": "PooledAnswer",
    "kind": "ActivityKind",
    "goal": "Goal",
    "likes": "Liking",
    "max_cost": "Cost",
    "outcome": "FeedbackOutcome",
    "practice": "PracticeId",
    "purpose": "ConsentPurpose",
    "season": "Season",
    "skipped": "PooledAnswer",
    "sources": "BusynessSource",
    "strategy": "StrategyId",
    "talk": "TalkNeeded",
    "title": "PlanTitleId",
    "viewer": "Viewer",
}


def complete_schemas(document: Document) -> None:
    """Make the schemas of FastAPI's `document` open in responses, named in requests, and described, in place."""
    schemas: Document = document["components"]["schemas"]
    requests = _reachable_from(document, ("parameters", "requestBody"))
    for name, schema in schemas.items():
        for node in subschemas(schema):
            if name not in requests:
                _open(node)
    _name_enumerations(document, requests)
    for node in _all_schemas(document):
        _merge_null(node)
        if isinstance(node.get("title"), str):
            del node["title"]
    _rename(document)
    _describe(document["components"]["schemas"])


def subschemas(schema: Document) -> Iterator[Document]:
    """Yield `schema` and every schema inside it; names of keys and examples are none."""
    yield schema
    inner = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    for node in (*inner, *schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        if isinstance(node, dict):
            yield from subschemas(node)


def _all_schemas(document: Document) -> Iterator[Document]:
    for schema in document["components"]["schemas"].values():
        yield from subschemas(schema)
    for _, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            yield from subschemas(parameter["schema"])
        for described in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in described.get("content", {}).values():
                yield from subschemas(media.get("schema", {}))


def _reachable_from(document: Document, parts: Iterable[str]) -> set[str]:
    """Return the names of the schemas that these parts of the operations lead to."""
    names: set[str] = set()
    todo = [*references_in([operation.get(part) for _, operation in operations(document) for part in parts])]
    while todo:
        name = todo.pop()
        if name not in names:
            names.add(name)
            todo += references_in(document["components"]["schemas"][name])
    return names


def references_in(node: object) -> Iterator[str]:
    """Yield the name of each schema that is referred to in `node`, examples left out."""
    for reference in _reference_nodes(node):
        yield reference["$ref"].removeprefix(SCHEMA_PREFIX)


def _reference_nodes(node: object) -> Iterator[Document]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str) and node["$ref"].startswith(SCHEMA_PREFIX):
            yield node
        for key, value in node.items():
            if key not in ("example", "examples"):
                yield from _reference_nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _reference_nodes(value)


def _open(node: Document) -> None:
    """Turn a closed enumeration into a value of its type with the codes known today."""
    codes = node.pop("enum", None) or ([node.pop("const")] if "const" in node else [])
    if codes and node.get("type") != "boolean":
        node["x-extensible-enum"] = codes
    if isinstance(names := node.get("propertyNames"), dict):
        _open(names)


def _name_enumerations(document: Document, requests: Iterable[str]) -> None:
    """Make each closed enumeration of texts a schema of its own, and each one of whole numbers a range."""
    schemas: Document = document["components"]["schemas"]
    fields = [
        (re.sub("^Partial|In$|Request$", "", name), field, schema)
        for name in requests
        for field, schema in schemas[name].get("properties", {}).items()
    ]
    for _, operation in operations(document):
        fields += [("", parameter["name"], parameter["schema"]) for parameter in operation.get("parameters", ())]
    # The order of a set of names changes from one process to the next.
    for owner, field, schema in sorted(fields, key=lambda one: one[:2]):
        for node in subschemas(schema):
            codes = node.get("enum")
            if codes and all(isinstance(code, str) for code in codes):
                name = _ENUMERATION_NAMES.get(field) or owner + camel_case(field)
                if schemas.setdefault(name, {"type": "string", "enum": codes}).get("enum") == codes:
                    _point_at(node, name)
            elif codes:
                _bound(node)


def camel_case(words: str) -> str:
    return words.title().replace("_", "")


def _point_at(node: Document, name: str) -> None:
    for key in node.keys() - {"description", "examples"}:
        del node[key]
    node["$ref"] = SCHEMA_PREFIX + name


def _bound(node: Document) -> None:
    """Write whole numbers that follow one another as a range."""
    codes = node.pop("enum")
    node |= {"minimum": min(codes), "maximum": max(codes)}


def _merge_null(node: Document) -> None:
    """Write "this type or null" as one schema, where the type is a simple one."""
    variants = node.get("anyOf", [])
    others = [variant for variant in variants if variant.get("type") != "null"]
    if len(others) == 1 < len(variants) and isinstance(others[0].get("type"), str):
        del node["anyOf"]
        node |= {**others[0], **node, "type": [others[0]["type"], "null"]}


def _rename(document: Document) -> None:
    schemas: Document = document["components"]["schemas"]
    names = {name: _public_name(name, schemas) for name in schemas}
    for node in _reference_nodes([document["paths"], document["components"]]):
        name = node["$ref"].removeprefix(SCHEMA_PREFIX)
        node["$ref"] = SCHEMA_PREFIX + names[name]
    renamed = {names[name]: schema for name, schema in schemas.items()}
    if len(renamed) < len(schemas):
        twice = [name for name, count in Counter(names.values()).items() if count > 1]
        raise ValueError(f"More than one schema of the OpenAPI document has the name {', '.join(twice)}.")
    document["components"]["schemas"] = dict(sorted(renamed.items()))


def _public_name(name: str, schemas: Document) -> str:
    if generic := re.fullmatch("(Page|Listing)_(.+?)(Out)?_", name):
        return f"{generic[2]}{generic[1].replace('Listing', 'List')}"
    stem = re.sub("(In|Out)$", "", name)
    is_shared = {stem, f"{stem}In", f"{stem}Out"} & schemas.keys() != {name}
    return f"{stem}Input" if name.endswith("In") and is_shared else stem


def _describe(schemas: Document) -> None:
    """Add the descriptions of fields that say none themselves: the schema's own one, else the one of the name.

    A field that is one object of a described schema is described by that, and needs no words for its name.
    """
    text = resources.files("app.api.http").joinpath("field_descriptions.toml").read_text("utf-8")
    described: dict[str, dict[str, str]] = tomllib.loads(text)
    for name, schema in schemas.items():
        own = described.get(name.removesuffix("Input").removeprefix("Partial"), {})
        for field, node in schema.get("properties", {}).items():
            of_name = described["any"].get(field) if not _is_described(node, schemas) else None
            if sentence := own.get(field) or of_name:
                node.setdefault("description", sentence)


def _is_described(node: Document, schemas: Document) -> bool:
    one, *others = [variant for variant in node.get("anyOf", [node]) if variant.get("type") != "null"]
    return not others and "description" in schemas.get(one.get("$ref", "").removeprefix(SCHEMA_PREFIX), {})
