"""Every way to answer what some findings read, as far as they tell answers apart: few enough to go through them all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, combinations, pairwise, product
from typing import Any

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import QUARTERS, Contains, Leaf, Linear, leaves
from app.engine.findings import code_of
from app.engine.ruleset import Finding
from app.engine.vocabulary import READABLE
from app.rulesets.plain_reports import Answers

LARGEST: Mapping[str, int] = {
    "time_together.date_nights_per_month": 31,
    "busyness.minutes_per_week": 1200,
    "busyness.longest_slot_minutes": 2880,
}
HOURS_A_WEEK = 168
REQUIRED = ("time_together.hours_per_week", "conflict.level", "busyness.level")
"""Without these three no report is accepted, so the viewer has always given them; what pools of them may be less."""


class AnswerSpace:
    """The ways in which one partner can answer what some findings read; those with the fewest answers come first.

    Levels, truth values and the members of sets that are named are all there, alone and together; the members that
    no finding names change nothing. A number that is compared alone has the values around every constant. Numbers that
    are compared with each other run in their smallest steps to twice the largest constant and two steps beyond: both
    are past every constant there. The answers
    that are `required` are in every way; any other may be missing.
    """

    def __init__(self, findings: Sequence[Finding], required: Collection[str] = ()) -> None:
        self.findings = findings
        self.paths = tuple(sorted(frozenset().union(*map(paths_of, findings))))
        self._required = required
        self._steps = {path: tuple(_steps(path, self.leaves)) for path in self.paths}

    @cached_property
    def _highs(self) -> Mapping[str, Mapping[Any, tuple[Any, ...]]]:
        highs: dict[str, dict[Any, tuple[Any, ...]]] = {path: {} for path in self.paths}
        for path, of_path in highs.items():
            for low, high in self._steps[path]:
                of_path[low] = (*of_path.get(low, ()), high)
        return highs

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        conditions = (condition for finding in self.findings for _, condition in finding.tries)
        return tuple(chain.from_iterable(map(leaves, conditions)))

    def steps(self, path: str) -> tuple[tuple[Any, Any], ...]:
        """Return the smallest steps that one answer can take, from lower to higher."""
        return self._steps[path]

    def steps_from(self, path: str, value: Any) -> tuple[Any, ...]:
        """Return the values that are the smallest step above this one."""
        return self._highs[path].get(value, ())

    def values(self, path: str) -> list[Any]:
        """Return the values of one answer that are told apart, without its absence."""
        return [*dict.fromkeys(chain.from_iterable(self._steps[path]))]

    @cached_property
    def every(self) -> tuple[Answers, ...]:
        values = [self.values(path) if path in self._required else [None, *self.values(path)] for path in self.paths]
        combined = (zip(self.paths, combination, strict=True) for combination in product(*values))
        answers = ({path: value for path, value in pairs if value is not None} for pairs in combined)
        return tuple(sorted(answers, key=size_of))

    @cached_property
    def by_codes(self) -> Mapping[tuple[int, ...], Answers]:
        """The fewest answers that lead to each combination of the findings' codes that occurs."""
        shortest: dict[tuple[int, ...], Answers] = {}
        for answers in self.every:
            shortest.setdefault(tuple(code_of(finding, answers) for finding in self.findings), answers)
        return shortest


def size_of(answers: Answers) -> tuple[int, int, float, list[str]]:
    """Return a key that orders answers: few answers, few members, small numbers."""
    members = sum(len(value) for value in answers.values() if isinstance(value, frozenset))
    numbers = sum(value for value in answers.values() if isinstance(value, int | float) and not isinstance(value, bool))
    return len(answers), members, numbers, sorted(answers)


def _steps(path: str, read: Sequence[Leaf]) -> Iterable[tuple[Any, Any]]:
    answer = READABLE[path]
    match answer.shape:
        case "yes_no":
            return [(False, True)]
        case "scale":
            return pairwise(map(int, answer.levels))
        case "choice":
            return pairwise(answer.levels)
        case "choices":
            named = dict.fromkeys(leaf.member for leaf in read if isinstance(leaf, Contains) and leaf.path == path)
            sets = [frozenset(of) for count in range(len(named) + 1) for of in combinations(named, count)]
            return [(few, few | {one}) for few in sets for one in named if one not in few]
        case "number" | "integer":
            beyond = 2 * max(abs(leaf.constant) for leaf in read if isinstance(leaf, Linear)) + 2
            scale = QUARTERS if answer.shape == "number" else 1
            last = min(beyond, LARGEST.get(path, HOURS_A_WEEK * QUARTERS))
            numbers = _told_apart(path, read, last)
            return pairwise(number / scale if number % scale else number // scale for number in numbers)
        case _:
            return []


def _told_apart(path: str, read: Sequence[Leaf], last: int) -> Sequence[int]:
    """Return the numbers to try: around every constant where the answer stands alone, else all of them."""
    about = [leaf for leaf in read if isinstance(leaf, Linear) and any(path == name for _, name in leaf.terms)]
    if any(len(leaf.terms) > 1 or leaf.terms[0][0] != 1 for leaf in about):
        return range(last + 1)
    edges = {leaf.constant + step for leaf in about for step in (-1, 0, 1)}
    return sorted(number for number in {0, last} | edges if 0 <= number <= last)
