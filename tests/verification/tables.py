"""Couples as Parquet files, the way somebody would write their own."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from app.engine.compiled_ruleset import answer_at
from app.engine.vocabulary import ANSWERS, KINDS
from verification.answers import KEEP_PRIVATE, Couple
from verification.parquet import column_of


def table_of(couples: Iterable[Couple]) -> pa.Table:
    """A table with a column for every answer."""
    rows = list(couples)
    columns: dict[str, list[Any]] = {"id": [f"couple {i}" for i in range(len(rows))]}
    for number, partner in enumerate("ab"):
        for path, answer in ANSWERS.items():
            values = [_value(couple[number], path) for couple in rows]
            if answer.shape.startswith("map_"):
                for kind in KINDS:
                    columns[column_of(partner, path, kind)] = [(each or {}).get(kind) for each in values]
            elif answer.shape == "choices":
                columns[column_of(partner, path)] = [None if each is None else sorted(each) for each in values]
            else:
                columns[column_of(partner, path)] = values
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def write(table: pa.Table, file: Path, rows: int = 1000) -> Path:
    pq.write_table(table, file, row_group_size=rows)
    return file


def _value(report: Any, path: str) -> Any:
    if report is None:
        return None
    return getattr(report, path) if path == KEEP_PRIVATE else answer_at(report, path)
