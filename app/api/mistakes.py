"""What is wrong with a request, part by part, said from the same description that integrators read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, get_args

from pydantic_core.core_schema import ErrorType

from app.engine.vocabulary import ANSWERS
from app.errors import Mistake, ValidationFailed

Node = Mapping[str, Any]
Part = Literal["body", "query", "path", "header"]
Keys = tuple[str | int, ...]

# A body of nonsense could name a mistake for every ten of its bytes.
MOST_LISTED = 100
LONGEST_NAME = 64

_CODES = {
    "missing": "required",
    "missing_argument": "required",
    "missing_keyword_only_argument": "required",
    "extra_forbidden": "unknown_field",
    "unexpected_keyword_argument": "unknown_field",
    "literal_error": "unknown_level",
    "enum": "unknown_level",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "multiple_of": "not_a_step",
    "int_from_float": "not_whole",
    "finite_number": "not_finite",
    "too_short": "too_short",
    "string_too_short": "too_short",
    "too_long": "too_long",
    "string_too_long": "too_long",
    "value_error": "not_allowed",
}
_NAMED_BY_PYDANTIC = frozenset(get_args(ErrorType))
_MISSING = frozenset(kind for kind, code in _CODES.items() if code == "required")

_PRIVATE_ANSWERS = frozenset(path for path, answer in ANSWERS.items() if not answer.is_pooled)
_PRIVATE_GROUPS = frozenset(path.partition(".")[0] for path in _PRIVATE_ANSWERS) - frozenset(
    path.partition(".")[0] for path, answer in ANSWERS.items() if answer.is_pooled
)
# What a partner sends besides reports is private as a whole.
_PRIVATE_ROUTES = "/v1/me/"
_REPORTS = "/v1/me/reports"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that pydantic found, at its real place in the request."""

    kind: str
    message: str
    part: Part
    keys: Keys
    is_name: bool


@dataclass(frozen=True, slots=True)
class Described:
    """What the description says of one route: its operation, and the document that its references lead into."""

    document: Node
    operation: Node
    route: str


def say_what_is_wrong(errors: Iterable[Mapping[str, Any]], body: object, described: Described) -> ValidationFailed:
    found = _innermost([_placed(error, body) for error in errors])
    mistakes = [_mistake(one, body, described) for one in found[:MOST_LISTED]]
    return ValidationFailed(mistakes, total=len(found))


def _placed(error: Mapping[str, Any], body: object) -> Found:
    """Pydantic mixes the names of its own types into a place; only what the request itself holds is kept."""
    part, *rest = error["loc"]
    is_name = bool(rest) and rest[-1] == "[key]"
    names = rest[:-1] if is_name else rest
    keys = tuple(_really_there(names, body)) if part == "body" else tuple(names)
    if error["type"] in _MISSING and part == "body" and names:
        keys += (names[-1],)
    return Found(error["type"], error["msg"], part, keys, is_name)


def _really_there(names: Sequence[str | int], body: object) -> Iterator[str | int]:
    here = body
    for name in names:
        if (isinstance(here, dict) and name in here) or (
            isinstance(here, list) and isinstance(name, int) and name < len(here)
        ):
            yield name
            here = here[name]  # type: ignore[index]


def _innermost(found: Sequence[Found]) -> list[Found]:
    """Where a value may have one of several forms, only what is wrong inside the nearest form is worth reading."""
    around = {(one.part, one.keys[:depth]) for one in found for depth in range(len(one.keys))}
    by_place = {(one.part, one.keys): one for one in reversed(found)}
    return [one for one in found if by_place[one.part, one.keys] is one and (one.part, one.keys) not in around]


def _mistake(found: Found, body: object, described: Described) -> Mistake:
    code = _code(found)
    keys = found.keys
    if keys and len(str(keys[-1])) > LONGEST_NAME:
        return Mistake(found.part, pointer(keys[:-1]), code, "There is no field with a name as long as this one.")
    return Mistake(found.part, pointer(keys), code, _detail(code, found, body, described))


def _code(found: Found) -> str:
    if found.is_name:
        return "unknown_field"
    if found.kind in _CODES or found.kind not in _NAMED_BY_PYDANTIC:
        return _CODES.get(found.kind, found.kind)
    return "wrong_form" if found.kind.startswith(("date", "time", "string_pattern", "url")) else "wrong_type"


def _detail(code: str, found: Found, body: object, described: Described) -> str:
    if found.kind == "value_error" or found.kind not in _NAMED_BY_PYDANTIC:
        return found.message.removeprefix("Value error, ")
    guess_from = None if is_private(found.keys, described.route) else found.keys
    if code == "unknown_field":
        names = [name for node in _at(found.part, found.keys[:-1], described) for name in _names(node)]
        return f"There is no such field{_nearest(guess_from and guess_from[-1], names)} fields: {_list(names)}"
    nodes = list(_at(found.part, found.keys, described))
    if code == "unknown_level":
        levels = [level for node in nodes for level in _levels(node)]
        given = guess_from and _value(guess_from, body)
        return f"There is no such level{_nearest(given, levels)} levels: {_list(levels)}"
    wanted = " or ".join(dict.fromkeys(_wanted(node, described.document) for node in nodes)) or "something else"
    return f"This is needed: {wanted}." if code == "required" else f"This must be {wanted}."


def is_private(keys: Keys, route: str) -> bool:
    """Whether a guess at what was meant would repeat something that is its owner's alone."""
    if route.startswith(_PRIVATE_ROUTES) and route != _REPORTS:
        return True
    names = [str(key) for key in (keys[2:] if keys[:1] == ("reports",) else keys)]
    return bool(names) and (names[0] in _PRIVATE_GROUPS or ".".join(names[:2]) in _PRIVATE_ANSWERS)


def pointer(keys: Keys) -> str:
    """A JSON pointer (RFC 6901) as the fragment of a URI."""
    return "#" + "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def _nearest(given: object, names: Sequence[str | int]) -> str:
    if not isinstance(given, str):
        return ";"
    spelled = given.strip().lower().replace("-", "_").replace(" ", "_")
    near = get_close_matches(spelled, [name for name in names if isinstance(name, str)], n=1) if spelled else []
    return f"; did you mean '{near[0]}'?" if near else ";"


def _value(keys: Keys, body: object) -> object:
    here: Any = body
    for key in keys:
        here = here[key]
    return here if not isinstance(here, str) or len(here) <= LONGEST_NAME else None


def _at(part: Part, keys: Keys, described: Described) -> Iterator[Node]:
    """What the description says may stand at this place, one node for each form."""
    nodes = [_body_node(described.operation) if part == "body" else _parameters_node(part, described.operation)]
    for key in keys:
        nodes = [inner for node in nodes for inner in _inside(node, key, described.document)]
    return (form for node in nodes for form in _forms(node, described.document))


def _body_node(operation: Node) -> Node:
    content = operation.get("requestBody", {}).get("content", {})
    node: Node = next((media.get("schema", {}) for media in content.values()), {})
    return node


def _parameters_node(part: Part, operation: Node) -> Node:
    parameters = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == part]
    return {"properties": {parameter["name"]: parameter["schema"] for parameter in parameters}}


def _inside(node: Node, key: str | int, document: Node) -> Iterator[Node]:
    for form in _forms(node, document):
        inner = form.get("properties", {}).get(key) or form.get("items" if isinstance(key, int) else "additionalProperties")
        if isinstance(inner, dict):
            yield inner


def _forms(node: Node, document: Node) -> Iterator[Node]:
    if "$ref" in node:
        yield from _forms(document["components"]["schemas"][node["$ref"].rpartition("/")[2]], document)
        return
    forms = node.get("anyOf") or node.get("oneOf") or node.get("allOf")
    if forms:
        for form in forms:
            yield from _forms(form, document)
    elif node.get("type") != "null":
        yield node


def _names(node: Node) -> list[str]:
    return [*node.get("properties", {}), *node.get("propertyNames", {}).get("enum", [])]


def _levels(node: Node) -> list[str | int]:
    levels: list[str | int] = node.get("enum") or ([node["const"]] if "const" in node else [])
    return levels


def _wanted(node: Node, document: Node) -> str:
    if levels := _levels(node):
        return f"one of {_list(levels)}"
    match node.get("type"):
        case "object":
            return f"an object with fields of these: {_list(_names(node))}" if _names(node) else "an object"
        case "array":
            items = [_wanted(form, document) for form in _forms(node.get("items", {}), document)]
            return f"a list of {' or '.join(items)}"
        case "integer" | "number" as kind:
            return "a whole number" * (kind == "integer") + "a number" * (kind == "number") + _bounds(node)
        case "boolean":
            return "true or false"
        case "string":
            return _FORMATS.get(node.get("format", ""), "a text") + _lengths(node)
        case _:
            return "something else"


_FORMATS = {
    "date": "a date such as 2026-01-31",
    "date-time": "an instant such as 2026-01-31T09:30:00Z",
    "uri": "an address such as https://app.example",
}


def _bounds(node: Node) -> str:
    least, most, step = node.get("minimum"), node.get("maximum"), node.get("multipleOf")
    range_ = f" from {least:g} to {most:g}" if least is not None and most is not None else ""
    return range_ + (f" in steps of {step:g}" if step is not None else "")


def _lengths(node: Node) -> str:
    most = node.get("maxLength")
    return f" of at most {most} characters" if most is not None else ""


def _list(names: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, names)))
