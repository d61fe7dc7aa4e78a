"""Every way to answer what some findings read, as far as they tell answers apart: few enough to go through them all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, combinations, pairwise, product
from typing import Any

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import QUARTERS, Contains, Leaf, Linear, leaves
from app.engine.findings import code_of
from app.engine.ruleset import Finding
from app.engine.vocabulary import ANSWERS
from app.rulesets.plain_reports import Answers

LARGEST: Mapping[str, int] = {
    "time_together.date_nights_per_month": 31,
    "busyness.minutes_per_week": 1200,
    "busyness.longest_slot_minutes": 2880,
}
HOURS_A_WEEK = 168
REQUIRED = ("time_together.hours_per_week", "conflict.level", "busyness.level", "activity_preferences.likes")
"""Without these four no report is accepted, so the viewer has always given them; what pools of them may be less."""


class AnswerSpace:
    """The ways in which one partner can answer what some findings read; those with the fewest answers come first.

    Levels, truth values and the members of sets that are named are all there, alone and together; the members that
    no finding names change nothing. Numbers run in their smallest steps to twice the largest constant and two steps
    beyond: what is compared is a number or the difference of two, and both are past every constant there. The answers
    that are `required` are in every way; any other may be missing.
    """

    def __init__(self, findings: Sequence[Finding], required: Collection[str] = ()) -> None:
        self.findings = findings
        self.paths = tuple(sorted(frozenset().union(*map(paths_of, findings))))
        self._required = required
        self._steps = {path: tuple(_steps(path, self.leaves)) for path in self.paths}

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves of all conditions, in order."""
        conditions = (condition for finding in self.findings for _, condition in finding.tries)
        return tuple(chain.from_iterable(map(leaves, conditions)))

    def steps(self, path: str) -> tuple[tuple[Any, Any], ...]:
        """Return the smallest steps that one answer can take, from lower to higher."""
        return self._steps[path]

    def values(self, path: str) -> list[Any]:
        """Return the values of one answer that are told apart, without its absence."""
        return [*dict.fromkeys(chain.from_iterable(self._steps[path]))]

    @cached_property
    def every(self) -> tuple[Answers, ...]:
        """The combinations of answers."""
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


def _steps(path: str, read: Sequence[Leaf]) -> Iterable[tuple[Any, Any]]:
    answer = ANSWERS[path]
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
            return pairwise(number / scale if number % scale else number // scale for number in range(last + 1))
        case _:
            return []
