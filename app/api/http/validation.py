"""Validation errors as JSON pointers, stable codes and texts of our own."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, get_args
from urllib.parse import quote

from pydantic_core.core_schema import ErrorType

from app.api.http.schema_lookup import FieldPath, OperationSchema, spell_out
from app.engine.vocabulary import ANSWERS
from app.errors import MAX_LISTED, FieldError, Part, ValidationFailed

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
# Comparing a name with all others is the dearest part of a mistake, and few misspell more than a few.
MAX_GUESSED = 10
MAX_NAME_LENGTH = 64

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
_UNKNOWN = frozenset(kind for kind, code in _CODES.items() if code == "unknown_field")
_OWN_KINDS = frozenset({"value_error"})
_PYDANTIC_KINDS = frozenset(get_args(ErrorType)) - _OWN_KINDS

_PRIVATE_ANSWERS = frozenset(path for path, answer in ANSWERS.items() if not answer.is_pooled)
_POOLED_GROUPS = frozenset(path.partition(".")[0] for path, answer in ANSWERS.items() if answer.is_pooled)
_PRIVATE_GROUPS = frozenset(path.partition(".")[0] for path in _PRIVATE_ANSWERS) - _POOLED_GROUPS
_REPORTS = "/v1/me/reports"
# Besides reports, everything a partner sends is private.
_PRIVATE_ROUTES = "/v1/me/"


@dataclass(frozen=True, slots=True)
class ValidationIssue:
    """An error of pydantic at its place in the request: `kind` is the type of the error."""

    kind: str
    message: str
    value: object
    part: Part
    keys: FieldPath
    is_about_the_name: bool


def describe_errors(errors: Iterable[Mapping[str, Any]], body: object, schema: OperationSchema) -> ValidationFailed:
    """Return the problem that lists the first `MAX_LISTED` of pydantic's `errors` about a request."""
    innermost = _innermost([_locate(error, body) for error in errors])
    issues = [needed for issue in innermost for needed in _needed(issue, schema)]
    listed = enumerate(issues[:MAX_LISTED])
    mistakes = [_mistake(issue, schema, may_guess=index < MAX_GUESSED) for index, issue in listed]
    return ValidationFailed(mistakes, total=len(issues))


def pointer(keys: FieldPath) -> str:
    """Return a JSON pointer (RFC 6901) as the fragment of a URI, with U+FFFD for half a character."""
    escaped = "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)
    return "#" + quote(_HALF_CHARACTER.sub("\ufffd", escaped), safe="/~!$&'()*+,;=:@?")


def is_private(keys: FieldPath, route: str) -> bool:
    """Return whether a value at `keys` is private, so that no text may repeat it or guess at it."""
    if route.startswith(_PRIVATE_ROUTES) and route != _REPORTS:
        return True
    path = [str(key) for key in (keys[2:] if keys[:1] == ("reports",) else keys)][:2]
    return ".".join(path) in _PRIVATE_ANSWERS or (bool(path) and path[0] in _PRIVATE_GROUPS)


def _locate(error: Mapping[str, Any], body: object) -> ValidationIssue:
    # Pydantic mixes names of its own types into a location; only names that the request holds are kept.
    part, *names = error["loc"]
    is_about_the_name = names[-1:] == ["[key]"]
    if is_about_the_name:
        names.pop()
    keys = tuple(_existing_path(names, body)) if part == "body" else tuple(names)
    if part == "body" and names and error["type"] in _MISSING:
        keys += (names[-1],)
    return ValidationIssue(error["type"], error["msg"], error["input"], part, keys, is_about_the_name)


def _existing_path(names: Sequence[str | int], body: object) -> Iterator[str | int]:
    here: Any = body
    for name in names:
        there = here.keys() if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        if name in there:
            yield name
            here = here[name]


def _innermost(issues: Sequence[ValidationIssue]) -> list[ValidationIssue]:
    # Pydantic reports every member of a union; the deepest errors belong to the member that was meant.
    enclosing = {(issue.part, issue.keys[:depth]) for issue in issues for depth in range(len(issue.keys))}
    first = {(issue.part, issue.keys): issue for issue in reversed(issues)}
    return [issue for place, issue in reversed(first.items()) if place not in enclosing]


def _needed(issue: ValidationIssue, schema: OperationSchema) -> list[ValidationIssue]:
    """Return, for a group that is missing, each answer that it needs: a form has a place for an answer, not a group."""
    needed = schema.needed_at(issue.part, issue.keys) if _code(issue) == "required" else []
    return [replace(issue, keys=(*issue.keys, name)) for name in needed] or [issue]


def _mistake(issue: ValidationIssue, schema: OperationSchema, *, may_guess: bool) -> FieldError:
    code = _code(issue)
    if issue.keys and len(str(issue.keys[-1])) > MAX_NAME_LENGTH:
        return FieldError(
            issue.part, pointer(issue.keys[:-1]), code, "No field has a name as long as the one sent here."
        )
    return FieldError(issue.part, pointer(issue.keys), code, _detail(code, issue, schema, may_guess=may_guess))


def _code(issue: ValidationIssue) -> str:
    if issue.is_about_the_name:
        return "unknown_field"
    if issue.value is None and issue.keys and isinstance(issue.keys[-1], str) and issue.kind in _PYDANTIC_KINDS:
        return "unknown_field" if issue.kind in _UNKNOWN else "required"
    if issue.kind in _CODES:
        return _CODES[issue.kind]
    return "wrong_type" if issue.kind in _PYDANTIC_KINDS else issue.kind


def _detail(code: str, issue: ValidationIssue, schema: OperationSchema, *, may_guess: bool) -> str:
    if issue.kind not in _PYDANTIC_KINDS:
        return issue.message.removeprefix("Value error, ")
    may_guess = may_guess and not is_private(issue.keys, schema.route)
    if code == "unknown_field":
        names = schema.names_at(issue.part, issue.keys[:-1])
        guess = _guess(issue.keys[-1], names) if may_guess else ""
        fields = f" fields: {spell_out(names)}" if names else f" this takes no {issue.part}."
        return f"There is no such field;{guess}{fields}"
    if code == "unknown_level":
        levels = schema.levels_at(issue.part, issue.keys)
        guess = _guess(issue.value, levels) if may_guess else ""
        return f"There is no such level;{guess} levels: {spell_out(levels)}"
    expected = schema.expected_at(issue.part, issue.keys)
    return f"This is needed: {expected}." if code == "required" else f"This must be {expected}."


def _guess(value: object, names: Iterable[object]) -> str:
    if not isinstance(value, str) or len(value) > MAX_NAME_LENGTH:
        return ""
    spelled = value.strip().lower().replace("-", "_").replace(" ", "_")
    near = get_close_matches(spelled, [name for name in names if isinstance(name, str)], n=1)
    return f" did you mean '{near[0]}'?" if near else ""
