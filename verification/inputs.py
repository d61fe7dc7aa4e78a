"""Everything that two people can answer, as far as some findings read it: each way for them to meet, with how many
pairs of reports come to it.

Nothing is sampled. Levels, truth values and sets are gone through one by one; numbers are cut where a finding tells
them apart, and counted whole. Findings that read a common answer stand together, so no combination is counted that
nobody can bring about.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, combinations, pairwise, product
from math import ceil, floor, prod
from typing import Any, NamedTuple, cast

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import UNKNOWN, Chosen, Contains, Leaf, Linear, Truth, is_compared, leaves, truth, whole
from app.engine.ruleset import Finding, Gap
from app.engine.vocabulary import ANSWERS, KINDS
from app.rulesets.library import Question
from app.rulesets.plain_reports import Answers

_TOP_RATING, _WIDEST = 5, 4
_QUARTERS = 4
_A_SECOND_REPORT = 5


class Way(NamedTuple):
    """Some of all inputs that amount to one thing: how many there are, and the shortest of them."""

    inputs: int
    mine: Answers
    theirs: Answers

    @property
    def length(self) -> int:
        """What there is to read; a second report is more to read than any answer of the first."""
        return len(self.mine) + len(self.theirs) + (_A_SECOND_REPORT if self.theirs else 0)


class Met(NamedTuple):
    """Codes of some findings, in their order: as the two meet in the reader's view, and the reader's own."""

    codes: tuple[int, ...]
    own: tuple[int, ...]


class _Told(NamedTuple):
    inputs: int
    answers: Answers


_Vector = tuple[tuple[Linear, Truth], ...]


def together(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """The findings in groups that have no answer in common."""
    groups: list[tuple[set[str], list[Finding]]] = []
    for finding in findings:
        paths, members = set(paths_of(finding)), [finding]
        for group in [group for group in groups if group[0] & paths]:
            groups.remove(group)
            paths |= group[0]
            members = group[1] + members
        groups.append((paths, members))
    return [tuple(members) for _, members in groups]


class Inputs:
    """All inputs, by the questions that ask for them. What was gone through is kept."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._questions = {question.id: question for question in questions}
        self._met: dict[tuple[Finding, ...], Mapping[Met, Way]] = {}

    def ways(self, group: tuple[Finding, ...]) -> Mapping[Met, Way]:
        """Every way for two people to meet in these findings, or for one alone to be read."""
        if group not in self._met:
            self._met[group] = dict(_gaps(group)) if group[0].gap else self._meet(group)
        return self._met[group]

    def is_always_known(self, finding: Finding) -> bool:
        """Whether it rests on answers that every report has."""
        return finding.gap is None and all(self._questions[path].required for path in paths_of(finding))

    def _meet(self, group: tuple[Finding, ...]) -> Mapping[Met, Way]:
        pooled = tuple(finding for finding in group if finding.label == "pooled")
        found: dict[Met, Way] = {}
        for (own, mine), (other, theirs) in product(
            self._people(group, is_reader=True).items(), self._people(pooled, is_reader=False).items()
        ):
            said = dict(zip(pooled, other, strict=True))
            codes = tuple(_meet(f, code, said.get(f, UNKNOWN)) for f, code in zip(group, own, strict=True))
            way = Way(mine.inputs * theirs.inputs, mine.answers, theirs.answers)
            merge(found, Met(codes, own), way)
        return found

    def _people(self, group: tuple[Finding, ...], *, is_reader: bool) -> Mapping[tuple[int, ...], _Told]:
        """What one person can tell. A reader's own report has every required answer; of the other's all may be kept."""
        read = list(dict.fromkeys(leaf for f in group for _, condition in f.tries for leaf in leaves(condition)))
        sums = [leaf for leaf in read if isinstance(leaf, Linear)]
        others = sorted({leaf.path for leaf in read if isinstance(leaf, Chosen | Contains)})
        known: dict[tuple[int, ...], _Told] = {}
        values = [self._values(path, read, is_reader=is_reader) for path in others]
        for numbers, chosen in product(self._numbers(sums, is_reader=is_reader), product(*values)):
            compares = dict(chain.from_iterable(vector for vector, _ in numbers))
            answers = {path: value for path, (value, _) in zip(others, chosen, strict=True) if value is not None}
            leaf_truth = partial(_leaf_truth, answers, compares)
            codes = tuple(_code(finding, leaf_truth) for finding in group)
            inputs = prod(told.inputs for _, told in numbers) * prod(times for _, times in chosen)
            said = answers | {path: value for _, told in numbers for path, value in told.answers.items()}
            before = known.get(codes)
            shorter = said if before is None or len(said) < len(before.answers) else before.answers
            known[codes] = _Told(inputs + (before.inputs if before else 0), shorter)
        return known

    def _values(self, path: str, read: Iterable[Leaf], *, is_reader: bool) -> list[tuple[Any, int]]:
        """Each value that is told apart, with how many answers it stands for; None for no answer."""
        answer = ANSWERS[path]
        absent: list[tuple[Any, int]] = [] if is_reader and self._questions[path].required else [(None, 1)]
        if answer.shape == "choices":
            named = sorted({leaf.member for leaf in read if isinstance(leaf, Contains) and leaf.path == path})
            sets = chain.from_iterable(combinations(named, size) for size in range(len(named) + 1))
            return absent + [(frozenset(members), 1 << len(answer.levels) - len(named)) for members in sets]
        if answer.shape == "yes_no":
            return [*absent, (False, 1), (True, 1)]
        return absent + [(int(level) if answer.shape == "scale" else level, 1) for level in answer.levels]

    def _numbers(self, sums: list[Linear], *, is_reader: bool) -> Iterator[tuple[tuple[_Vector, _Told], ...]]:
        """Every way in which these sums can compare, for each set of numbers that they have in common."""
        groups: list[tuple[set[str], list[Linear]]] = []
        for linear in sums:
            paths, members = {path for _, path in linear.terms}, [linear]
            for group in [group for group in groups if group[0] & paths]:
                groups.remove(group)
                paths |= group[0]
                members = group[1] + members
            groups.append((paths, members))
        return product(*[self._compared(sorted(paths), members, is_reader=is_reader) for paths, members in groups])

    def _compared(self, paths: list[str], sums: list[Linear], *, is_reader: bool) -> list[tuple[_Vector, _Told]]:
        found: dict[_Vector, _Told] = {}
        *outer, last = paths
        for values in product(*[self._range(path, is_reader=is_reader) for path in outer]):
            given = dict(zip(outer, values, strict=True))
            for value, times in self._cut(last, sums, given, is_reader=is_reader):
                numbers = given | {last: value}
                vector = tuple((linear, _compare(linear, numbers)) for linear in sums)
                said = {path: _as_answered(path, number) for path, number in numbers.items() if number is not None}
                before = found.get(vector)
                shorter = said if before is None or len(said) < len(before.answers) else before.answers
                found[vector] = _Told(times + (before.inputs if before else 0), shorter)
        return list(found.items())

    def _range(self, path: str, *, is_reader: bool) -> Iterator[int | None]:
        question = self._questions[path]
        if not (is_reader and question.required):
            yield None
        yield from self._steps(path)

    def _steps(self, path: str) -> range:
        question = self._questions[path]
        low, high = whole(question.minimum or 0, path), whole(cast(float, question.maximum), path)
        return range(low, high + 1, whole(question.step or 1, path))

    def _cut(
        self, path: str, sums: list[Linear], given: Mapping[str, int | None], *, is_reader: bool
    ) -> Iterator[tuple[int | None, int]]:
        """The stretches of a number in which nothing changes: the first of each, and how many there are in it."""
        steps = self._steps(path)
        starts = {0}
        for linear in sums:
            factor = sum(by for by, of in linear.terms if of == path)
            rest = [given.get(of) for _, of in linear.terms if of != path]
            if factor and None not in rest:
                fixed = sum(by * cast(int, given[of]) for by, of in linear.terms if of != path)
                turns = (linear.constant - fixed) / factor
                starts |= {ceil((edge - steps.start) / steps.step) for edge in (ceil(turns), floor(turns) + 1)}
        if not (is_reader and self._questions[path].required):
            yield None, 1
        inside = sorted(start for start in starts if 0 <= start < len(steps))
        for first, after in pairwise([*inside, len(steps)]):
            yield steps[first], after - first


def merge(into: dict[Any, Way], key: Any, way: Way) -> None:
    """Count it, and keep the shorter example."""
    before = into.get(key)
    if before is not None:
        kept = way if way.length < before.length else before
        way = Way(before.inputs + way.inputs, kept.mine, kept.theirs)
    into[key] = way


def _as_answered(path: str, number: int) -> float:
    return number / _QUARTERS if ANSWERS[path].shape == "number" else number


def _compare(linear: Linear, numbers: Mapping[str, int | None]) -> Truth:
    said = [numbers[path] for _, path in linear.terms]
    if None in said:
        return None
    total = sum(factor * cast(int, numbers[path]) for factor, path in linear.terms)
    return is_compared(linear.op, total, linear.constant)


def _leaf_truth(answers: Answers, compares: Mapping[Linear, Truth], leaf: Leaf) -> Truth:
    if isinstance(leaf, Linear):
        return compares[leaf]
    value = answers.get(cast("Chosen | Contains", leaf).path)
    if value is None:
        return None
    return leaf.member in value if isinstance(leaf, Contains) else str(value).lower() in cast(Chosen, leaf).levels


def _code(finding: Finding, leaf_truth: Callable[[Leaf], Truth]) -> int:
    for value, condition in finding.tries:
        if truth(condition, leaf_truth):
            return finding.values.index(value)
    return UNKNOWN


def _meet(finding: Finding, mine: int, theirs: int) -> int:
    match finding.both:
        case "own":
            return mine
        case "theirs":
            return theirs
        case "own_first":
            return theirs if mine == UNKNOWN else mine
        case _:
            return max(mine, theirs)


def _gaps(group: tuple[Finding, ...]) -> Iterator[tuple[Met, Way]]:
    """Two maps of ratings, by the largest difference between two ratings of one kind; None: no kind has two."""
    unknown = (UNKNOWN,) * len(group)
    pairs = (_TOP_RATING + 1) ** 2
    one_missing = pairs - _TOP_RATING**2
    path = cast(Gap, group[0].gap).of
    found: dict[Met, Way] = {Met(unknown, unknown): Way(one_missing ** len(KINDS), {}, {})}
    for widest in range(_WIDEST + 1):
        upto = [
            one_missing + sum((_TOP_RATING - gap) * (2 if gap else 1) for gap in range(most + 1))
            for most in (widest - 1, widest)
        ]
        codes = tuple(_gap_code(cast(Gap, finding.gap), widest) for finding in group)
        mine, theirs = ({path: {KINDS[0]: rating}} for rating in (_TOP_RATING, _TOP_RATING - widest))
        merge(found, Met(codes, unknown), Way(upto[1] ** len(KINDS) - upto[0] ** len(KINDS), mine, theirs))
    yield from found.items()


def _gap_code(gap: Gap, widest: int) -> int:
    return 2 if widest >= gap.mismatched else 1 if widest >= gap.partial else 0
