"""Reach of rules: answers that make one fire, found by trying, with the engine that will read them."""

from collections.abc import Iterator, Mapping
from itertools import chain, combinations, islice, product
from typing import Any, cast

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import Condition, rule_truth
from app.engine.evaluate import evaluate
from app.engine.ruleset import Finding, Gap, Scenario
from app.engine.self_report import pool
from app.engine.view import Verdicts
from app.engine.vocabulary import ANSWERS, KINDS
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of

_NUMBERS = (0, 1, 2, 4, 8)
_MOST_CHOSEN = 2
_MOST_TRIED = 200
_TOP_RATING = 5


class Reach:
    """Looks for answers that amount to given findings."""

    def __init__(self, library: Library) -> None:
        self._program = library.compiled
        self._findings = {finding.id: finding for finding in library.compiled.findings}
        self._position = {name: i for i, name in enumerate(self._findings)}
        self._ways: dict[tuple[str, str], list[Answers]] = {}

    def is_reached(self, when: Condition, scenarios: tuple[Scenario, ...]) -> bool:
        """Return whether two people can answer so that one of the scenarios comes true, and the condition with it."""
        return any(self._comes_true(when, scenario.given) for scenario in scenarios if scenario.fires)

    def _comes_true(self, when: Condition, named: Mapping[str, str]) -> bool:
        mine = [self._ways_to(name, value) for name, value in named.items() if self._findings[name].both != "theirs"]
        theirs = [self._ways_to(name, value) for name, value in named.items() if self._findings[name].both == "theirs"]
        other = [self._other_rating(name, value) for name, value in named.items() if self._findings[name].gap]
        pairs = product(islice(_joined(mine), _MOST_TRIED), islice(_joined(theirs + other), 1))
        return any(self._holds(when, a, b) for a, b in pairs)

    def _holds(self, when: Condition, mine: Answers, theirs: Answers) -> bool:
        return rule_truth(when, self._codes(mine, theirs)) is True

    def _codes(self, mine: Answers, theirs: Answers) -> dict[str, int]:
        verdicts = cast(Verdicts, evaluate(self._program, report_of(mine), pool(report_of(theirs))).verdicts)
        return {name: verdicts.codes[i] for name, i in self._position.items()}

    def _ways_to(self, name: str, value: str) -> list[Answers]:
        if (name, value) not in self._ways:
            self._find_ways(self._findings[name])
        return self._ways[name, value]

    def _find_ways(self, finding: Finding) -> None:
        """Try combinations of what the finding reads, and keep which value each amounts to."""
        for value in finding.values:
            self._ways[finding.id, value] = [_rating(_TOP_RATING, finding)] if finding.gap else []
        if finding.gap:
            return
        paths = sorted(paths_of(finding))
        for combination in product(*map(_candidates, paths)):
            answers = {path: answer for path, answer in zip(paths, combination, strict=True) if answer is not None}
            mine, theirs = ({}, answers) if finding.both == "theirs" else (answers, {})
            code = self._codes(mine, theirs)[finding.id]
            if code >= 0:
                self._ways[finding.id, finding.values[code]].append(answers)

    def _other_rating(self, name: str, value: str) -> list[Answers]:
        finding = self._findings[name]
        gap = cast(Gap, finding.gap)
        differences = (0, gap.partial, gap.mismatched)
        return [_rating(_TOP_RATING - differences[finding.values.index(value)], finding)]


def _rating(rating: int, finding: Finding) -> Answers:
    return {path: {KINDS[0]: rating} for path in paths_of(finding)}


def _candidates(path: str) -> tuple[Any, ...]:
    answer = ANSWERS[path]
    match answer.shape:
        case "yes_no":
            return None, False, True
        case "number" | "integer":
            return None, *_NUMBERS
        case "scale":
            return None, *map(int, answer.levels)
        case "choices":
            chosen = chain.from_iterable(combinations(answer.levels, count) for count in range(_MOST_CHOSEN + 1))
            return None, *map(frozenset, chosen)
        case _:
            return None, *answer.levels


def _joined(ways: list[list[Answers]]) -> Iterator[Answers]:
    """Yield one way for each finding, all of which agree where they speak of the same answer."""
    if not ways:
        yield {}
        return
    for rest in _joined(ways[1:]):
        for way in ways[0]:
            if all(rest.get(path, answer) == answer for path, answer in way.items()):
                yield {**rest, **way}
