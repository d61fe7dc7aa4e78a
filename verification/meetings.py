"""Every way for two partners to meet in some findings, and the search among all combinations of such ways."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from app.engine.conditions import UNKNOWN, Algebra, Clause, Condition, Leaf, evaluate_condition
from app.engine.findings import meet
from app.engine.ruleset import Finding
from app.engine.verdicts import gap_code
from app.engine.vocabulary import KINDS
from app.rulesets.answer_space import REQUIRED, AnswerSpace
from app.rulesets.plain_reports import Answers

OWN = "own "
"""The prefix of a finding's name where its code is what the viewer's answers alone amount to."""

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


def cells_of(group: Sequence[Finding]) -> Axis:
    """Return every way for findings that read common answers to be in a view, from every pair of reports."""
    return narrow(_gaps(group[0]) if group[0].gap else _meetings(group))


def narrow(cells: Iterable[CodeCell], names: Iterable[str] | None = None) -> Axis:
    """Return the cells told apart by these names alone, or by all; the first example of each is kept."""
    merged: dict[tuple[tuple[str, int], ...], CodeCell] = {}
    for cell in cells:
        codes = cell.codes if names is None else {name: cell.codes[name] for name in sorted(names)}
        merged.setdefault(tuple(codes.items()), cell._replace(codes=codes))
    return tuple(merged.values())


def _meetings(group: Sequence[Finding]) -> Iterator[CodeCell]:
    mine, theirs = AnswerSpace(group, REQUIRED).by_codes, AnswerSpace(group).by_codes
    for (own, answers), (other, their_answers) in product(mine.items(), theirs.items()):
        codes = {f.id: meet(f.both, a, b, UNKNOWN) for f, a, b in zip(group, own, other, strict=True)}
        codes |= {OWN + finding.id: code for finding, code in zip(group, own, strict=True)}
        yield CodeCell(codes, answers, their_answers)


def _gaps(finding: Finding) -> Iterator[CodeCell]:
    gap = finding.gap
    if gap is None:
        raise TypeError(finding.id)
    for difference in (None, 0, gap.partial, gap.mismatched):
        rated = difference is not None
        code = gap_code(gap, difference)
        yield CodeCell(
            {finding.id: code, OWN + finding.id: code},
            {gap.of: {KINDS[0]: 1 + (difference or 0)}} if rated else {},
            {gap.of: {KINDS[0]: 1}} if rated else {},
        )


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
