"""A ruleset as canonical JSON: one way to write everything that is declared, and one strict way back.

Keys are sorted, nothing is spaced, and everything beyond ASCII is escaped, so equal content is equal bytes.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import Condition
from app.engine.ruleset import Ruleset, Scenario
from app.rulesets.diagnostics import Location
from app.rulesets.library import Claim, HelpLine, Library, Question, Reference, Texts
from app.rulesets.proofs import Proofs
from app.rulesets.properties import Property

Plain = dict[str, Any]
Decode = Callable[[Any], Any]

_TAG = "is"
_TAGGED: frozenset[type] = frozenset(get_args(Condition))
_IN_ITS_AUTHORS_ORDER = (Scenario, "given")
"""JSON objects have no order of their own; this mapping is shown in the order in which it was written."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The declarations and texts of a ruleset. Whatever else a `Library` holds follows from it."""

    ruleset: Ruleset
    texts: Mapping[str, Texts]
    claims: Mapping[str, Claim]
    references: Mapping[int, Reference]
    groups: tuple[str, ...]
    questions: tuple[Question, ...]
    help_lines: tuple[HelpLine, ...]
    properties: tuple[Property, ...]


def declared_in(library: Library) -> Declared:
    """Return the declarations and texts of a library."""
    return Declared(**{field.name: getattr(library, field.name) for field in fields(Declared)})


def with_version(library: Library, version: str) -> Library:
    """Return the same content under another version, and so with another digest and nothing proved of it."""
    ruleset = replace(library.ruleset, version=version)
    return replace(
        library,
        ruleset=ruleset,
        compiled=replace(library.compiled, ruleset=ruleset),
        digest=digest_of(write(replace(declared_in(library), ruleset=ruleset))),
        proofs=None,
    )


def build(declared: Declared, digest: str, proofs: Proofs | None, places: Mapping[str, Location]) -> Library:
    """Return the library that follows from the declarations."""
    return Library(
        **{field.name: getattr(declared, field.name) for field in fields(Declared)},
        compiled=compile_ruleset(declared.ruleset),
        digest=digest,
        proofs=proofs,
        places=places,
    )


def to_bytes(plain: Any) -> bytes:
    """Return the canonical JSON of a plain value."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def digest_of(plain: Any) -> str:
    """Return the SHA-256 of the canonical JSON, by parts: written whole, it would leave a worker larger for good."""
    digest = hashlib.sha256()
    for piece in _pieces(plain, depth=3):
        digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def is_written(data: bytes, plain: Any) -> bool:
    """Return whether these bytes are the canonical JSON of a value."""
    at = 0
    for piece in _pieces(plain, depth=3):
        if not data.startswith(piece, at):
            return False
        at += len(piece)
    return at == len(data)


def _pieces(plain: Any, *, depth: int) -> Iterator[bytes]:
    if type(plain) is not dict or not plain or not depth:
        yield to_bytes(plain)
        return
    before = b"{"
    for key in sorted(plain):
        yield before + to_bytes(key) + b":"
        yield from _pieces(plain[key], depth=depth - 1)
        before = b","
    yield b"}"


def write(value: Any) -> Any:
    """Return frozen values as plain ones. A condition says which kind it `is`."""
    kind = type(value)
    if kind in (str, int, float, bool, NoneType):
        return value
    if is_dataclass(kind):
        plain = {field.name: write(getattr(value, field.name)) for field in fields(kind)}
        if kind is _IN_ITS_AUTHORS_ORDER[0]:
            plain[_IN_ITS_AUTHORS_ORDER[1]] = [list(pair) for pair in getattr(value, _IN_ITS_AUTHORS_ORDER[1]).items()]
        return {_TAG: kind.__name__, **plain} if kind in _TAGGED else plain
    if isinstance(value, Mapping):
        return {str(key): write(part) for key, part in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [write(part) for part in value]
    return value.name if isinstance(value, Enum) else cast(date, value).isoformat()


def read_declared(plain: Any) -> Declared:
    """Return the declarations as they were written. Raises `ValueError` for anything else."""
    return cast(Declared, _decoder(Declared)(plain))


def read_proofs(plain: Any) -> Proofs | None:
    """Return the proofs as they were written, or None. Raises `ValueError` for anything else."""
    return cast("Proofs | None", _decoder(Proofs | None)(plain))


@cache
def _decoder(kind: Any) -> Decode:
    """Return a strict reader of values of a type: nothing is guessed and nothing is left over."""
    if get_origin(kind) is not None or isinstance(kind, UnionType):
        return _read_made_of(get_origin(kind), get_args(kind))
    if is_dataclass(kind):
        return _read_dataclass(cast(type, kind))
    if issubclass(kind, Enum):
        return _read_one_of(dict(kind.__members__))
    if kind is date:
        return lambda plain: date.fromisoformat(_expect(str, plain))
    if kind is str:
        return lambda plain: sys.intern(_expect(str, plain))
    return lambda plain: _expect(kind, plain)


def _read_made_of(origin: Any, inner: tuple[Any, ...]) -> Decode:
    if origin is Literal:
        return _read_one_of({str(word): word for word in inner})
    if origin in (Union, UnionType):
        return _read_union(inner)
    if origin is tuple:
        return _read_tuple(inner)
    if origin is frozenset:
        return lambda plain: frozenset(map(_decoder(inner[0]), _expect(list, plain)))
    return _read_mapping(*inner)


def _expect(kind: type, plain: Any) -> Any:
    if type(plain) is not kind:
        raise ValueError(f"{kind.__name__} expected, and {type(plain).__name__} found")
    return plain


def _read_one_of(known: Mapping[str, Any]) -> Decode:
    def read(plain: Any) -> Any:
        if not isinstance(plain, str) or plain not in known:
            raise ValueError(f"{plain!r} is not one of {', '.join(known)}")
        return known[plain]

    return read


def _read_union(kinds: tuple[Any, ...]) -> Decode:
    if NoneType in kinds:
        (present,) = (kind for kind in kinds if kind is not NoneType)
        return lambda plain: None if plain is None else _decoder(present)(plain)
    by_name = {kind.__name__: kind for kind in kinds}

    def read(plain: Any) -> Any:
        rest = dict(_expect(dict, plain))
        return _decoder(_read_one_of(by_name)(rest.pop(_TAG, None)))(rest)

    return read


def _read_tuple(kinds: tuple[Any, ...]) -> Decode:
    if kinds[-1] is Ellipsis:
        return lambda plain: tuple(map(_decoder(kinds[0]), _expect(list, plain)))

    def read(plain: Any) -> Any:
        return tuple(_decoder(kind)(part) for kind, part in zip(kinds, _expect(list, plain), strict=True))

    return read


def _read_mapping(key_kind: type, kind: Any) -> Decode:
    def read(plain: Any) -> Any:
        pairs = plain if isinstance(plain, list) else _expect(dict, plain).items()
        return {key_kind(sys.intern(key)): _decoder(kind)(part) for key, part in pairs}

    return read


def _read_dataclass(kind: type) -> Decode:
    """Return a reader of a dataclass. A field that came later has a default, so that older releases still read."""
    hints = get_type_hints(kind)
    needed = {entry.name for entry in fields(kind) if entry.default is MISSING and entry.default_factory is MISSING}

    def read(plain: Any) -> Any:
        entries = _expect(dict, plain)
        if entries.keys() - hints.keys() or needed - entries.keys():
            strange = sorted((entries.keys() - hints.keys()) | (needed - entries.keys()))
            raise ValueError(f"{kind.__name__} does not agree about {', '.join(map(str, strange))}")
        return kind(**{name: _decoder(hints[name])(part) for name, part in entries.items()})

    return read
