"""What the readers of content files share: the texts gathered on the way, and the parts that many entries have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from app.engine.ruleset import Basis, Grade
from app.rulesets.files import Node, Record, read_file
from app.rulesets.mistakes import Mistakes

_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(slots=True)
class Desk:
    """Where a content folder is read: its mistakes, its texts in the source language, and the ids of its claims."""

    root: Path
    mistakes: Mistakes = field(default_factory=Mistakes)
    texts: dict[str, str] = field(default_factory=dict)
    claims: tuple[str, ...] = ()

    def open(self, name: str) -> Record | None:
        """A file below the content folder as a record."""
        node = self.open_node(name)
        return Record(node) if node else None

    def open_node(self, name: str) -> Node | None:
        return read_file(self.root / name, self.root, self.mistakes)

    def text(self, record: Record, name: str, key: str) -> None:
        """Take a text under its key."""
        self.texts[key] = record.text(name)

    def evidence(self, record: Record, key: str) -> str:
        """A grade and the note to it; returns the grade."""
        part = record.need("evidence")
        if part is None:
            return "D"
        evidence = Record(part)
        grade = evidence.word("grade", get_args(Grade))
        self.text(evidence, "note", f"{key}/evidence")
        evidence.close()
        return grade

    def cited(self, record: Record, *, required: bool) -> tuple[str, ...]:
        """Claims by id, each of which exists."""
        part = record.need("claims") if required else record.get("claims")
        if part is None:
            return ()
        cited = part.words(self.claims) if self.claims else ()
        if required and not cited and self.claims:
            part.wrong("at least one claim of the article stands behind this, or its basis is not `article`")
        return cited

    def basis(self, record: Record) -> tuple[str, tuple[str, ...]]:
        """What something rests on, and the claims it cites."""
        basis = record.word("basis", get_args(Basis))
        return basis, self.cited(record, required=basis == "article")


def check_id(node: Node, id_: str, *, what: str) -> None:
    """Ids are lower-case words joined by `-` or `_`."""
    if not _ID.fullmatch(id_):
        node.wrong(f"`{id_}` cannot be the id of {what}: lower-case words joined by `-`")


def decimal(node: Node | None) -> float | None:
    """A number with a fraction, or nothing."""
    if node is None:
        return None
    try:
        return float(node.text())
    except ValueError:
        node.wrong(f"`{node.text()}` is not a number")
        return None


def known_or_any(known: Sequence[str]) -> Sequence[str]:
    """A list to choose from; where it could not be read, its own mistakes say so."""
    return known or ("",)
