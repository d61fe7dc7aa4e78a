"""Releases: what the content files amounted to on one day, as one sealed file that never changes again.

`releases/<version>.json` holds everything that was declared and said, so that every decision made by it can be made
again, byte for byte, and what was proved of it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.shares import ShareTable
from app.rulesets.canonical import build, digest_of, is_written, read_declared, read_proofs
from app.rulesets.diagnostics import ContentError, Diagnostic, Location
from app.rulesets.library import Declared, Library, Texts
from app.rulesets.proofs import Proofs
from app.rulesets.question_shares import read_shares

FOLDER = "releases"
FORMAT = 2
_FILE = ".json"
_VERSION = re.compile(r"[0-9A-Za-z]+(?:[._-][0-9A-Za-z]+)*")
_DIGITS = re.compile(r"([0-9]+)")
SEAL = "seal"

Stamp = tuple[int, int, int]
"""When a file was last written, its size and its number: another stamp, another file."""
Reused = TypeVar("Reused")

_WORKED_OUT_FROM = (
    (("findings",), ("reading",)),
    (("strategies", "purposes", "activities"), ("index",)),
    # Rules stand in the order of their purposes, so the bits of a verdict rest on these too.
    (
        ("findings", "rules", "insights", "openings", "choosing", "strategies", "purposes", "activities"),
        ("judge",),
    ),
)
"""The larger parts of a program, each with what it alone is made from: where that is equal, one serves several."""


_ENTRIES = ("findings", "rules", "insights", "strategies", "practices", "purposes", "activities", "openings", "paths")
"""The parts of a ruleset that are lists of things with an id."""


class Summary(NamedTuple):
    """The entry of one state of the content in a list. Files that were never released have no day."""

    version: str
    digest: str
    released_on: date | None
    is_proved: bool
    locales: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]


class Release(NamedTuple):
    """A release file that was read and found whole; `declared` is not yet made into values."""

    summary: Summary
    declared: Any
    proofs: Proofs | None
    shares: ShareTable


def summary_of(library: Library, released_on: date | None = None) -> Summary:
    ruleset = library.ruleset
    counts = {
        "questions": len(library.questions),
        "findings": len(ruleset.findings),
        "rules": len(ruleset.rules),
        "rules_reviewed": sum(rule.status == "reviewed" for rule in ruleset.rules),
        "insights": len(ruleset.insights),
        "strategies": len(ruleset.strategies),
        "practices": len(ruleset.practices),
        "purposes": len(ruleset.purposes),
        "activities": len(ruleset.activities),
        "paths": len(ruleset.paths),
        "claims": len(library.claims),
        "help_lines": len(library.help_lines),
    }
    locales = tuple(sorted(library.texts))
    return Summary(library.version, library.digest, released_on, is_proved(library), locales, tuple(counts.items()))


def is_proved(library: Library) -> bool:
    """Return whether every property that is shown by some means was shown of exactly this content."""
    proofs, shown = proofs_of_exactly(library), [wanted.id for wanted in library.properties if wanted.means]
    return proofs is not None and all(id_ in proofs.by_property and proofs.by_property[id_].holds for id_ in shown)


def proofs_of_exactly(library: Library) -> Proofs | None:
    """Return the proofs of exactly this content, or None."""
    return library.proofs if library.proofs and library.proofs.digest == library.digest else None


def file_of(root: Path, version: str) -> Path:
    return root / FOLDER / f"{version}{_FILE}"


def stamps_in(root: Path) -> dict[str, Stamp]:
    """Return the releases of a content folder by version, from the first to the last, each with its file's stamp."""
    stamps = {}
    for file in (root / FOLDER).glob(f"*{_FILE}"):
        if _VERSION.fullmatch(file.stem):
            status = file.stat()
            stamps[file.stem] = status.st_mtime_ns, status.st_size, status.st_ino
    return {version: stamps[version] for version in sorted(stamps, key=in_order)}


def newest_release(root: Path) -> str | None:
    """Return the highest version that was released, or None."""
    return next(reversed(stamps_in(root)), None)


def in_order(version: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key by which 2026.9 comes before 2026.11."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(version))


def read_release(root: Path, version: str) -> Release:
    """Read one and check that it is whole. Raises `ContentError` where it is not, or is not there."""
    file = file_of(root, version)
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        there = ", ".join(stamps_in(root)) or "none"
        raise _refused(version, f"there is no release {version}; releases: {there}") from None
    except OSError as error:
        raise _refused(version, f"this cannot be read: {error.strerror}") from None
    document = _unsealed(version, data)
    try:
        return _release(document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused(version, f"this is not a release that this version can read: {error}") from None


def _unsealed(version: str, data: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise _refused(version, "this is not JSON; the file was cut short or changed") from None
    if not isinstance(document, dict) or "format" not in document:
        raise _refused(version, "this is not a release; `rekindle release` makes one")
    if document["format"] != FORMAT:
        raise _refused(version, f"its format is {document['format']!r}, and this version of Rekindle reads {FORMAT}")
    rest = {key: part for key, part in document.items() if key != SEAL}
    if document.get(SEAL) != _digest_of(rest) or data[-1:] != b"\n" or not is_written(data[:-1], document):
        raise _refused(version, "this was changed after it was released; put the file back as it was made")
    if document.get("digest") != _digest_of(document.get("declared")):
        raise _refused(version, "its digest is that of other content")
    if document.get("version") != version:
        raise _refused(version, f"this is the release {document.get('version')!r} under another name")
    return document


def _digest_of(plain: Any) -> str:
    """Return the digest; empty where JSON let through what canonical JSON does not: NaN."""
    try:
        return digest_of(plain)
    except ValueError:
        return ""


def _release(document: Mapping[str, Any]) -> Release:
    summary = Summary(
        version=document["version"],
        digest=document["digest"],
        released_on=date.fromisoformat(document["released_on"]),
        is_proved=document["proved"] is True,
        locales=tuple(document["locales"]),
        counts=tuple((str(name), int(number)) for name, number in document["counts"].items()),
    )
    return Release(summary, document["declared"], read_proofs(document["proofs"]), read_shares(document["shares"]))


def _refused(version: str, reason: str) -> ContentError:
    return ContentError([Diagnostic(Location(f"{FOLDER}/{version}{_FILE}"), reason)])


class ReleaseStore:
    """The releases that were opened; whatever is equal in several is stored once."""

    def __init__(self) -> None:
        self._entries: dict[tuple[type, str], list[Any]] = {}
        self._texts: list[Texts] = []
        self._programs: list[CompiledRuleset] = []

    def open(self, root: Path, version: str) -> Library:
        """Read a release into a library equal to the one that was released. Raises `ContentError`."""
        release = read_release(root, version)
        try:
            declared = self._shared(read_declared(release.declared))
            library = build(declared, release.summary.digest, release.proofs, {}, release.shares)
        except (ValueError, KeyError, TypeError, IndexError, StopIteration) as error:
            raise _refused(version, f"this is not a release that this version can read: {error}") from None
        return replace(library, compiled=self._lent(library.compiled))

    def _shared(self, declared: Declared) -> Declared:
        ruleset = declared.ruleset
        parts: dict[str, Any] = {name: tuple(self._each(getattr(ruleset, name))) for name in _ENTRIES}
        return replace(
            declared,
            ruleset=replace(ruleset, **parts),
            texts={locale: _first_equal(self._texts, texts) for locale, texts in declared.texts.items()},
            claims=dict(zip(declared.claims, self._each(declared.claims.values()), strict=True)),
            questions=tuple(self._each(declared.questions)),
            properties=tuple(self._each(declared.properties)),
        )

    def _each(self, entries: Any) -> Iterator[Any]:
        return (_first_equal(self._entries.setdefault((type(entry), entry.id), []), entry) for entry in entries)

    def _lent(self, compiled: CompiledRuleset) -> CompiledRuleset:
        """Return the ruleset with the parts compiled before from the same findings, activities or rules."""
        for known in self._programs:
            for declared, parts in _WORKED_OUT_FROM:
                if all(getattr(known.ruleset, entry) == getattr(compiled.ruleset, entry) for entry in declared):
                    lent: dict[str, Any] = {part: getattr(known, part) for part in parts}
                    compiled = replace(compiled, **lent)
        self._programs.append(compiled)
        return compiled


def _first_equal(known: list[Reused], one: Reused) -> Reused:
    for entry in known:
        if entry == one:
            return entry
    known.append(one)
    return one
