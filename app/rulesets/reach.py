"""Reach of rules: answers that make one fire, found by trying, with the engine that will read them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice, product

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import Condition, rule_truth
from app.engine.findings import code_of
from app.engine.offer import judge_pair, read
from app.engine.ruleset import Finding, Scenario
from app.engine.self_report import agree, pool, poolable
from app.engine.vocabulary import KINDS
from app.rulesets.answer_space import AnswerSpace
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of

_MOST_TRIED = 200
_TOP_RATING = 5


class Reach:
    """Looks for answers that amount to given findings."""

    def __init__(self, library: Library) -> None:
        self._program = library.compiled
        self._findings = {finding.id: finding for finding in library.compiled.findings}
        self._position = {name: i for i, name in enumerate(self._findings)}
        self._ways: dict[str, Mapping[int, list[Answers]]] = {}

    def is_reached(self, when: Condition, scenarios: tuple[Scenario, ...]) -> bool:
        """Return whether two people can answer so that one of the scenarios comes true, and the condition with it."""
        return any(self._comes_true(when, scenario.given) for scenario in scenarios if scenario.fires)

    def _comes_true(self, when: Condition, named: Mapping[str, str]) -> bool:
        mine = [self._ways_to(name, value) for name, value in named.items() if self._findings[name].both != "theirs"]
        of_both = ("theirs", "agreed")
        theirs = [self._ways_to(name, value) for name, value in named.items() if self._findings[name].both in of_both]
        other = [self._other_rating(name, value) for name, value in named.items() if self._findings[name].gap]
        pairs = product(islice(_joined(mine), _MOST_TRIED), islice(_joined(theirs + other), 1))
        return any(self._holds(when, a, b) for a, b in pairs)

    def _holds(self, when: Condition, mine: Answers, theirs: Answers) -> bool:
        a, b = report_of(mine), report_of(theirs)
        program = self._program
        pair = judge_pair(program, read(program, poolable(a)), read(program, pool(b)), agree(a.mutual, b.mutual))
        met = pair.codes + program.reading.private(a) + pair.mutual
        codes = {name: met[i] for name, i in self._position.items()}
        return rule_truth(when, codes) is True

    def _ways_to(self, name: str, value: str) -> list[Answers]:
        """Return the answers that amount to a value, the fewest first."""
        finding = self._findings[name]
        if finding.gap:
            return [_rating(_TOP_RATING, finding)]
        if name not in self._ways:
            ways: dict[int, list[Answers]] = defaultdict(list)
            for answers in AnswerSpace([finding]).every:
                ways[code_of(finding, answers)].append(answers)
            self._ways[name] = ways
        return self._ways[name].get(finding.values.index(value), [])

    def _other_rating(self, name: str, value: str) -> list[Answers]:
        finding = self._findings[name]
        gap = finding.gap
        if gap is None:
            raise TypeError(f"{name} is no gap")
        differences = (0, gap.partial, gap.mismatched)
        return [_rating(_TOP_RATING - differences[finding.values.index(value)], finding)]


def _rating(rating: int, finding: Finding) -> Answers:
    return {path: {KINDS[0]: rating} for path in paths_of(finding)}


def _joined(ways: list[list[Answers]]) -> Iterator[Answers]:
    """Yield one way for each finding, all of which agree where they speak of the same answer."""
    if not ways:
        yield {}
        return
    for rest in _joined(ways[1:]):
        for way in ways[0]:
            if all(rest.get(path, answer) == answer for path, answer in way.items()):
                yield {**rest, **way}
