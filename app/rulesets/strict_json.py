"""Strict JSON, the one reader of bodies and of files of answers.

Python's own reader keeps the last of two values of one name; the one lost could be an answer about safety.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from math import isfinite
from typing import Any, NamedTuple, TypedDict

import msgspec
from pydantic import BaseModel, ValidationError

from app.errors import MAX_LISTED
from app.rulesets.utf8 import NotUtf8, decode_utf8

# Answers stand five levels deep. Python's reader stops at about a thousand, and what comes after it earlier.
MAX_DEPTH = 64
# Two whole reports with everything shown lately have less than half as many.
MAX_VALUES = 2_000
MAX_NAME_LENGTH = 64

MALFORMED = "malformed"
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class JsonMistake(NamedTuple):
    """A part of a document that is not strict JSON: `keys` lead to it, and a `code` of its own names what is wrong."""

    keys: tuple[str | int, ...]
    code: str
    reason: str


class UnreadableJson(ValueError):
    """A document that is not strict JSON, with every mistake that can be told."""

    def __init__(self, mistakes: Iterable[JsonMistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(mistake.reason for mistake in self.mistakes))


def read_json(data: bytes) -> Any:
    """Return the value of a JSON document in UTF-8, with or without a byte order mark. Raises `UnreadableJson`."""
    try:
        text = decode_utf8(data)
    except NotUtf8 as error:
        raise UnreadableJson([JsonMistake((), MALFORMED, str(error))]) from None
    if _has_too_many_values(text):
        raise UnreadableJson(find_mistakes(text))
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_float=_finite, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise UnreadableJson(find_mistakes(text)) from None
    # Looking at every part would cost each request; few have so many brackets, or half a character escaped.
    if (text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(value)) or _ESCAPED_HALF.search(text):
        mistakes = find_mistakes(text)
        if mistakes:
            raise UnreadableJson(mistakes)
    return value


QuickReader = Callable[[bytes], object]
"""From JSON to an object of one shape; None where it is not taken, since it may hold a mistake."""

_write_quickly = msgspec.json.Encoder().encode
_QUICK_READERS: dict[object, QuickReader] = {}


def read_quickly(shape: type, **members: Any) -> None:
    """Let msgspec read a dataclass by its annotations, and of a pydantic model those `members` that are dataclasses.

    Such annotations allow msgspec no more than they allow pydantic. It keeps the last of two members of one name and
    drops unknown ones, so what it read is taken only where it has as many members as the JSON.
    """
    if not issubclass(shape, BaseModel):
        _QUICK_READERS[shape] = _quick_reader(shape, lambda body: body)
        return
    names: Mapping[str, Any] = dict.fromkeys(shape.model_fields, Any) | members
    _QUICK_READERS[shape] = _quick_reader(TypedDict("Members", names, total=False), shape.model_validate)  # type: ignore[operator]


def quick_reader_of(shape: object) -> QuickReader | None:
    """Return the quick reader of bodies of this shape, None where there is none."""
    return _QUICK_READERS.get(shape)


def _quick_reader(annotation: Any, validate: Callable[[Any], object]) -> QuickReader:
    decode = msgspec.json.Decoder(annotation).decode

    def read(body: bytes) -> object:
        # Escapes and nulls are rare, and without them members can be counted by their colons.
        if b"\\" in body or b"null" in body or body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
            return None
        try:
            decoded = decode(body)
            return validate(decoded) if body.count(b":") == _count_colons(decoded) else None
        except (msgspec.MsgspecError, ValidationError):
            return None

    return read


def _count_colons(decoded: object) -> int:
    written = _write_quickly(decoded)
    return written.count(b":") - written.count(b":null")


def to_integer(value: object) -> object:
    """Return a number without a fraction as an integer, any other value as it is: in JSON, 5.0 is 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def drop_nulls(value: object) -> object:
    """Return an object without its null members, any other value as it is: null is the same as absent."""
    return {name: member for name, member in value.items() if member is not None} if isinstance(value, dict) else value


def find_mistakes(text: str) -> list[JsonMistake]:
    """Return the first `MAX_LISTED` mistakes of a document; where it is no JSON at all, the place it stops being so."""
    is_too_long = _has_too_many_values(text)
    try:
        document = json.loads(text, **({} if is_too_long else _HOOKS))
    except json.JSONDecodeError as error:
        reason = f"Reading stopped at line {error.lineno}, column {error.colno}: {error.msg.lower()}."
        return [JsonMistake((), MALFORMED, reason)]
    except RecursionError:
        return [_TOO_DEEP]
    except ValueError:
        # A number of thousands of digits, among all the others.
        return [_TOO_MANY]
    if is_too_long:
        return [_TOO_MANY]
    return list(dict.fromkeys(islice(_mistakes_in(document, ()), MAX_LISTED)))


class _Pairs(tuple[tuple[str, Any], ...]):
    __slots__ = ()


class _Refused(NamedTuple):
    code: str
    reason: str


_TOO_DEEP = JsonMistake((), MALFORMED, f"This is nested too deeply: {MAX_DEPTH} levels are read.")
_TOO_MANY = JsonMistake((), "too_long", f"This holds more than {MAX_VALUES:,} values; no request needs as many.")
_NOT_JSON = _Refused(MALFORMED, "JSON has no NaN and no Infinity.")
_TOO_LONG = _Refused(MALFORMED, "No JSON reader takes a number of thousands of digits.")
_TOO_LARGE = _Refused("not_finite", "This number is larger than any that can be computed with.")
_HALF = "half a character: an escape such as \\ud83d without its other half."


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError
    return members


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError
    return number


def _refuse(_: str) -> None:
    raise ValueError


def _int(digits: str) -> int | _Refused:
    try:
        return int(digits)
    except ValueError:
        return _TOO_LONG


def _float(digits: str) -> float | _Refused:
    number = float(digits)
    return number if isfinite(number) else _TOO_LARGE


def _constant(_: str) -> _Refused:
    return _NOT_JSON


def _has_too_many_values(text: str) -> bool:
    """Return whether a document has more than `MAX_VALUES` members, items and containers, before it is read."""
    if _count_separators(text) <= MAX_VALUES:
        return False
    # Texts may hold commas and brackets of their own.
    return _count_separators(_STRING.sub("", text)) > MAX_VALUES


def _count_separators(text: str) -> int:
    return text.count(",") + text.count("[") + text.count("{")


_HOOKS: dict[str, Any] = {
    "object_pairs_hook": _Pairs,
    "parse_int": _int,
    "parse_float": _float,
    "parse_constant": _constant,
}


def _is_too_deep(value: object) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        parts = chain.from_iterable(part.values() if isinstance(part, dict) else part for part in level)
        level = [part for part in parts if isinstance(part, dict | list)]
    return bool(level)


def _mistakes_in(value: object, keys: tuple[str | int, ...]) -> Iterator[JsonMistake]:
    match value:
        case _Refused():
            yield JsonMistake(keys, value.code, value.reason)
        case str() if _HALF_CHARACTER.search(value):
            yield JsonMistake(keys, "wrong_form", f"This text holds {_HALF}")
        case _Pairs() | list() if len(keys) == MAX_DEPTH:
            yield _TOO_DEEP
        case _Pairs():
            yield from _mistakes_in_object(value, keys)
        case list():
            for index, item in enumerate(value):
                yield from _mistakes_in(item, (*keys, index))


def _mistakes_in_object(pairs: _Pairs, keys: tuple[str | int, ...]) -> Iterator[JsonMistake]:
    names: set[str] = set()
    for name, value in pairs:
        if name in names:
            spelled = f"The name {json.dumps(name)}" if len(name) <= MAX_NAME_LENGTH else "A name"
            reason = f"{spelled} stands twice in one object, so one of its two values would be lost."
            yield JsonMistake((*keys, name), MALFORMED, reason)
        elif _HALF_CHARACTER.search(name):
            yield JsonMistake((*keys, name), "wrong_form", f"This name holds {_HALF}")
        names.add(name)
        yield from _mistakes_in(value, (*keys, name))
