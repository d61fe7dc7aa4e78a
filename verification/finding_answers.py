"""Answers at the lines that a finding draws: a step apart on either side, at every level, where conditions overlap."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import combinations, product
from typing import Any

from app.engine.conditions import UNKNOWN, Chosen, Condition, Contains, Linear, answer_truth, clauses, truth
from app.engine.findings import code_of, first_true
from app.engine.ruleset import Finding
from app.engine.vocabulary import KINDS, READABLE
from app.rulesets.answer_space import AnswerSpace, size_of
from app.rulesets.plain_reports import Answers

_TOP_RATING = 5


@dataclass(frozen=True)
class Edge:
    """Two sets of answers a single step apart, and what a finding is on either side."""

    below: Answers
    at: Answers
    codes: tuple[int, int]


class FindingAnswers:
    """The ways to answer what one finding reads, those with the fewest answers first."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self._space = AnswerSpace([finding])

    @cached_property
    def every(self) -> tuple[tuple[Answers, int], ...]:
        """The combinations of answers, each with the finding's code."""
        return tuple((answers, self._code(answers)) for answers in self._space.every)

    @cached_property
    def _codes(self) -> Mapping[frozenset[tuple[str, object]], int]:
        return {frozenset(answers.items()): code_of(self.finding, answers) for answers in self._space.every}

    def _code(self, answers: Answers) -> int:
        return self._codes[frozenset(answers.items())]

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The smallest steps in one answer that change the finding, one for each set of leaves that turn.

        A step from one condition to another counts for itself, and so does one among numbers that are all above zero.
        """
        edges: dict[object, Edge] = {}
        read = frozenset(self._space.leaves)
        for answers, code in self.every:
            for path in self._space.paths:
                for high in self._space.steps_from(path, answers.get(path)):
                    stepped = {**answers, path: high}
                    code_after = self._code(stepped)
                    if code != code_after:
                        turned = frozenset(
                            leaf for leaf in read if answer_truth(leaf, answers) is not answer_truth(leaf, stepped)
                        )
                        tries = self._first_true(answers), self._first_true(stepped)
                        is_numbered = any(isinstance(leaf, Linear) for leaf in turned)
                        key = turned, tries, is_numbered and 0 in answers.values()
                        edges.setdefault(key, Edge(answers, stepped, (code, code_after)))
        return tuple(edges.values())

    def _first_true(self, answers: Answers) -> int | None:
        return first_true(self.finding, lambda leaf: answer_truth(leaf, answers))

    @cached_property
    def levels(self) -> tuple[tuple[Answers, int], ...]:
        """Every level of every answer that decides the finding, beside each way for the other answers to be read."""
        by_context: dict[tuple[str, Any, object], tuple[Answers, int]] = {}
        levels = {leaf.path: self._space.values(leaf.path) for leaf in self._space.leaves if isinstance(leaf, Chosen)}
        for answers, code in self.every:
            for path in answers:
                if any(self._code({**answers, path: other}) != code for other in levels.get(path, ())):
                    by_context.setdefault((path, answers[path], self._elsewhere(path, answers)), (answers, code))
        return tuple(by_context.values())

    def _elsewhere(self, path: str, answers: Answers) -> tuple[object, ...]:
        """Return the truth of all that is read of other answers."""
        others = {name: value for name, value in answers.items() if name != path}
        return tuple(answer_truth(leaf, others) for leaf in self._space.leaves)

    @cached_property
    def others(self) -> tuple[tuple[Answers, int], ...]:
        """The members of a set that the finding does not name, each alone."""
        alone_answers = []
        for path in self._space.paths:
            if READABLE[path].shape == "choices":
                named = {leaf.member for leaf in self._space.leaves if isinstance(leaf, Contains) and leaf.path == path}
                alone = ({path: frozenset({member})} for member in READABLE[path].levels if member not in named)
                alone_answers += [(answers, code_of(self.finding, answers)) for answers in alone]
        return tuple(alone_answers)

    @cached_property
    def overlaps(self) -> tuple[tuple[Answers, int], ...]:
        """Answers that make two conditions with different values true: the one tried first counts."""
        by_pair: dict[tuple[int, int], tuple[Answers, int]] = {}
        for answers, code in self.every:
            is_true = partial(answer_truth, answers=answers)
            true = [(i, value) for i, (value, when) in enumerate(self.finding.tries) if truth(when, is_true)]
            for (one, value), (two, other) in combinations(true, 2):
                if value != other:
                    by_pair.setdefault((one, two), (answers, code))
        return tuple(by_pair.values())

    def to(self, code: int) -> Iterator[Answers]:
        """Ways to answer so that the finding is this: those at a line first, then those with the fewest answers."""
        if self.finding.gap:
            yield {self.finding.gap.of: {KINDS[0]: _TOP_RATING}}
            return
        at_a_line = [
            answers
            for edge in self.edges
            for answers, reached in zip((edge.below, edge.at), edge.codes, strict=True)
            if reached == code
        ]
        at_a_line.sort(key=lambda answers: size_of(answers)[0])
        yield from at_a_line
        yield from (answers for answers, reached in self.every if reached == code and answers not in at_a_line)

    def other_rating(self, code: int) -> Answers:
        """Return what the other rates, where the viewer rates as highly as can be."""
        gap = self.finding.gap
        assert gap is not None  # noqa: S101  only findings with a gap are asked for it
        apart = (0, gap.partial, gap.mismatched)[code]
        return {gap.of: {KINDS[0]: _TOP_RATING - apart}}


@cache
def ways_of(finding: Finding) -> FindingAnswers:
    """Return the ways to answer what a finding reads, worked out once."""
    return FindingAnswers(finding)


def assignments(when: Condition, sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Every combination of the findings that a condition reads, unknown ones left out; the fewest known first."""
    read = tuple(dict.fromkeys(clause.finding for clause in clauses(when)))
    every = [
        {name: code for name, code in zip(read, codes, strict=True) if code != UNKNOWN}
        for codes in product(*(range(UNKNOWN, sizes[name]) for name in read))
    ]
    yield from sorted(every, key=len)
