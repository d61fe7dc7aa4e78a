"""The data inventory: owner, label, purpose, export and retention of every column, read from `data_inventory.yaml`.

Erasure, export, maintenance, the page `docs/data-inventory.md` and the tests read it; a column without an entry fails
them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from app.engine.plain_values import from_plain

Owner = Literal["partner", "couple", "integrator", "service"]
Label = Literal["private", "pooled", "public"]


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Lets rows be removed so many `days` after the moment in their `column`."""

    column: str
    days: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `export` is its place in the export; where that is None, `not_exported` gives the reason."""

    label: Label
    purpose: str
    export: str | None = None
    not_exported: str | None = None


@dataclass(frozen=True, slots=True)
class TableRecord:
    """One table. `outlives_erasure`: why its rows stay when their owner is erased; without it they go together."""

    owner: Owner
    retention: str
    columns: Mapping[str, Column]
    rules: tuple[RetentionRule, ...] = ()
    outlives_erasure: str | None = None


def _read() -> dict[str, TableRecord]:
    text = Path(__file__).with_suffix(".yaml").read_bytes()
    # The safe loader, in C: the server reads this file each time it starts.
    return from_plain(dict[str, TableRecord], yaml.load(text, Loader=yaml.CSafeLoader))


DATA_INVENTORY: Mapping[str, TableRecord] = _read()


def retention_rules() -> Iterator[tuple[str, RetentionRule]]:
    """Yield the rows that maintenance removes: the name of a table, and its rule."""
    return ((name, rule) for name, table in DATA_INVENTORY.items() for rule in table.rules)
