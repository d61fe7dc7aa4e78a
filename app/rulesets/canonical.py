"""A ruleset as canonical JSON: one way to write everything that is declared, and one strict way back.

Keys are sorted, nothing is spaced, and everything beyond ASCII is escaped, so equal content is equal bytes.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, get_args

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import Condition
from app.engine.plain_values import from_plain, to_plain
from app.engine.shares import Shares, ShareTable
from app.rulesets.diagnostics import Location
from app.rulesets.library import Declared, Library
from app.rulesets.proofs import Proofs

UNCOUNTED = ShareTable()
_TAGGED: frozenset[type] = frozenset(get_args(Condition))


def declared_in(library: Library) -> Declared:
    return Declared(**{field.name: getattr(library, field.name) for field in fields(Declared)})


def with_shares(library: Library, table: ShareTable) -> Library:
    """Return the same content with the shares of questions from this table."""
    shares = library.compiled.shares._replace(table=table)
    return replace(library, compiled=replace(library.compiled, shares=shares))


def build(
    declared: Declared,
    digest: str,
    proofs: Proofs | None,
    places: Mapping[str, Location],
    shares: ShareTable = UNCOUNTED,
) -> Library:
    """Return the library that follows from the declarations, with the shares counted for these questions."""
    shown_when = {question.id: question.show_when for question in declared.questions if question.show_when}
    return Library(
        **{field.name: getattr(declared, field.name) for field in fields(Declared)},
        compiled=compile_ruleset(declared.ruleset, Shares(shares, shown_when)),
        digest=digest,
        proofs=proofs,
        places=places,
    )


def to_bytes(plain: Any) -> bytes:
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
    """Return frozen values as plain values, a condition with its tag."""
    return to_plain(value, _TAGGED)


def read_declared(plain: Any) -> Declared:
    """Return what was written, as it was. Raises `ValueError` for anything else."""
    return from_plain(Declared, plain)


def read_proofs(plain: Any) -> Proofs | None:
    """Return the proofs, or None where none were written. Raises `ValueError` for anything else."""
    return None if plain is None else from_plain(Proofs, plain)
