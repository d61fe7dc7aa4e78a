"""Shared parts of the readers of content files: gathered texts, and the fields that many entries have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from app.engine.condition_parser import nearest
from app.engine.ruleset import Activity, ContentBasis, Finding, Grade, Purpose, Strategy
from app.rulesets.diagnostics import DiagnosticCollector, Location
from app.rulesets.strict_yaml import Node, Record, read_file

_DECIMAL = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
LONGEST_NAME = 80
"""How many characters the name of an author or a reviewer may have."""


Entry = TypeVar("Entry")
ValuesOf = Mapping[str, tuple[str, ...]]
"""The values of each finding by its id."""
_hints_of = cache(get_type_hints)


@dataclass(slots=True)
class ReadContext:
    """The state of reading a content folder: its mistakes, its texts in the source language, and what was read so far.

    Where nothing of a kind could be read, that is the mistake, and nobody is blamed for naming one of it.
    """

    root: Path
    mistakes: DiagnosticCollector = field(default_factory=DiagnosticCollector)
    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    claims: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    activities: tuple[Activity, ...] = ()

    @property
    def values_of(self) -> ValuesOf:
        return {finding.id: finding.values for finding in self.findings}

    @property
    def private(self) -> tuple[str, ...]:
        """The ids of the private findings."""
        return tuple(finding.id for finding in self.findings if finding.label == "private")

    def open(self, name: str) -> Record | None:
        """Open a file below the content folder as a record."""
        node = self.open_node(name)
        return Record(node) if node else None

    def open_node(self, name: str) -> Node | None:
        self.opened.add(name)
        return read_file(self.root / name, self.root, self.mistakes)

    def records(self, name: str, kind: str) -> Iterator[tuple[str, Record]]:
        """Open a file below the content folder, yield its entries by id, and note what cannot be the id of a `kind`."""
        node = self.open_node(name)
        for id_, part in (node.entries() if node else {}).items():
            check_id(part, id_, kind=kind)
            yield id_, Record(part)

    def text(self, record: Record, name: str, key: str) -> None:
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
        named = f" claims run from {min(self.claims)} to {max(self.claims)}" if self.claims else ""
        cited = part.words(self.claims, named) if self.claims else ()
        if required and part.is_list and not cited and self.claims:
            part.wrong("at least one claim of the article stands behind this, or its basis is not `article`")
        return cited

    def purpose(self, node: Node) -> str:
        """Return the id of a purpose, and note one that there is not."""
        named, known = node.text(), tuple(purpose.id for purpose in self.purposes)
        if named and known and named not in known:
            node.wrong(f"there is no purpose `{named}`;{nearest(named, known)}")
        return named

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


def decimal(node: Node | None) -> float | None:
    if node is None:
        return None
    text = node.text()
    if text and not _DECIMAL.fullmatch(text):
        node.wrong(f"`{text}` is not a number")
        return None
    return float(text) if text else None
