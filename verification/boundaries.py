"""The suite of boundary scenarios: found by trying all that findings and rules read, and as small as can be.

Both sides of every line are shown: of the cut points of findings, of every clause of every rule; then how two answers
meet, what withholding does to a practice that is called for, wishes that are the other's alone, and how strategies are
told apart. Scenarios with the same answers are one.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations, islice, product
from typing import NamedTuple

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import UNKNOWN, Condition, clauses, rule_truth
from app.engine.counterfactual import evaluate_for_explanation
from app.engine.ruleset import Finding, Insight, Need, Rule
from app.engine.self_report import SelfReport, pool, poolable
from app.engine.verdicts import judge, read
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.plain_reports import report_of
from verification.finding_answers import FindingAnswers, assignments
from verification.scenarios import BoundaryScenario, ScenarioCouple, Suite, decide, name_of

_MOST_TRIED = 4000
_MOST_TOLD = 3
"""So many rules at once are enough to tell strategies apart in every way that is told apart here."""


class Shown(NamedTuple):
    """A point to show, in one sentence, and the answers that show it."""

    says: str
    couple: ScenarioCouple


class Generator:
    """Finds the answers of each scenario of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._program: CompiledRuleset = library.compiled
        self._findings = {finding.id: finding for finding in library.ruleset.findings}
        self._ways = {name: FindingAnswers(finding) for name, finding in self._findings.items()}
        self._position = {finding.id: i for i, finding in enumerate(self._program.findings)}
        self._sizes = {name: len(finding.values) for name, finding in self._findings.items()}
        self._rules = {rule.id: rule for rule in library.ruleset.rules if rule.status != "retired"}
        self.couple_for = cache(self._couple_for)

    def suite(self) -> Suite:
        """Return all scenarios, in the order of the content."""
        everyone = decide(self._program, ScenarioCouple({}))
        collected: dict[str, tuple[ScenarioCouple, list[str]]] = {}
        for says, couple in self._all():
            lines = collected.setdefault(name_of(couple), (couple, []))[1]
            if says not in lines:
                lines.append(says)
        return Suite(
            everyone,
            tuple(
                BoundaryScenario(tuple(says), couple, decide(self._program, couple, everyone))
                for couple, says in collected.values()
                if couple.mine or couple.theirs
            ),
        )

    def _all(self) -> Iterator[Shown]:
        for finding in self._findings.values():
            yield from self._cut_points(finding)
            yield from self._meetings(finding)
        for rule in self._rules.values():
            yield from self._lines_of(rule, self._library.texts[SOURCE_LOCALE][f"rules/{rule.id}/title"])
        for insight in self._library.ruleset.insights:
            yield from self._lines_of(insight, insight.id.replace("_", " "))
        yield from self._precedences()
        yield from self._wishes()
        yield from self._ties()

    # Findings

    def _cut_points(self, finding: Finding) -> Iterator[Shown]:
        for edge in self._ways[finding.id].edges:
            before, after = (_value(finding, code) for code in edge.codes)
            for answers, says in (
                (edge.below, f"{finding.id} is still {before}: one step on, it is {after}"),
                (edge.at, f"{finding.id} turns {after} here: one step before, it is {before}"),
            ):
                couple = ScenarioCouple({}, answers) if finding.both == "theirs" else ScenarioCouple(answers)
                yield Shown(says, couple)

        ways = self._ways[finding.id]
        for group, words in (
            (ways.levels, "at this level too"),
            (ways.overlaps, "where two conditions are true: the first counts"),
            (ways.others, "where something else is in the set"),
        ):
            for answers, code in group:
                couple = ScenarioCouple({}, answers) if finding.both == "theirs" else ScenarioCouple(answers)
                yield Shown(f"{finding.id} is {_value(finding, code)} {words}", couple)

    def _meetings(self, finding: Finding) -> Iterator[Shown]:
        """Yield a calm and an urgent answer, each way round, and an answer of the other alone."""
        if finding.label == "private":
            return
        if finding.gap:
            path = finding.gap.of
            for code, value in enumerate(finding.values):
                for rating in _ratings(self._ways[finding.id], code):
                    says = f"{finding.id} is {value} where two ratings of one thing differ so much"
                    yield Shown(says, ScenarioCouple(next(self._ways[finding.id].to(code)), {path: rating}))
            return
        calm, urgent = (next(self._ways[finding.id].to(code)) for code in (0, len(finding.values) - 1))
        first, last = finding.values[0], finding.values[-1]
        for mine, theirs, words in (
            (calm, urgent, f"{first} for the one who reads it, {last} for the other"),
            (urgent, calm, f"{last} for the one who reads it, {first} for the other"),
            ({}, urgent, f"{last} for the other, and the one who reads it did not say"),
            (urgent, {}, f"{last} for the one who reads it, and the other did not say"),
        ):
            yield Shown(f"how {finding.id} meets: {words}", ScenarioCouple(mine, theirs))

    # Rules

    def _lines_of(self, one: Rule | Insight, title: str) -> Iterator[Shown]:
        """Yield every value at a line, where all else in the condition leaves it to decide."""
        shown: set[tuple[str, int]] = set()
        for assigned in assignments(one.when, self._sizes):
            if rule_truth(one.when, assigned) is not True:
                continue
            for name in assigned:
                finding = self._findings[name]
                fires = {
                    code: rule_truth(one.when, _with(assigned, name, code)) is True
                    for code in range(UNKNOWN, self._sizes[name])
                }
                if all(fires.values()):
                    continue
                for code, does in fires.items():
                    at_a_line = does or code == UNKNOWN or fires.get(code - 1, False) or fires.get(code + 1, False)
                    moved = _with(assigned, name, code)
                    if not at_a_line or (name, code) in shown:
                        continue
                    couple = self.couple_for(tuple(sorted(moved.items())), _unknown(one.when, moved), frozenset())
                    if couple is not None:
                        shown.add((name, code))
                        says = "fires" if does else "stays silent"
                        yield Shown(f"“{title}” {says}: {name} is {_value(finding, code)}", couple)

        false = (codes for codes in assignments(one.when, self._sizes) if rule_truth(one.when, codes) is False)
        couples = (
            self.couple_for(tuple(sorted(codes.items())), _unknown(one.when, codes), frozenset()) for codes in false
        )
        plainly = next((couple for couple in couples if couple), None)
        if plainly:
            yield Shown(f"“{title}” stays silent: what was said rules it out", plainly)

    def _precedences(self) -> Iterator[Shown]:
        """Yield practices that one rule calls for and another holds back; the strongest call that can meet it."""
        for rule in self._rules.values():
            for practice in rule.withholds:
                callers = [other for other in self._rules.values() if other.suggests == practice]
                callers.sort(key=lambda other: (-(other.need or 0), len(clauses(other.when))))
                for caller in callers:
                    couple = self._both_fire(rule.when, caller.when)
                    if couple:
                        yield Shown(f"{practice} is called for and held back: holding back wins", couple)
                        break

    def _both_fire(self, one: Condition, other: Condition) -> ScenarioCouple | None:
        for a, b in product(self._firing(one), self._firing(other)):
            if all(b.get(name, code) == code for name, code in a.items()):
                couple = self.couple_for(tuple(sorted({**a, **b}.items())), frozenset(), frozenset())
                if couple:
                    return couple
        return None

    def _firing(self, when: Condition) -> list[dict[str, int]]:
        return [assigned for assigned in assignments(when, self._sizes) if rule_truth(when, assigned) is True]

    def _wishes(self) -> Iterator[Shown]:
        """Yield strong calls that rest on the other's answers alone: less of one where that is a wish."""
        for rule in self._rules.values():
            if rule.need != Need.strong:
                continue
            for name in dict.fromkeys(clause.finding for clause in clauses(rule.when)):
                finding = self._findings[name]
                if finding.both not in ("worse", "own_first"):
                    continue
                way = (
                    "through the other's wish alone: moderate at most"
                    if finding.wish
                    else "through the other's word alone"
                )
                for assigned in self._firing(rule.when):
                    couple = self.couple_for(tuple(sorted(assigned.items())), frozenset(), frozenset({name}))
                    if couple:
                        yield Shown(f"{rule.suggests} {way}: {name}", couple)
                        break

    # Strategies

    def _ties(self) -> Iterator[Shown]:
        """Yield each way in which one strategy comes before another."""
        collected: dict[tuple[str, str, str], ScenarioCouple] = {}
        for couple in self._few_calls():
            for way in self._told_apart(couple):
                collected.setdefault(way, couple)
        order = [strategy.id for strategy in self._library.ruleset.strategies]
        for (one, two, by), couple in sorted(
            collected.items(), key=lambda entry: (order.index(entry[0][0]), order.index(entry[0][1]), entry[0][2])
        ):
            yield Shown(f"{one} comes before {two}: {by}", couple)

    def _few_calls(self) -> Iterator[ScenarioCouple]:
        """Yield couples with one, two or three different calls for practices."""
        calls: dict[tuple[str, int], dict[str, int]] = {}
        for rule in self._rules.values():
            is_mine = all(self._findings[clause.finding].both not in ("theirs", "gap") for clause in clauses(rule.when))
            if rule.suggests and rule.need and is_mine and clauses(rule.when):
                assigned = self._firing(rule.when)
                key = (rule.suggests, int(rule.need))
                if assigned and (key not in calls or len(assigned[0]) < len(calls[key])):
                    calls[key] = assigned[0]
        for count in range(1, _MOST_TOLD + 1):
            for chosen in combinations(calls.values(), count):
                merged: dict[str, int] = {}
                if all(merged.setdefault(name, code) == code for entry in chosen for name, code in entry.items()):
                    couple = self.couple_for(tuple(sorted(merged.items())), frozenset(), frozenset())
                    if couple:
                        yield couple

    def _told_apart(self, couple: ScenarioCouple) -> Iterator[tuple[str, str, str]]:
        stand = evaluate_for_explanation(self._program, report_of(couple.mine), None, 5)
        names = [name for name, _ in self._program.practices_of]
        keys = [
            sorted(
                (stand.gated.needs[practice] for practice in practices if stand.offer.eligible[practice]), reverse=True
            )
            for _, practices in self._program.practices_of
        ]
        for one, two in combinations(stand.offer.strategies, 2):
            if keys[two]:
                yield names[one], names[two], _first_difference(keys[one], keys[two])

    # Answers

    def _couple_for(
        self, codes: tuple[tuple[str, int], ...], unknown: frozenset[str], theirs: frozenset[str]
    ) -> ScenarioCouple | None:
        """Return the first answers that amount to exactly this; `theirs` are findings that the other alone decides."""
        wanted = dict(codes) | dict.fromkeys(unknown, UNKNOWN)
        collected = [[*self._tellings(name, code, only_theirs=name in theirs)] for name, code in codes]
        for parts in islice(product(*collected), _MOST_TRIED):
            couple = _joined(parts)
            if couple and all(self._codes(couple)[self._position[name]] == code for name, code in wanted.items()):
                return couple
        return None

    def _tellings(self, name: str, code: int, *, only_theirs: bool) -> Iterator[ScenarioCouple]:
        ways, both = self._ways[name], self._findings[name].both
        if both == "gap":
            yield from (ScenarioCouple(mine, ways.other_rating(code)) for mine in ways.to(code))
            return
        few = 12
        if both != "theirs" and not only_theirs:
            yield from (ScenarioCouple(answers) for answers in islice(ways.to(code), few))
        if both != "own":
            yield from (ScenarioCouple({}, answers) for answers in islice(ways.to(code), few))

    def _codes(self, couple: ScenarioCouple) -> tuple[int, ...]:
        mine: SelfReport = report_of(couple.mine)
        other = None if couple.theirs is None else read(self._program, pool(report_of(couple.theirs)))
        return judge(self._program, mine, read(self._program, poolable(mine)), other).codes


def generate(library: Library) -> Suite:
    """Return the suite of a library."""
    return Generator(library).suite()


def _value(finding: Finding, code: int) -> str:
    return "unknown" if code == UNKNOWN else finding.values[code]


def _with(assigned: Mapping[str, int], name: str, code: int) -> dict[str, int]:
    others = {other: known for other, known in assigned.items() if other != name}
    return others if code == UNKNOWN else {**others, name: code}


def _unknown(when: Condition, assigned: Mapping[str, int]) -> frozenset[str]:
    return frozenset(clause.finding for clause in clauses(when) if clause.finding not in assigned)


def _ratings(ways: FindingAnswers, code: int) -> Iterator[dict[str, int]]:
    """Yield the differences at both ends of what counts as so far apart."""
    gap = ways.finding.gap
    if gap:
        ((kind, top),) = next(iter(next(ways.to(code)).values())).items()
        least = (0, gap.partial, gap.mismatched)[code]
        highest = (gap.partial - 1, gap.mismatched - 1, top - 1)[code]
        yield from ({kind: top - apart} for apart in dict.fromkeys((least, highest)))


def _joined(parts: Iterable[ScenarioCouple]) -> ScenarioCouple | None:
    mine: dict[str, object] = {}
    theirs: dict[str, object] | None = None
    for part in parts:
        if any(mine.setdefault(path, value) != value for path, value in part.mine.items()):
            return None
        if part.theirs is not None:
            theirs = {} if theirs is None else theirs
            if any(theirs.setdefault(path, value) != value for path, value in part.theirs.items()):
                return None
    return ScenarioCouple(mine, theirs)


def _first_difference(one: list[int], two: list[int]) -> str:
    places = ("strongest", "second", "third")
    for place, (a, b) in enumerate(zip(one, two, strict=False)):
        if a != b:
            return f"its {places[min(place, 2)]} need is {Need(a).name}, not {Need(b).name}"
    return (
        "it has one need more"
        if len(one) > len(two)
        else "the needs are the same, and so the order of the article counts"
    )
