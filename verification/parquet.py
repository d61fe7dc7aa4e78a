"""Couples from a Parquet file, a row group at a time, checked value by value.

A column is named after the partner and the path of the answer, with `__` for each dot: `a_conflict__level`,
`b_closeness__feelings` (a list of words), `a_activity_preferences__likes__walk` (one column a kind). A column that is
not there, and a null, are no answer. Columns that begin neither with `a_` nor with `b_` are left alone.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from app.engine.vocabulary import ANSWERS, KINDS
from app.errors import RekindleError
from verification.answers import BLOCK, Block, Column, empty_block, set_bit

_PARTNERS = ("a_", "b_")
_BYTE = 8
_MOST = {"number": 168.0, "time_together.date_nights_per_month": 31, "busyness.minutes_per_week": 1200}
_SLOT, _LEAST_SLOT, _MOST_SLOT = "busyness.longest_slot_minutes", 5, 2880
_QUARTERS = 4
_WRONG = 255


class UnreadableCouples(RekindleError):
    """A file of couples that cannot be read, with the column, the row and the value that stand in the way."""


class CouplesFile:
    """A Parquet file whose columns are known answers."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._parquet = pq.ParquetFile(file)
            names = self._parquet.schema_arrow.names
        except (OSError, pa.ArrowException) as error:
            reason = error.strerror if isinstance(error, FileNotFoundError) else None
            raise UnreadableCouples(f"{file} cannot be read as Parquet: {reason or _first_line(error)}") from error
        self.columns = {name: _answer_of(file, name) for name in names if name.startswith(_PARTNERS)}
        if not self.columns:
            raise UnreadableCouples(f"{file} has no column of answers, such as a_conflict__level")
        self.couples = self._parquet.metadata.num_rows
        self.row_groups = self._parquet.metadata.num_row_groups

    def couples_in(self, row_group: int) -> int:
        """How many couples a row group holds."""
        return int(self._parquet.metadata.row_group(row_group).num_rows)

    def blocks(self, row_group: int) -> Iterator[Block]:
        """The couples of one row group, in blocks."""
        row = sum(map(self.couples_in, range(row_group)))
        try:
            for batch in self._parquet.iter_batches(BLOCK, row_groups=[row_group], columns=list(self.columns)):
                yield self._block(batch, row)
                row += batch.num_rows
        except (OSError, pa.ArrowException) as error:
            raise UnreadableCouples(f"{self.file} cannot be read from row {row} on: {_first_line(error)}") from error

    def _block(self, batch: pa.RecordBatch, first: int) -> Block:
        block = empty_block(batch.num_rows)
        for name, (partner, path, kind) in self.columns.items():
            values = batch.column(name)
            reader = _Reader(self.file, name, path, first, values)
            answered = reader.fill(block, partner, kind)
            block.present[partner, : batch.num_rows] |= answered
        block.present[0, : batch.num_rows] |= block.present[1, : batch.num_rows]
        return block


class _Reader:
    """One column of a batch."""

    def __init__(self, file: Path, name: str, path: str, first: int, values: pa.Array) -> None:
        self._file, self._name, self._path, self._first, self._values = file, name, path, first, values
        self._answer = ANSWERS[path]

    def fill(self, block: Block, partner: int, kind: str | None) -> NDArray[np.bool_]:
        """Write the column into a block; who has answered."""
        count = len(self._values)
        answered: NDArray[np.bool_] = self._values.is_valid().to_numpy(zero_copy_only=False)
        columns = block.columns
        match self._answer.shape:
            case "number" | "integer":
                columns[self._path][partner, :count] = self._numbers(answered)
            case "choices":
                self._fill_set(block, partner, answered)
            case "yes_no":
                columns[self._path][partner, :count] = self._truths(answered)
            case "map_of_choices" | "map_of_scales":
                columns[f"{self._path}/{kind}"][partner, :count] = self._levels(self._values)
                columns[self._path][partner, :count] |= answered
            case _:
                columns[self._path][partner, :count] = self._levels(self._values)
        return answered

    def _levels(self, values: pa.Array) -> Column:
        """The code of each value: worked out once for each different one."""
        encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
        levels = self._answer.levels
        known = [str(each) for each in encoded.dictionary.to_pylist()]
        codes = np.array([*(levels.index(word) + 1 if word in levels else _WRONG for word in known), 0], np.uint8)
        places = pc.fill_null(encoded.indices, len(known)).to_numpy(zero_copy_only=False)
        read: Column = codes[places]
        wrong = np.flatnonzero(read == _WRONG)
        if wrong.size:
            self._refuse(values, int(wrong[0]), f"is none of {', '.join(levels)}")
        return read

    def _truths(self, answered: NDArray[np.bool_]) -> Column:
        if not pa.types.is_boolean(self._values.type):
            self._refuse(self._values, int(np.argmax(answered)), "is neither true nor false")
        held = pc.fill_null(self._values, False).to_numpy(zero_copy_only=False)
        codes: Column = (held.astype(np.uint8) + np.uint8(1)) * answered
        return codes

    def _numbers(self, answered: NDArray[np.bool_]) -> Column:
        kind = self._values.type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            self._refuse(self._values, int(np.argmax(answered)), "is not a number")
        least, most = _range_of(self._path)
        scale = _QUARTERS if self._answer.shape == "number" else 1
        given = pc.fill_null(self._values, 0).to_numpy(zero_copy_only=False)
        scaled = given.astype(np.float64) * scale
        is_wrong = answered & ~((given >= least) & (given <= most) & (scaled == np.floor(scaled)))
        if is_wrong.any():
            step = "steps of 0.25" if scale > 1 else "whole numbers"
            self._refuse(self._values, int(np.argmax(is_wrong)), f"is not from {least:g} to {most:g} in {step}")
        return np.where(answered, scaled, -1).astype(np.int16)

    def _fill_set(self, block: Block, partner: int, answered: NDArray[np.bool_]) -> None:
        values = self._values
        if not (pa.types.is_list(values.type) or pa.types.is_large_list(values.type)):
            self._refuse(values, int(np.argmax(answered)), "is not a list of words")
        rows = pc.list_parent_indices(values).to_numpy(zero_copy_only=False)
        try:
            codes = self._levels(values.flatten())
        except _WrongMember as wrong:
            self._refuse(values, int(rows[wrong.place]), wrong.reason, wrong.value)
        if (codes == 0).any():
            self._refuse(values, int(rows[np.argmax(codes == 0)]), "has a member that is null")
        bits = codes.astype(np.int64) - 1
        for byte in range(set_bit(self._path) // _BYTE + 1):
            here = bits // _BYTE == byte
            column = block.columns[f"{self._path}/{byte}"][partner]
            np.bitwise_or.at(column, rows[here], (1 << bits[here] % _BYTE).astype(np.uint8))
        bit = set_bit(self._path)
        block.columns[f"{self._path}/{bit // _BYTE}"][partner, : len(values)] |= answered.astype(np.uint8) << np.uint8(
            bit % _BYTE
        )

    def _refuse(self, values: pa.Array, place: int, reason: str, value: Any = None) -> None:
        if values is not self._values:
            raise _WrongMember(place, reason, values[place].as_py())
        value = values[place].as_py() if value is None else value
        raise UnreadableCouples(f"{self._file}: column {self._name}, row {self._first + place}: {value!r} {reason}")


class _WrongMember(Exception):
    def __init__(self, place: int, reason: str, value: Any) -> None:
        super().__init__(reason)
        self.place, self.reason, self.value = place, reason, value


def _range_of(path: str) -> tuple[float, float]:
    if path == _SLOT:
        return _LEAST_SLOT, _MOST_SLOT
    return 0, _MOST.get(path, _MOST["number"])


def column_of(partner: str, path: str, kind: str | None = None) -> str:
    """The name of a column."""
    return "__".join(f"{partner}_{path}".split(".") + ([kind] if kind else []))


def _known_columns() -> Mapping[str, tuple[int, str, str | None]]:
    known: dict[str, tuple[int, str, str | None]] = {}
    for number, partner in enumerate("ab"):
        for path, answer in ANSWERS.items():
            if answer.shape.startswith("map_"):
                known |= {column_of(partner, path, kind): (number, path, kind) for kind in KINDS}
            else:
                known[column_of(partner, path)] = number, path, None
    return known


def _answer_of(file: Path, name: str) -> tuple[int, str, str | None]:
    known = _known_columns()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UnreadableCouples(f"{file}: column {name}: there is no such answer{hint}")
    return known[name]


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
