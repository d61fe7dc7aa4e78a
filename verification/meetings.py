"""Every way for two partners to meet in some findings, and the search among all combinations of such ways."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain, product
from math import prod
from typing import NamedTuple

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import UNKNOWN, Algebra, All, AnyOf, Clause, Condition, Leaf, Not, evaluate_condition
from app.engine.findings import meet
from app.engine.offer import gap_code
from app.engine.ruleset import Finding
from app.engine.vocabulary import KINDS
from app.rulesets.answer_space import AnswerSpace
from app.rulesets.plain_reports import Answers

OWN, OTHER, BACK = "own ", "other ", "back "
"""The prefixes of names of findings: as the answers of one of the two alone amount to, and as on the other's side."""

MOST_BOXES = 200_000
"""The boxes that are looked at for one question before it counts as not answered."""


class TooMany(Exception):
    """Raised when a space cannot be gone through in the time there is."""


class CodeCell(NamedTuple):
    """Codes of findings that can be together, by their names, and answers of both that lead there."""

    codes: Mapping[str, int]
    mine: Answers
    theirs: Answers


Axis = tuple[CodeCell, ...]
"""The ways for some findings to be, of which no other axis speaks."""


def cells_of(group: Sequence[Finding], names: Iterable[str] | None = None, *, heard: bool = True) -> Axis:
    """Return every way for findings that read common answers to be, from every pair of reports, or from one alone.

    Ways are told apart by these names, or by all; the first example of each is kept.
    """
    read = {*map(plain_name, names)} if names is not None else {finding.id for finding in group}
    ways = _gaps(group[0], heard=heard) if group[0].gap else _meetings(group, read, heard=heard)
    merged: dict[tuple[tuple[str, int], ...], CodeCell] = {}
    for cell in ways:
        codes = cell.codes if names is None else {name: cell.codes[name] for name in sorted(names)}
        merged.setdefault(tuple(codes.items()), cell._replace(codes=codes))
    return tuple(merged.values())


def plain_name(name: str) -> str:
    """Return the id of a finding from its name in a cell."""
    return name.rpartition(" ")[2]


def _meetings(group: Sequence[Finding], read: AbstractSet[str], *, heard: bool) -> Iterator[CodeCell]:
    findings = [finding for finding in group if finding.id in read]
    mine: dict[tuple[int, ...], Answers] = {}
    for codes, answers in _by_codes(tuple(group)).items():
        wanted = tuple(code for finding, code in zip(group, codes, strict=True) if finding.id in read)
        mine.setdefault(wanted, answers)
    theirs = mine if heard else {(UNKNOWN,) * len(findings): {}}
    for (own, answers), (other, their_answers) in product(mine.items(), theirs.items()):
        met: dict[str, int] = {}
        for f, a, b in zip(findings, own, other, strict=True):
            # Nobody else has a side where one was heard alone.
            back = meet(f.both, b, a, UNKNOWN) if heard else UNKNOWN
            met |= {f.id: meet(f.both, a, b, UNKNOWN), BACK + f.id: back, OWN + f.id: a, OTHER + f.id: b}
        yield CodeCell(met, answers, their_answers)


@cache
def _by_codes(group: tuple[Finding, ...]) -> Mapping[tuple[int, ...], Answers]:
    return AnswerSpace(group).by_codes


def _gaps(finding: Finding, *, heard: bool) -> Iterator[CodeCell]:
    gap = finding.gap
    if gap is None:
        raise TypeError(finding.id)
    for difference in (None, 0, gap.partial, gap.mismatched) if heard else (None,):
        rated = difference is not None
        code = gap_code(gap, difference)
        codes = {finding.id: code, BACK + finding.id: code, OWN + finding.id: UNKNOWN, OTHER + finding.id: UNKNOWN}
        yield CodeCell(
            codes,
            {gap.of: {KINDS[0]: 1 + (difference or 0)}} if rated else {},
            {gap.of: {KINDS[0]: 1}} if rated else {},
        )


ALWAYS, NEVER = All(()), AnyOf(())


def all_of(*parts: Condition) -> Condition:
    """Return a conjunction, without what is always so."""
    left = tuple(part for part in dict.fromkeys(parts) if part != ALWAYS)
    return NEVER if NEVER in left else left[0] if len(left) == 1 else All(left)


def any_of(*parts: Condition) -> Condition:
    """Return a disjunction, without what is never so."""
    left = tuple(part for part in dict.fromkeys(parts) if part != NEVER)
    return ALWAYS if ALWAYS in left else left[0] if len(left) == 1 else AnyOf(left)


def not_(part: Condition) -> Condition:
    """Return a negation."""
    return NEVER if part == ALWAYS else ALWAYS if part == NEVER else Not(part)


TREES: Algebra[Condition] = Algebra(lambda parts: all_of(*parts), lambda parts: any_of(*parts), not_)
"""Conditions put together from conditions, without what is always or never so."""


class Cut(NamedTuple):
    """A clause that a box leaves open; `wanted`: what would make the whole so."""

    clause: Clause
    wanted: bool


class Judgement(NamedTuple):
    """A verdict on a box: something may be so in it, it must, and if that is open, the clause to cut the box by."""

    may: bool
    must: bool
    cut: Cut | None = None


def _joined(parts: Iterable[Judgement], *, unless: bool) -> Judgement:
    """Join parts that must all be so (`unless` one is not), or of which one must (`unless` one is)."""
    cut: Cut | None = None
    for part in parts:
        if part.may == part.must == unless:
            return Judgement(unless, unless)
        if part.may != part.must and cut is None:
            cut = part.cut
    return Judgement(not unless, not unless) if cut is None else Judgement(may=True, must=False, cut=cut)


def _negated(part: Judgement) -> Judgement:
    cut = part.cut and part.cut._replace(wanted=not part.cut.wanted)
    return Judgement(not part.must, not part.may, cut)


JUDGEMENTS: Algebra[Judgement] = Algebra(
    lambda parts: _joined(parts, unless=False), lambda parts: _joined(parts, unless=True), _negated
)


class Box:
    """A part of a space: some of the cells of each axis, in every combination."""

    def __init__(self, axes: tuple[Axis, ...]) -> None:
        self.axes = axes
        self._codes = {name: {cell.codes[name] for cell in axis} for axis in axes for name in axis[0].codes}

    @property
    def cells(self) -> int:
        """The number of combinations."""
        return prod(map(len, self.axes))

    def judge(self, formula: Condition) -> Judgement:
        """Return whether a formula may be so somewhere in here, and whether it is so everywhere."""
        return evaluate_condition(formula, JUDGEMENTS, self._clause)

    def _clause(self, leaf: Leaf) -> Judgement:
        if not isinstance(leaf, Clause):
            raise TypeError("a formula reads findings")
        codes = self._codes[leaf.finding]
        accepted = sum(code in leaf.accepts for code in codes)
        return Judgement(accepted > 0, accepted == len(codes), Cut(leaf, wanted=True))

    def parts(self, cut: Cut) -> list["Box"]:
        """Return the same, cut in two by whether the clause is so; the part that is more likely to do comes last."""
        name, accepts = cut.clause.finding, cut.clause.accepts
        (at,) = (i for i, axis in enumerate(self.axes) if name in axis[0].codes)
        sides = [tuple(cell for cell in self.axes[at] if (cell.codes[name] in accepts) is so) for so in (False, True)]
        return [Box((*self.axes[:at], side, *self.axes[at + 1 :])) for side in (sides if cut.wanted else sides[::-1])]


class Search:
    """A search through whole spaces of cells. Nothing is left out: a box is cut until it is decided as a whole.

    `cells` counts those that were decided, one by one or together.
    """

    def __init__(self, most_boxes: int = MOST_BOXES) -> None:
        self.cells = self.boxes = 0
        self._most_boxes = most_boxes

    def first(self, axes: Sequence[Axis], formula: Condition) -> tuple[CodeCell, ...] | None:
        """Return a combination of cells at which a formula is so; None when it is so at none.

        Raises `TooMany` where more boxes would have to be looked at than are allowed for one question.
        """
        left, boxes = [Box(tuple(sorted(axes, key=len)))], 0
        while left:
            box = left.pop()
            may, must, cut = box.judge(formula)
            boxes += 1
            if boxes > self._most_boxes:
                raise TooMany(f"{prod(map(len, axes))} cells are too many to go through, by {boxes - 1} boxes too")
            if may and not must and cut:
                left += box.parts(cut)
                continue
            self.cells += box.cells
            if must:
                self.boxes += boxes
                return tuple(axis[0] for axis in box.axes)
        self.boxes += boxes
        return None


def grouped_by_answers(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Return the findings in groups that read no common answer: those of one group say something about each other."""
    groups: list[tuple[frozenset[str], tuple[Finding, ...]]] = []
    for finding in findings:
        paths = paths_of(finding)
        touching = [group for group in groups if group[0] & paths]
        groups = [group for group in groups if group not in touching]
        joined = (*chain.from_iterable(group[1] for group in touching), finding)
        groups.append((paths.union(*(group[0] for group in touching)), joined))
    return [group for _, group in groups]


def worsens(before: CodeCell, after: CodeCell) -> bool:
    """Return whether it is worse from one side at least, and better from none, nor in what either of the two wishes."""
    pairs = {name: (code, after.codes[name]) for name, code in before.codes.items()}
    met = [pair for name, pair in pairs.items() if not name.startswith((OWN, OTHER))]
    return any(UNKNOWN < a < b for a, b in met) and all(a == b or UNKNOWN < a < b for a, b in pairs.values())


def learns(before: CodeCell, after: CodeCell) -> bool:
    """Return whether all is the same, or was unknown before: from both sides, and for each alone where that counts."""
    return all(code in (UNKNOWN, after.codes[name]) for name, code in before.codes.items())


def reports_of(cells: Sequence[CodeCell]) -> tuple[tuple[str, Answers], ...]:
    """Return the answers of both that lead to these cells together."""
    mine: dict[str, object] = {}
    theirs: dict[str, object] = {}
    for cell in cells:
        mine |= cell.mine
        theirs |= cell.theirs
    return ("a", mine), ("b", theirs)
