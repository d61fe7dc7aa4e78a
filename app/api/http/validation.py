"""What is wrong with a request, part by part: real JSON pointers, codes that stay, and words of our own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args
from urllib.parse import quote

from pydantic_core.core_schema import ErrorType

from app.api.http.schema_lookup import Keys, OperationSchema, Part, spell_out
from app.engine.vocabulary import ANSWERS
from app.errors import FieldError, ValidationFailed

# A body of nonsense could name a mistake for every ten of its bytes.
MAX_LISTED = 1_000
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
    "string_pattern_mismatch": "wrong_form",
    "date_from_datetime_parsing": "wrong_form",
    "datetime_from_date_parsing": "wrong_form",
    "timezone_aware": "wrong_form",
}
_MISSING = frozenset(kind for kind, code in _CODES.items() if code == "required")
_OF_NO_FIELD = frozenset(kind for kind, code in _CODES.items() if code == "unknown_field")
_SAID_BY_US = frozenset({"value_error"})
_SAID_BY_PYDANTIC = frozenset(get_args(ErrorType)) - _SAID_BY_US

_PRIVATE_ANSWERS = frozenset(path for path, answer in ANSWERS.items() if not answer.is_pooled)
_POOLED_GROUPS = frozenset(path.partition(".")[0] for path, answer in ANSWERS.items() if answer.is_pooled)
_PRIVATE_GROUPS = frozenset(path.partition(".")[0] for path in _PRIVATE_ANSWERS) - _POOLED_GROUPS
_REPORTS = "/v1/me/reports"
# Besides reports, everything a partner sends is private.
_PRIVATE_ROUTES = "/v1/me/"


@dataclass(frozen=True, slots=True)
class ValidationIssue:
    """What pydantic found, at its real place in the request."""

    kind: str
    message: str
    given: object
    part: Part
    keys: Keys
    is_about_the_name: bool


def say_what_is_wrong(
    errors: Iterable[Mapping[str, Any]], body: object, described: OperationSchema
) -> ValidationFailed:
    found = _innermost([_place(error, body) for error in errors])
    return ValidationFailed([_mistake(one, described) for one in found[:MAX_LISTED]], total=len(found))


def pointer(keys: Keys) -> str:
    """A JSON pointer (RFC 6901) as the fragment of a URI."""
    escaped = "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)
    return "#" + quote(escaped, safe="/~!$&'()*+,;=:@?", errors="replace")


def is_private(keys: Keys, route: str) -> bool:
    """Whether a guess at what was meant would repeat something that is its owner's alone."""
    if route.startswith(_PRIVATE_ROUTES) and route != _REPORTS:
        return True
    path = [str(key) for key in (keys[2:] if keys[:1] == ("reports",) else keys)][:2]
    return ".".join(path) in _PRIVATE_ANSWERS or (bool(path) and path[0] in _PRIVATE_GROUPS)


def _place(error: Mapping[str, Any], body: object) -> ValidationIssue:
    """Pydantic mixes names of its own types into a place; only what the request itself holds is kept."""
    part, *names = error["loc"]
    is_about_the_name = names[-1:] == ["[key]"]
    if is_about_the_name:
        names.pop()
    keys = tuple(_really_there(names, body)) if part == "body" else tuple(names)
    if part == "body" and names and error["type"] in _MISSING:
        keys += (names[-1],)
    return ValidationIssue(error["type"], error["msg"], error["input"], part, keys, is_about_the_name)


def _really_there(names: Sequence[str | int], body: object) -> Iterator[str | int]:
    here: Any = body
    for name in names:
        there = here.keys() if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        if name in there:
            yield name
            here = here[name]


def _innermost(found: Sequence[ValidationIssue]) -> list[ValidationIssue]:
    """Of a value that may have one of several forms, only what is wrong inside the nearest form is worth reading."""
    around = {(one.part, one.keys[:depth]) for one in found for depth in range(len(one.keys))}
    first = {(one.part, one.keys): one for one in reversed(found)}
    return [one for place, one in reversed(first.items()) if place not in around]


def _mistake(one: ValidationIssue, described: OperationSchema) -> FieldError:
    code = _code(one)
    if one.keys and len(str(one.keys[-1])) > LONGEST_NAME:
        return FieldError(one.part, pointer(one.keys[:-1]), code, "No field has a name as long as the one sent here.")
    return FieldError(one.part, pointer(one.keys), code, _detail(code, one, described))


def _code(one: ValidationIssue) -> str:
    if one.is_about_the_name:
        return "unknown_field"
    if one.given is None and one.keys and isinstance(one.keys[-1], str) and one.kind in _SAID_BY_PYDANTIC:
        return "unknown_field" if one.kind in _OF_NO_FIELD else "required"
    if one.kind in _CODES:
        return _CODES[one.kind]
    return "wrong_type" if one.kind in _SAID_BY_PYDANTIC else one.kind


def _detail(code: str, one: ValidationIssue, described: OperationSchema) -> str:
    if one.kind not in _SAID_BY_PYDANTIC:
        return one.message.removeprefix("Value error, ")
    may_guess = not is_private(one.keys, described.route)
    if code == "unknown_field":
        names = described.names_at(one.part, one.keys[:-1])
        guess = _guess(one.keys[-1], names) if may_guess else ""
        return f"There is no such field;{guess} fields: {spell_out(names)}"
    if code == "unknown_level":
        levels = described.levels_at(one.part, one.keys)
        guess = _guess(one.given, levels) if may_guess else ""
        return f"There is no such level;{guess} levels: {spell_out(levels)}"
    wanted = described.wanted_at(one.part, one.keys)
    return f"This is needed: {wanted}." if code == "required" else f"This must be {wanted}."


def _guess(given: object, names: Iterable[object]) -> str:
    if not isinstance(given, str) or len(given) > LONGEST_NAME:
        return ""
    spelled = given.strip().lower().replace("-", "_").replace(" ", "_")
    near = get_close_matches(spelled, [name for name in names if isinstance(name, str)], n=1)
    return f" did you mean '{near[0]}'?" if near else ""
