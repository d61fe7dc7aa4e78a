"""The answers of many couples as columns of small whole numbers, and back again.

A column holds one answer of all partners a and, in a second row, of all partners b. What is not answered is 0, or -1
where the answer is a number. Levels count from 1. Hours are whole quarters. A set of answers has a bit for each member
and one more for *answered*, in as many bytes as that takes. A map of ratings has a column for each kind beside the one
that says that it was answered at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from app.engine.compiled_ruleset import answer_at
from app.engine.conditions import Linear, whole
from app.engine.self_report import SelfReport
from app.engine.vocabulary import ANSWERS, KINDS, AnswerShape
from verification.circuit import Plane

BLOCK = 65_536
"""Couples decided at once: their planes stay in a processor's own memory."""

WORD = 64
KEEP_PRIVATE = "keep_private"

Column = NDArray[Any]
Couple = tuple[SelfReport, SelfReport | None]

_NUMBERS: tuple[AnswerShape, ...] = ("number", "integer")
_MAPS: tuple[AnswerShape, ...] = ("map_of_choices", "map_of_scales")
_QUARTERS = 4
_BYTE = 8


class Bit(NamedTuple):
    """One binary digit of the column of an answer: of its level, or of a set's membership."""

    path: str
    position: int


class AtLeast(NamedTuple):
    """A number that is answered and no less than this."""

    path: str
    least: int


class Compares(NamedTuple):
    """A sum of numbers that are all answered and compare as said."""

    linear: Linear


class Rated(NamedTuple):
    """A kind that is rated at one of these levels."""

    path: str
    kind: str
    codes: tuple[int, ...]


class WideGap(NamedTuple):
    """The two rate one kind at least so far apart; with 0, any kind at all is rated by both."""

    path: str
    least: int


class Present(NamedTuple):
    """There is a partner who answered, and so a view."""


Atom = Bit | AtLeast | Compares | Rated | WideGap | Present
"""What can be read off the columns as one plane."""


def set_bit(path: str) -> int:
    """The bit of a set's column that says that it was answered."""
    return len(ANSWERS[path].levels)


def bits_of(path: str) -> int:
    """How many binary digits the levels of an answer take."""
    levels = 2 if ANSWERS[path].shape == "yes_no" else len(ANSWERS[path].levels)
    return levels.bit_length()


def column_names() -> Iterator[tuple[str, type[np.generic], int]]:
    """Every column's name, type, and what stands for an answer that is not there."""
    for path, answer in ANSWERS.items():
        if answer.shape in _NUMBERS:
            yield path, np.int16, -1
        elif answer.shape == "choices":
            yield from ((f"{path}/{byte}", np.uint8, 0) for byte in range(set_bit(path) // _BYTE + 1))
        else:
            yield path, np.uint8, 0
        if answer.shape in _MAPS:
            yield from ((f"{path}/{kind}", np.uint8, 0) for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Block:
    """The answers of `couples` couples. Columns are as long as whole words need; `present` says who answered."""

    couples: int
    columns: Mapping[str, Column]
    present: NDArray[np.bool_]

    @property
    def words(self) -> int:
        """How many words a plane of this block takes."""
        return self.present.size // WORD

    def read(self, atom: object, out: Plane) -> None:
        """Write one plane: of all partners a, then of all partners b."""
        out.view(np.uint8)[:] = np.packbits(self._holds(cast(Atom, atom)), bitorder="little")

    def _holds(self, atom: Atom) -> NDArray[Any]:
        match atom:
            case Present():
                return self.present.ravel()
            case Bit(path, position):
                byte, position = divmod(position, _BYTE)
                is_set = ANSWERS[path].shape == "choices"
                column = self.columns[f"{path}/{byte}" if is_set else path]
                marked: NDArray[np.uint8] = column.ravel() & np.uint8(1 << position)
                return marked
            case AtLeast(path, least):
                return self.columns[path].ravel() >= np.int16(least)
            case Compares(linear):
                return self._compares(linear)
            case Rated(path, kind, codes):
                column = self.columns[f"{path}/{kind}"].ravel()
                holds: NDArray[np.bool_] = column == np.uint8(codes[0])
                for code in codes[1:]:
                    holds |= column == np.uint8(code)
                return holds
            case WideGap(path, least):
                one = self._gaps(path) > least
                return np.concatenate((one, one))

    def _compares(self, linear: Linear) -> NDArray[np.bool_]:
        total = np.zeros(self.present.size, np.int32)
        known = np.ones(self.present.size, np.bool_)
        for factor, path in linear.terms:
            column = self.columns[path].ravel()
            known &= column >= 0
            total += np.int32(factor) * column
        compared: NDArray[np.bool_] = _COMPARE[linear.op](total, np.int32(linear.constant))
        return compared & known

    def _gaps(self, path: str) -> NDArray[np.uint8]:
        """The widest difference of two ratings of one kind, plus one; 0 where no kind was rated by both."""
        widest = np.zeros(self.present.shape[1], np.uint8)
        for kind in KINDS:
            a, b = self.columns[f"{path}/{kind}"]
            apart = np.maximum(a, b) - np.minimum(a, b) + np.uint8(1)
            np.maximum(widest, apart * ((a > 0) & (b > 0)), out=widest)
        return widest


_COMPARE: Mapping[str, np.ufunc] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def empty_block(couples: int) -> Block:
    """A block in which nobody has answered anything."""
    length = -(-couples // WORD) * WORD
    columns = {name: np.full((2, length), missing, kind) for name, kind, missing in column_names()}
    return Block(couples, columns, np.zeros((2, length), np.bool_))


def encode(couples: Sequence[Couple]) -> Block:
    """Self-reports as a block."""
    block = empty_block(len(couples))
    for row, reports in enumerate(couples):
        for partner, report in enumerate(reports):
            if report is not None:
                block.present[partner, row] = True
                for path in ANSWERS:
                    value = getattr(report, path) if path == KEEP_PRIVATE else answer_at(cast(Any, report), path)
                    if value is not None:
                        put(block, path, (partner, row), value)
    return block


def put(block: Block, path: str, place: tuple[int, int], value: Any) -> None:
    """Write one answer."""
    answer, columns = ANSWERS[path], block.columns
    match answer.shape:
        case "number" | "integer":
            columns[path][place] = whole(value, path)
        case "choices":
            for bit in (set_bit(path), *map(answer.levels.index, value)):
                columns[f"{path}/{bit // _BYTE}"][place] |= 1 << bit % _BYTE
        case "map_of_choices" | "map_of_scales":
            columns[path][place] = 1
            for kind, rating in value.items():
                columns[f"{path}/{kind}"][place] = answer.levels.index(str(rating)) + 1
        case "yes_no":
            columns[path][place] = 2 if value else 1
        case _:
            columns[path][place] = answer.levels.index(str(value)) + 1


def decode(block: Block, row: int) -> Couple:
    """The self-reports of one couple."""
    a, b = (
        report_of(dict(_answers(block, (partner, row)))) if block.present[partner, row] else None for partner in (0, 1)
    )
    return a or SelfReport(), b


def _answers(block: Block, place: tuple[int, int]) -> Iterator[tuple[str, Any]]:
    for path, answer in ANSWERS.items():
        if answer.shape == "choices":
            bits = _bits(block, path, place)
            if bits >> set_bit(path) & 1:
                yield path, frozenset(level for i, level in enumerate(answer.levels) if bits >> i & 1)
            continue
        code = int(block.columns[path][place])
        if code < 0 or (code == 0 and answer.shape not in _NUMBERS):
            continue
        match answer.shape:
            case "number":
                yield path, code / _QUARTERS
            case "integer":
                yield path, code
            case "map_of_choices" | "map_of_scales":
                rated = {kind: int(block.columns[f"{path}/{kind}"][place]) for kind in KINDS}
                yield path, {kind: _level(path, rating) for kind, rating in rated.items() if rating}
            case "yes_no":
                yield path, code > 1
            case _:
                yield path, _level(path, code)


def _bits(block: Block, path: str, place: tuple[int, int]) -> int:
    """The members of a set as one number."""
    count = set_bit(path) // _BYTE + 1
    return sum(int(block.columns[f"{path}/{byte}"][place]) << _BYTE * byte for byte in range(count))


def _level(path: str, code: int) -> str | int:
    answer = ANSWERS[path]
    level = answer.levels[code - 1]
    return int(level) if answer.shape in ("scale", "map_of_scales") else level


def pack(block: Block, rows: Sequence[int]) -> list[bytes]:
    """Some couples of a block, each as a few hundred bytes that travel well."""
    parts = [block.present, *(block.columns[name] for name, _, _ in column_names())]
    taken = [np.ascontiguousarray(part[:, rows].T).view(np.uint8) for part in parts]
    return [row.tobytes() for row in np.concatenate(taken, axis=1)]


def unpack(packed: bytes) -> Block:
    """A block of the one couple that was packed."""
    block, start = empty_block(1), 2
    block.present[:, 0] = np.frombuffer(packed[:start], np.bool_)
    for name, kind, _ in column_names():
        end = start + 2 * np.dtype(kind).itemsize
        block.columns[name][:, 0] = np.frombuffer(packed[start:end], kind)
        start = end
    return block


_GROUPS: Mapping[str, type] = {
    name: next(part for part in get_args(annotation) if part is not type(None))
    for name, annotation in get_type_hints(SelfReport).items()
    if name in {path.partition(".")[0] for path in ANSWERS if "." in path}
}


def report_of(answers: Mapping[str, Any]) -> SelfReport:
    """A self-report from answers by their paths."""
    groups: dict[str, dict[str, Any]] = {}
    alone: dict[str, Any] = {}
    for path, value in answers.items():
        group, _, name = path.partition(".")
        if name:
            groups.setdefault(group, {})[name] = value
        else:
            alone[path] = value
    return SelfReport(**alone, **{group: _GROUPS[group](**held) for group, held in groups.items()})
