"""Every way to answer what findings read, laid out as arrays, and what the findings amount to there.

This second way to show a property shares only the conditions with the first: no symbols, all is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, pairwise, product
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import All, AnyOf, Chosen, Clause, Condition, Contains, Linear, Not, clauses, leaves
from app.engine.ruleset import Finding
from app.engine.vocabulary import ANSWERS, KINDS

Truths = tuple[NDArray[np.bool_], NDArray[np.bool_]]
"""Where something is true, and where it is false."""

REQUIRED = ("time_together.hours_per_week", "conflict.level", "busyness.level", "activity_preferences.likes")
UNKNOWN = -1
_QUARTERS, _HOURS, _RATINGS = 4, 168, 5
_WHOLE = {"time_together.date_nights_per_month": 31}


@dataclass(frozen=True)
class Row:
    """One way for the findings of an axis to be, in how many ways to answer, and one of these."""

    met: Mapping[str, int]
    own: Mapping[str, int]
    count: int
    mine: Mapping[str, Any]
    theirs: Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """One way for some findings of one report to be."""

    codes: tuple[int, ...]
    count: int
    answers: Mapping[str, Any]


class AnswerGrid:
    """Every combination of some answers of one report, one axis each."""

    def __init__(self, findings: Sequence[Finding], *, required: Sequence[str] = ()) -> None:
        self.findings = findings
        self.paths = sorted({path for finding in findings for path in paths_of(finding)})
        self._members = _members_of(findings)
        self.domains = [self._domain(path, is_required=path in required) for path in self.paths]

    def _domain(self, path: str, *, is_required: bool) -> list[Any]:
        answer = ANSWERS[path]
        values: list[Any]
        match answer.shape:
            case "number":
                values = list(range(_HOURS * _QUARTERS + 1))
            case "integer":
                values = list(range(_WHOLE[path] + 1))
            case "choices":
                asked = self._members[path]
                values = [frozenset(c) for n in range(len(asked) + 1) for c in combinations(asked, n)]
            case "yes_no":
                values = ["false", "true"]
            case _:
                values = list(answer.levels)
        return values if is_required else [None, *values]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(map(len, self.domains))

    @cached_property
    def codes(self) -> list[NDArray[np.int8]]:
        """The value of each finding at every point."""
        return [self._code(finding) for finding in self.findings]

    def _code(self, finding: Finding) -> NDArray[np.int8]:
        code = np.full(self.shape, UNKNOWN, np.int8)
        for value, condition in reversed(finding.tries):
            holds, _ = self.truths(condition)
            code[np.broadcast_to(holds, self.shape)] = finding.values.index(value)
        return code

    def truths(self, condition: Condition) -> Truths:
        match condition:
            case All(parts):
                each = [self.truths(part) for part in parts]
                return _every([t for t, _ in each]), _some([f for _, f in each])
            case AnyOf(parts):
                each = [self.truths(part) for part in parts]
                return _some([t for t, _ in each]), _every([f for _, f in each])
            case Not(part):
                holds, fails = self.truths(part)
                return fails, holds
            case _:
                return self._leaf(condition)

    def _leaf(self, leaf: Condition) -> Truths:
        match leaf:
            case Chosen(path, levels):
                return self._split(path, [None if v is None else v in levels for v in self._of(path)])
            case Contains(path, member):
                return self._split(path, [None if v is None else member in v for v in self._of(path)])
            case Linear(terms, op, constant):
                known = _every([self._along(path, [v is not None for v in self._of(path)]) for _, path in terms])
                total = sum((self._numbers(path, factor) for factor, path in terms), start=np.zeros((), np.int32))
                holds = _COMPARE[op](total, constant)
                return known & holds, known & ~holds
            case _:
                raise TypeError("a derivation reads answers")

    def _of(self, path: str) -> list[Any]:
        return self.domains[self.paths.index(path)]

    def _along(self, path: str, values: Sequence[Any]) -> NDArray[Any]:
        shape = [1] * len(self.paths)
        shape[self.paths.index(path)] = len(values)
        return np.array(values).reshape(shape)

    def _numbers(self, path: str, factor: int) -> NDArray[np.int32]:
        return factor * self._along(path, [0 if v is None else v for v in self._of(path)]).astype(np.int32)

    def _split(self, path: str, truths: Sequence[bool | None]) -> Truths:
        return self._along(path, [t is True for t in truths]), self._along(path, [t is False for t in truths])

    def ways(self) -> list[Way]:
        """Each combination of findings that occurs, with the number of ways to answer behind it."""
        sizes = [len(finding.values) + 1 for finding in self.findings]
        flat = np.zeros(self.shape, np.int64)
        for code, size in zip(self.codes, sizes, strict=True):
            flat = flat * size + (code.astype(np.int64) + 1)
        seen, first, inverse = np.unique(flat, return_index=True, return_inverse=True)
        counts = np.zeros(len(seen), np.int64)
        np.add.at(counts, inverse.reshape(-1), self._weights().reshape(-1))
        return [
            Way(_unpack(int(number), sizes), int(count), self._answers(int(at)))
            for number, at, count in zip(seen, first, counts, strict=True)
        ]

    def _weights(self) -> NDArray[np.int64]:
        """A set that is asked for some of its members stands for all sets with the same of these."""
        weights = np.ones(self.shape, np.int64)
        for path, members in self._members.items():
            unasked = len(ANSWERS[path].levels) - len(members)
            weights = weights * self._along(path, [1 if v is None else 1 << unasked for v in self._of(path)])
        return weights

    def _answers(self, at: int) -> dict[str, Any]:
        places = np.unravel_index(at, self.shape)
        read = {path: of[int(i)] for path, of, i in zip(self.paths, self.domains, places, strict=True)}
        return {path: _as_answer(path, value) for path, value in read.items() if value is not None}


def _as_answer(path: str, value: Any) -> Any:
    match ANSWERS[path].shape:
        case "number":
            return value / _QUARTERS
        case "yes_no":
            return value == "true"
        case "scale":
            return int(value)
        case _:
            return value


def _members_of(findings: Iterable[Finding]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for finding in findings:
        for leaf in chain.from_iterable(leaves(condition) for _, condition in finding.tries):
            if isinstance(leaf, Contains) and leaf.member not in members.setdefault(leaf.path, []):
                members[leaf.path].append(leaf.member)
    return members


def _unpack(number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    codes = []
    for size in reversed(sizes):
        number, code = divmod(number, size)
        codes.append(code - 1)
    return tuple(reversed(codes))


def _every(parts: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    whole = np.ones((), bool)
    for part in parts:
        whole = whole & part
    return whole


def _some(parts: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    whole = np.zeros((), bool)
    for part in parts:
        whole = whole | part
    return whole


_COMPARE: Mapping[str, Callable[[NDArray[np.int32], int], NDArray[np.bool_]]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def clusters(findings: Sequence[Finding]) -> list[tuple[Finding, ...]]:
    """Findings that share an answer stand together: what one is says something about the other."""
    groups: list[tuple[set[str], list[Finding]]] = []
    for finding in findings:
        paths = set(paths_of(finding))
        touching = [group for group in groups if group[0] & paths]
        joined = [f for group in touching for f in group[1]] + [finding]
        groups = [group for group in groups if group not in touching]
        groups.append((paths.union(*(group[0] for group in touching)), joined))
    return [tuple(group[1]) for group in groups]


def rows_of(cluster: Sequence[Finding]) -> list[Row]:
    """Every way for the findings of a cluster to be in a view, from every pair of reports."""
    if any(finding.gap for finding in cluster):
        return _gap_rows(cluster[0])
    mine = AnswerGrid(cluster, required=REQUIRED).ways()
    theirs = AnswerGrid(cluster).ways()
    rows: dict[tuple[tuple[int, ...], tuple[int, ...]], Row] = {}
    for a, b in product(mine, theirs):
        met = tuple(meet(f.both, x, y) for f, x, y in zip(cluster, a.codes, b.codes, strict=True))
        key, count = (met, a.codes), a.count * b.count
        if key in rows:
            first = rows[key]
            rows[key] = Row(first.met, first.own, first.count + count, first.mine, first.theirs)
        else:
            names = [finding.id for finding in cluster]
            rows[key] = Row(
                dict(zip(names, met, strict=True)), dict(zip(names, a.codes, strict=True)), count, a.answers, b.answers
            )
    return list(rows.values())


def meet(both: str, mine: int, theirs: int) -> int:
    match both:
        case "own":
            return mine
        case "theirs":
            return theirs
        case "own_first":
            return theirs if mine == UNKNOWN else mine
        case _:
            return max(mine, theirs)


def _gap_rows(finding: Finding) -> list[Row]:
    """How many pairs of ratings there are whose largest difference is so and so, counted kind by kind."""
    gap = finding.gap
    if gap is None:
        raise TypeError(finding.id)
    alone = 1 + 2 * _RATINGS
    pairs = [sum(abs(a - b) == d for a in range(_RATINGS) for b in range(_RATINGS)) for d in range(_RATINGS)]
    below = [(alone + sum(pairs[:least])) ** len(KINDS) for least in (0, gap.partial, gap.mismatched, _RATINGS)]
    unanswered = 2 * (1 + _RATINGS) ** len(KINDS) + 1
    counts = [below[0] + unanswered, *(higher - lower for lower, higher in pairwise(below))]
    apart = (None, 0, gap.partial, gap.mismatched)
    rows = []
    for code, (count, difference) in enumerate(zip(counts, apart, strict=True), UNKNOWN):
        mine = {} if difference is None else {gap.of: {KINDS[0]: 1 + difference}}
        theirs = {} if difference is None else {gap.of: {KINDS[0]: 1}}
        rows.append(Row({finding.id: code}, {finding.id: code}, count, mine, theirs))
    return rows


@dataclass(frozen=True)
class Axis:
    """The ways for some findings to be, which no other axis speaks of."""

    rows: tuple[Row, ...]

    @property
    def findings(self) -> frozenset[str]:
        return frozenset(self.rows[0].met)

    @property
    def inputs(self) -> int:
        return sum(row.count for row in self.rows)

    def only(self, met: frozenset[str], own: frozenset[str]) -> "Axis":
        """The same, told apart by these findings alone."""
        merged: dict[tuple[tuple[int, ...], tuple[int, ...]], Row] = {}
        seen, alone = sorted(met & self.findings), sorted(own & self.findings)
        for row in self.rows:
            key = tuple(row.met[f] for f in seen), tuple(row.own[f] for f in alone)
            first = merged.get(key)
            count = row.count + (first.count if first else 0)
            like = first or row
            merged[key] = Row(
                dict(zip(seen, key[0], strict=True)),
                dict(zip(alone, key[1], strict=True)),
                count,
                like.mine,
                like.theirs,
            )
        return Axis(tuple(merged.values()))


_MOST_AT_ONCE = 1 << 20


class Block:
    """A part of a space: one array axis for each of its axes, those that are gone through one by one of length 1."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        self.axes = axes
        self.shape = tuple(len(axis.rows) for axis in axes)

    def code(self, finding: str, *, own: bool = False) -> NDArray[np.int8]:
        for i, axis in enumerate(self.axes):
            rows = [row.own if own else row.met for row in axis.rows]
            if finding in rows[0]:
                shape = [1] * len(self.axes)
                shape[i] = len(rows)
                return np.array([row[finding] for row in rows], np.int8).reshape(shape)
        raise KeyError(finding)

    def rows_at(self, flat: int) -> list[Row]:
        places = np.unravel_index(flat, self.shape)
        return [axis.rows[int(i)] for axis, i in zip(self.axes, places, strict=True)]


@dataclass(frozen=True)
class Holds:
    """That a condition on findings is true, some of them being the viewer's `own` word alone.

    What stands in `at` is so, whatever else a cell says of it.
    """

    condition: Condition
    own: frozenset[str] = frozenset()
    at: Row | None = None


@dataclass(frozen=True)
class Every:
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Some:
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class No:
    part: "Formula"


Formula = Holds | Every | Some | No
"""What is asked of each cell. It is so or it is not: a condition that is unknown does not hold."""


def where(formula: Formula, block: Block) -> NDArray[np.bool_]:
    """The cells of a block at which it is so."""
    match formula:
        case Every(parts):
            return _every([where(part, block) for part in parts])
        case Some(parts):
            return _some([where(part, block) for part in parts])
        case No(part):
            return ~where(part, block)
        case Holds(condition):
            return _truths_in(condition, formula, block)[0]


def _truths_in(condition: Condition, of: Holds, block: Block) -> Truths:
    match condition:
        case All(parts):
            each = [_truths_in(part, of, block) for part in parts]
            return _every([t for t, _ in each]), _some([f for _, f in each])
        case AnyOf(parts):
            each = [_truths_in(part, of, block) for part in parts]
            return _some([t for t, _ in each]), _every([f for _, f in each])
        case Not(part):
            holds, fails = _truths_in(part, of, block)
            return fails, holds
        case Clause(finding, _, _, accepts):
            pinned = _pinned(of, finding)
            code = block.code(finding, own=finding in of.own) if pinned is None else np.array(pinned)
            accepted = np.isin(code, accepts)
            return accepted, (code != UNKNOWN) & ~accepted
        case _:
            raise TypeError("a rule reads findings")


def _pinned(of: Holds, finding: str) -> int | None:
    if of.at is None:
        return None
    return (of.at.own if finding in of.own else of.at.met).get(finding)


def read_by(formula: Formula) -> tuple[frozenset[str], frozenset[str]]:
    """The findings that it reads as the two meet, and those that it reads as the viewer's own word."""
    match formula:
        case Every(parts) | Some(parts):
            each = [read_by(part) for part in parts]
            return frozenset().union(*(met for met, _ in each)), frozenset().union(*(own for _, own in each))
        case No(part):
            return read_by(part)
        case Holds(condition, own, at):
            read = frozenset(clause.finding for clause in clauses(condition)) - frozenset(at.met if at else ())
            return read - own, read & own


class Space:
    """All combinations of some findings. Nothing of it is left out: large ones are gone through block by block."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        self.axes = sorted(axes, key=lambda axis: len(axis.rows))

    @property
    def cells(self) -> int:
        return prod(len(axis.rows) for axis in self.axes)

    @property
    def inputs(self) -> int:
        return prod(axis.inputs for axis in self.axes)

    def blocks(self) -> Iterator[Block]:
        split = len(self.axes)
        while split and prod(len(axis.rows) for axis in self.axes[split - 1 :]) <= _MOST_AT_ONCE:
            split -= 1
        outer, inner = self.axes[:split], self.axes[split:]
        for chosen in product(*(axis.rows for axis in outer)):
            yield Block([*(Axis((row,)) for row in chosen), *inner])

    def box(self) -> "Box":
        """All of it in one."""
        return Box(tuple(axis.rows for axis in self.axes))


class Literal(NamedTuple):
    """What a box leaves open: whether a finding is among some codes. `wanted`: what would make the whole so."""

    finding: str
    is_own: bool
    accepted: int
    wanted: bool


class Box:
    """A part of a space: some of the rows of each axis, in every combination."""

    def __init__(self, axes: tuple[tuple[Row, ...], ...]) -> None:
        self.axes = axes
        self._codes: dict[tuple[str, bool], int] = {}
        for rows in axes:
            for is_own, of in ((False, [row.met for row in rows]), (True, [row.own for row in rows])):
                for finding in of[0]:
                    self._codes[finding, is_own] = _bits_of(row[finding] for row in of)

    @property
    def cells(self) -> int:
        return prod(len(rows) for rows in self.axes)

    def codes(self, finding: str, *, is_own: bool) -> int:
        """The codes that occur, a bit each, unknown being the lowest."""
        return self._codes[finding, is_own]

    def parts(self, by: Literal) -> list["Box"]:
        """The same, cut where a finding is among these codes, is another one, or is unknown; likely ones last."""
        (at,) = (i for i, rows in enumerate(self.axes) if by.finding in (rows[0].own if by.is_own else rows[0].met))
        cut: dict[int, list[Row]] = {}
        for row in self.axes[at]:
            bit = _bits_of([(row.own if by.is_own else row.met)[by.finding]])
            cut.setdefault(_ACCEPTED if bit & by.accepted else bit & _UNKNOWN, []).append(row)
        order = (_UNKNOWN, _OTHER, _ACCEPTED) if by.wanted else (_ACCEPTED, _OTHER, _UNKNOWN)
        return [Box((*self.axes[:at], tuple(cut[which]), *self.axes[at + 1 :])) for which in order if which in cut]


_OTHER, _UNKNOWN, _ACCEPTED = 0, 1, 2


def _bits_of(codes: Iterable[int]) -> int:
    mask = 0
    for code in codes:
        mask |= 1 << code - UNKNOWN
    return mask


Judged = tuple[bool, bool, Literal | None]
"""Whether something may be so in a box, whether it must, and if that is open, what to cut by."""


def judge(formula: Formula, box: Box, *, wanted: bool = True) -> Judged:
    match formula:
        case Every(parts):
            return _joined((judge(part, box, wanted=wanted) for part in parts), unless=False)
        case Some(parts):
            return _joined((judge(part, box, wanted=wanted) for part in parts), unless=True)
        case No(part):
            may, must, literal = judge(part, box, wanted=not wanted)
            return not must, not may, literal
        case Holds(condition):
            (may, must, literal), _ = _judge_condition(condition, formula, box, wanted=wanted)
            return may, must, literal


def _joined(parts: Iterable[Judged], *, unless: bool) -> Judged:
    """All of them (`unless` one is not so), or one of them (`unless` one is): a single such part decides."""
    is_open, cut_by = False, None
    for may, must, literal in parts:
        if may == must == unless:
            return unless, unless, None
        if may != must and not is_open:
            is_open, cut_by = True, literal
    return (True, False, cut_by) if is_open else (not unless, not unless, None)


def _judge_condition(condition: Condition, of: Holds, box: Box, *, wanted: bool) -> tuple[Judged, Judged]:
    """That it is true, and that it is false."""
    match condition:
        case All(parts):
            each = [_judge_condition(part, of, box, wanted=wanted) for part in parts]
            return _joined((t for t, _ in each), unless=False), _joined((f for _, f in each), unless=True)
        case AnyOf(parts):
            each = [_judge_condition(part, of, box, wanted=wanted) for part in parts]
            return _joined((t for t, _ in each), unless=True), _joined((f for _, f in each), unless=False)
        case Not(part):
            holds, fails = _judge_condition(part, of, box, wanted=not wanted)
            return fails, holds
        case Clause(finding, _, _, accepts):
            pinned, is_own = _pinned(of, finding), finding in of.own
            codes = box.codes(finding, is_own=is_own) if pinned is None else _bits_of([pinned])
            accepted = _bits_of(accepts)
            literal = Literal(finding, is_own, accepted, wanted)
            others = ~accepted & ~_UNKNOWN
            return (
                (bool(codes & accepted), not codes & ~accepted, literal),
                (bool(codes & others), not codes & ~others, literal),
            )
        case _:
            raise TypeError("a rule reads findings")
