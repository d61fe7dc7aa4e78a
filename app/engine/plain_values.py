"""Conversion of frozen values to plain JSON values, and strictly back by their type.

A dataclass becomes an object, a tuple a list, a set a sorted list, an enumeration the name of its member, a day or
moment its ISO form. A member of a union of dataclasses is told from the others by the name of its class, under `TAG`.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from itertools import count, repeat
from sys import intern
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Plain = dict[str, Any]
"""A JSON object."""

AS_PAIRS = {"as_pairs": True}
"""Metadata of a field whose mapping is written as a list of pairs, since a JSON object has no order of its own."""

TAG = "is"
_PLAIN = frozenset((str, int, float, bool, NoneType))

Value = TypeVar("Value")
Decoder = Callable[[Any], Any]


class PlainValueError(ValueError):
    """A plain value that its type does not allow, with the keys and places that lead to it."""

    def __init__(self, reason: str, path: tuple[Any, ...] = ()) -> None:
        super().__init__(f"{'.'.join(map(str, path))}: {reason}" if path else reason)
        self.reason = reason
        self.path = path


def to_plain(value: Any, tagged: Collection[type] = ()) -> Any:
    """Return `value` as plain values; dataclasses among `tagged` are written with their tag."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    members = _members_of(cast(Hashable, kind))
    if members is not None:
        plain: Plain = {TAG: kind.__name__} if kind in tagged else {}
        for name, is_in_pairs in members:
            part = getattr(value, name)
            plain[name] = to_plain(tuple(part.items()) if is_in_pairs else part, tagged)
        return plain
    if isinstance(value, tuple):
        return [part if type(part) in _PLAIN else to_plain(part, tagged) for part in value]
    if isinstance(value, Mapping):
        return {str(key): to_plain(part, tagged) for key, part in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return value.name if isinstance(value, Enum) else cast(date, value).isoformat()


@cache
def _members_of(kind: Any) -> tuple[tuple[str, bool], ...] | None:
    if not is_dataclass(kind):
        return None
    return tuple((field.name, "as_pairs" in field.metadata) for field in fields(kind))


def without_none(plain: Plain) -> Plain:
    """Return an object without what is None in it or in an object inside."""
    return {
        name: without_none(part) if isinstance(part, dict) else part for name, part in plain.items() if part is not None
    }


def from_plain(kind: type[Value], plain: Any) -> Value:
    """Return the value of this type. A field with a default may be left out; nothing is guessed or left over.

    Raises `PlainValueError`.
    """
    return cast(Value, _decoder_of(cast(Hashable, kind))(plain))


@cache
def _decoder_of(kind: Any) -> Decoder:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _literal_decoder(inner)
    if origin in (Union, UnionType):
        return _union_decoder(inner)
    if origin is tuple:
        return _tuple_decoder(inner)
    if origin is frozenset:
        decode_members = _tuple_decoder((inner[0], ...))
        return lambda plain: frozenset(decode_members(plain))
    if origin is not None:
        return _mapping_decoder(*inner)
    return _dataclass_decoder(kind) if is_dataclass(kind) else _simple_decoder(kind)


def _simple_decoder(kind: Any) -> Decoder:
    if kind is str:
        # Interned, because what is read repeats few words many times.
        return lambda plain: intern(_expect(str, plain))
    if kind is float:
        return lambda plain: plain if type(plain) is int else _expect(float, plain)
    if kind in (date, datetime):
        return _moment_decoder(kind)
    if issubclass(kind, Enum):
        decode_name = _literal_decoder(tuple(kind.__members__))
        return lambda plain: kind[decode_name(plain)]
    return lambda plain: _expect(kind, plain)


def _moment_decoder(kind: type[date]) -> Decoder:
    def decode(plain: Any) -> date:
        try:
            return kind.fromisoformat(_expect(str, plain))
        except ValueError:
            raise PlainValueError(f"{plain!r} is not a {kind.__name__}") from None

    return decode


def _decode_number(key: str) -> int:
    try:
        return int(key)
    except ValueError:
        raise PlainValueError(f"{key!r} is not a whole number") from None


def _expect(kind: type, plain: Any) -> Any:
    if type(plain) is not kind:
        raise PlainValueError(f"{kind.__name__} expected, and {type(plain).__name__} found")
    return plain


def _decode_each(keys: Iterable[Any], decoders: Iterable[Decoder], parts: Iterable[Any]) -> list[Any]:
    key, values = None, []
    try:
        for key, decode, plain in zip(keys, decoders, parts, strict=False):  # noqa: B007
            values.append(decode(plain))
    except PlainValueError as error:
        raise PlainValueError(error.reason, (key, *error.path)) from None
    return values


def _literal_decoder(words: tuple[Any, ...]) -> Decoder:
    # By type first, because True equals 1, and what is no word may have no hash.
    types, known = set(map(type, words)), {word: word for word in words}

    def decode(plain: Any) -> Any:
        if type(plain) not in types or plain not in known:
            raise PlainValueError(f"{plain!r} is not one of {', '.join(map(str, words))}")
        return known[plain]

    return decode


def _union_decoder(kinds: tuple[Any, ...]) -> Decoder:
    if NoneType in kinds:
        (decode_present,) = (_decoder_of(kind) for kind in kinds if kind is not NoneType)
        return lambda plain: None if plain is None else decode_present(plain)
    decoders = {kind.__name__: _decoder_of(kind) for kind in kinds}
    decode_name = _literal_decoder(tuple(decoders))

    def decode(plain: Any) -> Any:
        rest = dict(_expect(dict, plain))
        return decoders[decode_name(rest.pop(TAG, None))](rest)

    return decode


def _tuple_decoder(kinds: tuple[Any, ...]) -> Decoder:
    if kinds[-1] is Ellipsis:
        if kinds[0] is int:
            return _decode_numbers
        decode_part = _decoder_of(kinds[0])
        return lambda plain: tuple(_decode_each(count(), repeat(decode_part), _expect(list, plain)))
    decoders = tuple(map(_decoder_of, kinds))

    def decode(plain: Any) -> Any:
        if len(_expect(list, plain)) != len(decoders):
            raise PlainValueError(f"{len(decoders)} values expected, and {len(plain)} found")
        return tuple(_decode_each(count(), decoders, plain))

    return decode


def _decode_numbers(plain: Any) -> tuple[int, ...]:
    if set(map(type, _expect(list, plain))) - {int}:
        _decode_each(count(), repeat(_decoder_of(int)), plain)
    return tuple(plain)


def _mapping_decoder(key_kind: Any, kind: Any) -> Decoder:
    decode_key = _decode_number if key_kind is int else _decoder_of(key_kind)
    decode_part = _decoder_of(kind)

    def decode(plain: Any) -> Any:
        entries = dict(plain) if isinstance(plain, list) else _expect(dict, plain)
        parts = _decode_each(entries, repeat(decode_part), entries.values())
        return dict(zip(map(decode_key, entries), parts, strict=True))

    return decode


def _dataclass_decoder(kind: Any) -> Decoder:
    hints = get_type_hints(kind)
    needed = {field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING}
    decoders: dict[str, Decoder] = {}

    def decode(plain: Any) -> Any:
        names = _expect(dict, plain).keys()
        if not needed <= names <= hints.keys():
            unknown, missing = (sorted(map(str, part)) for part in (names - hints.keys(), needed - names))
            raise PlainValueError(f"{kind.__name__}: unknown {unknown}, missing {missing}")
        # Late, because a condition is made of conditions.
        if not decoders:
            decoders.update({name: _decoder_of(hint) for name, hint in hints.items()})
        parts = _decode_each(names, map(decoders.__getitem__, names), plain.values())
        return kind(**dict(zip(names, parts, strict=True)))

    return decode
