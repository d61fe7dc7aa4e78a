"""Shared parts of the readers of content files: gathered texts, and the fields that many entries have."""

import re
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from app.engine.condition_parser import nearest
from app.engine.ruleset import ContentBasis, Grade, Purpose
from app.rulesets.diagnostics import DiagnosticCollector, Location
from app.rulesets.strict_yaml import Node, Record, read_file

_DECIMAL = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
LONGEST_NAME = 80
"""How many characters the name of an author or a reviewer may have."""


Entry = TypeVar("Entry")


@dataclass(slots=True)
class ReadContext:
    """The state of reading a content folder: its mistakes, its texts in the source language, and its claims' ids."""

    root: Path
    mistakes: DiagnosticCollector = field(default_factory=DiagnosticCollector)
    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    opened: set[str] = field(default_factory=set)

    def open(self, name: str) -> Record | None:
        """Open a file below the content folder as a record."""
        node = self.open_node(name)
        return Record(node) if node else None

    def open_node(self, name: str) -> Node | None:
        self.opened.add(name)
        return read_file(self.root / name, self.root, self.mistakes)

    def entries(self, name: str) -> Iterable[tuple[str, Node]]:
        """Open a file below the content folder and return its entries by id."""
        node = self.open_node(name)
        return node.entries().items() if node else ()

    def text(self, record: Record, name: str, key: str) -> None:
        """Take a text under its key."""
        part = record.need(name)
        if part:
            self.take(part, key)

    def texts_of(self, record: Record, key: str, *names: str) -> None:
        """Take texts, each under `key` and its own name."""
        for name in names:
            self.text(record, name, f"{key}/{name}")

    def wordings(self, record: Record, name: str, key: str) -> None:
        """Take a text, or a list of wordings of it, each under `key` and its number."""
        part = record.need(name)
        if part:
            for number, wording in enumerate(part.items() if part.is_list else [part]):
                self.take(wording, f"{key}/{number}")

    def take(self, node: Node, key: str) -> None:
        """Take a text and the place where it stands."""
        self.texts[key] = node.text()
        self.places[key] = node.place

    def evidence(self, record: Record, key: str) -> Grade:
        """Take a grade and the note to it; return the grade."""
        part = record.need("evidence")
        if part is None:
            return "D"
        evidence = Record(part)
        self.text(evidence, "note", f"{key}/evidence")
        grade = evidence.word("grade", get_args(Grade))
        evidence.close()
        return cast(Grade, grade)

    def cited(self, record: Record, *, required: bool) -> tuple[str, ...]:
        """Return claims by id, and note one that does not exist."""
        part = record.need("claims") if required else record.get("claims")
        if part is None:
            return ()
        cited = part.words(self.claims, self._claims_in_words()) if self.claims else ()
        if required and part.is_list and not cited and self.claims:
            part.wrong("at least one claim of the article stands behind this, or its basis is not `article`")
        return cited

    def _claims_in_words(self) -> str:
        first, last = min(self.claims), max(self.claims)
        return f" claims run from {first} to {last}"

    def grounds(self, record: Record, key: str) -> dict[str, Any]:
        """Return the basis of an entry, the claims it cites, and the grade of its evidence, by field."""
        basis = record.word("basis", get_args(ContentBasis))
        claims = self.cited(record, required=basis == "article")
        return {"basis": basis, "claims": claims, "grade": self.evidence(record, key)}


def read_fields(record: Record, kind: type[Entry], **parts: Any) -> Entry:
    """Return an entry made of `parts` and of the other keys of the record, read as the types of its fields say.

    A type is a truth value, a text, a `Literal` of words, or a tuple of such words. The key of a field with a default
    may be missing. Closes the record.
    """
    check_people(record)
    hints = _hints_of(cast(Any, kind))
    for wanted in fields(cast(Any, kind)):
        if wanted.name not in parts and (wanted.default is MISSING or record.get(wanted.name)):
            parts[wanted.name] = _read_field(record, wanted.name, hints[wanted.name])
    record.close()
    return kind(**parts)


def check_people(record: Record) -> None:
    """Note an `author` or a `reviewer` that is no name. Who wrote an entry and who read it stays in its file."""
    for role in ("author", "reviewer"):
        part = record.get(role)
        if part and len(part.text()) > LONGEST_NAME:
            part.wrong(f"the name of the {role} has more than {LONGEST_NAME} characters")


@cache
def _hints_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read_field(record: Record, name: str, hint: Any) -> Any:
    if hint is bool:
        return record.truth(name)
    if get_origin(hint) is Literal:
        return record.word(name, get_args(hint))
    if get_origin(hint) is tuple:
        return record.words(name, get_args(get_args(hint)[0]))
    return record.text(name)


def check_id(node: Node, id_: str, *, kind: str) -> None:
    """Note an id that is not lower-case words joined by `-` or `_`."""
    if not _ID.fullmatch(id_):
        node.wrong(f"`{id_}` cannot be the id of {kind}: lower-case words joined by `-` or `_`")


def purpose_named(node: Node, purposes: tuple[Purpose, ...]) -> str:
    """Return the id of a purpose, and note one that there is not; where none could be read, none is blamed."""
    named = node.text()
    if named and purposes and all(purpose.id != named for purpose in purposes):
        node.wrong(f"there is no purpose `{named}`;{nearest(named, tuple(purpose.id for purpose in purposes))}")
    return named


def decimal(node: Node | None) -> float | None:
    """Return a number with a fraction, or None."""
    if node is None:
        return None
    text = node.text()
    if text and not _DECIMAL.fullmatch(text):
        node.wrong(f"`{text}` is not a number")
        return None
    return float(text) if text else None
