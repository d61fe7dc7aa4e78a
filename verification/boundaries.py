"""The suite of boundary scenarios: found by trying all that findings and rules read, and as small as can be.

Both sides of every line are shown: of the cut points of findings, of every clause of every rule and of every other
condition; then how two answers meet, what withholding does to a purpose that is called for, wishes that are one
partner's alone, and how strategies are told apart. Scenarios with the same answers are one.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, combinations, islice, pairwise, product
from typing import Literal, NamedTuple

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import UNKNOWN, Condition, clauses, rule_truth
from app.engine.ruleset import Finding, Need
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.plain_reports import Answers, report_of
from verification.finding_answers import FindingAnswers, assignments, ways_of
from verification.judged import effects_of, judge_both, need_of
from verification.scenarios import SIZES, BoundaryScenario, ScenarioCouple, Suite, decide, judge_couple, name_of

_MOST_TRIED = 4000
_FEW = 12
Whose = Literal["mine", "theirs"]
_WHOSE: tuple[Whose, ...] = ("theirs", "mine")


class ShownBoundary(NamedTuple):
    """A point to show, in one sentence, and the answers that show it."""

    says: str
    couple: ScenarioCouple


class Generator:
    """Finds the answers of each scenario of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._program: CompiledRuleset = library.compiled
        self._findings = {finding.id: finding for finding in library.ruleset.findings}
        self._ways = {name: ways_of(finding) for name, finding in self._findings.items()}
        self._position = {finding.id: i for i, finding in enumerate(self._program.findings)}
        self._sizes = {name: len(finding.values) for name, finding in self._findings.items()}
        self._effects = effects_of(library.ruleset)
        self._couple_for_codes = cache(self._find_couple)
        self._firing = cache(self._find_firing)

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

    def _all(self) -> Iterator[ShownBoundary]:
        for finding in self._findings.values():
            yield from self._cut_points(finding)
            yield from self._meetings(finding)
        ruleset, texts = self._library.ruleset, self._library.texts[SOURCE_LOCALE]
        for rule in self._effects.rules:
            yield from self._lines_of(texts[f"rules/{rule.id}/title"], rule.when)
            yield from self._told_by_the_other(texts[f"rules/{rule.id}/title"], rule.when)
        for insight in ruleset.insights:
            yield from self._lines_of(insight.id.replace("_", " "), insight.when)
        for opening in ruleset.openings:
            yield from self._lines_of(opening.id.replace("-", " "), opening.when)
        for size, when in zip(SIZES, ruleset.choosing.sizes, strict=True):
            yield from self._lines_of(size, when)
        for precedence in ruleset.choosing.precedences:
            yield from self._lines_of(precedence.id, precedence.when)
        for lead in ruleset.choosing.leads:
            yield from self._lines_of(lead.id, lead.when)
        yield from self._overruled()
        yield from self._wishes()
        yield from self._ties()

    def called_for(self, purpose: str) -> Iterator[ScenarioCouple]:
        """Yield a couple for each way in which a rule calls for a purpose."""
        for rule in self._effects.suggesting[purpose]:
            yield from filter(None, map(self._couple, self._firing(rule.when)))

    # Findings

    def _cut_points(self, finding: Finding) -> Iterator[ShownBoundary]:
        ways = self._ways[finding.id]
        for edge in ways.edges:
            before, after = (_value(finding, code) for code in edge.codes)
            for answers, says in (
                (edge.below, f"{finding.id} is still {before}: one step on, it is {after}"),
                (edge.at, f"{finding.id} turns {after} here: one step before, it is {before}"),
            ):
                yield ShownBoundary(says, _given(finding, answers))
        for group, words in (
            (ways.levels, "at this level too"),
            (ways.overlaps, "where two conditions are true: the first counts"),
            (ways.others, "where something else is in the set"),
        ):
            for answers, code in group:
                yield ShownBoundary(f"{finding.id} is {_value(finding, code)} {words}", _given(finding, answers))

    def _meetings(self, finding: Finding) -> Iterator[ShownBoundary]:
        """Yield a calm and an urgent answer, each way round, and an answer of the other alone."""
        if finding.label == "private":
            return
        if finding.gap:
            path = finding.gap.of
            for code, value in enumerate(finding.values):
                for rating in _ratings(self._ways[finding.id], code):
                    says = f"{finding.id} is {value} where two ratings of one thing differ so much"
                    yield ShownBoundary(says, ScenarioCouple(next(self._ways[finding.id].to(code)), {path: rating}))
            return
        calm, urgent = (next(self._ways[finding.id].to(code)) for code in (0, len(finding.values) - 1))
        first, last = finding.values[0], finding.values[-1]
        for mine, theirs, words in (
            (calm, urgent, f"{first} for the one who reads it, {last} for the other"),
            (urgent, calm, f"{last} for the one who reads it, {first} for the other"),
            ({}, urgent, f"{last} for the other, and the one who reads it did not say"),
            (urgent, {}, f"{last} for the one who reads it, and the other did not say"),
        ):
            yield ShownBoundary(f"how {finding.id} meets: {words}", ScenarioCouple(mine, theirs))

    # Rules

    def _lines_of(self, title: str, when: Condition) -> Iterator[ShownBoundary]:
        """Yield every value at a line, where all else in the condition leaves it to decide."""
        shown: set[tuple[str, int]] = set()
        firing = {frozenset(assigned.items()) for assigned in self._firing(when)}
        for assigned in self._firing(when):
            for name in assigned:
                fires = {
                    code: frozenset(_with(assigned, name, code).items()) in firing
                    for code in range(UNKNOWN, self._sizes[name])
                }
                if all(fires.values()):
                    continue
                for code, does in fires.items():
                    at_a_line = does or code == UNKNOWN or fires.get(code - 1, False) or fires.get(code + 1, False)
                    moved = _with(assigned, name, code)
                    if not at_a_line or (name, code) in shown:
                        continue
                    couple = self._couple(moved, _unknown(when, moved))
                    if couple is not None:
                        shown.add((name, code))
                        says = "fires" if does else "stays silent"
                        value = _value(self._findings[name], code)
                        yield ShownBoundary(f"“{title}” {says}: {name} is {value}", couple)

        false = (codes for codes in assignments(when, self._sizes) if rule_truth(when, codes) is False)
        plainly = next(filter(None, (self._couple(codes, _unknown(when, codes)) for codes in false)), None)
        if plainly:
            yield ShownBoundary(f"“{title}” stays silent: what was said rules it out", plainly)

    def _told_by_the_other(self, title: str, when: Condition) -> Iterator[ShownBoundary]:
        """Yield the other's answers that make a rule fire which reads each one's own: it counts for both."""
        read = [self._findings[clause.finding] for clause in clauses(when)]
        if any(finding.both == "own" and finding.label == "pooled" for finding in read):
            couple = next(filter(None, map(self._couple, self._firing(when))), None)
            if couple and couple.theirs is None:
                yield ShownBoundary(f"“{title}” and what the other said", ScenarioCouple({}, couple.mine))

    def _overruled(self) -> Iterator[ShownBoundary]:
        """Yield purposes that one rule calls for and another holds back; the strongest call that can meet it."""
        for purpose, rules in self._effects.withholding.items():
            for rule in rules:
                callers = sorted(
                    self._effects.suggesting[purpose],
                    key=lambda other: (-(other.need or 0), len(clauses(other.when)), other.id),
                )
                couple = next(filter(None, (self._both_fire(rule.when, caller.when) for caller in callers)), None)
                if couple:
                    yield ShownBoundary(f"{purpose} is called for and held back: holding back wins", couple)

    def _both_fire(self, one: Condition, other: Condition) -> ScenarioCouple | None:
        pairs = product(self._firing(one), self._firing(other))
        together = ({**a, **b} for a, b in pairs if all(b.get(name, code) == code for name, code in a.items()))
        return next(filter(None, map(self._couple, together)), None)

    def _find_firing(self, when: Condition) -> list[dict[str, int]]:
        return [assigned for assigned in assignments(when, self._sizes) if rule_truth(when, assigned) is True]

    def _wishes(self) -> Iterator[ShownBoundary]:
        """Yield strong calls that rest on the answers of one of two alone: less of one where that is a wish."""
        for rule in self._effects.rules:
            if rule.need != Need.strong:
                continue
            for name in dict.fromkeys(clause.finding for clause in clauses(rule.when)):
                finding = self._findings[name]
                if finding.both not in ("worse", "own_first"):
                    continue
                way = "the wish of one alone: moderate at most" if finding.wish else "the word of one alone"
                for whose in _WHOSE:
                    couples = (self._couple(assigned, (), name, whose) for assigned in self._firing(rule.when))
                    couple = next(filter(None, couples), None)
                    if couple:
                        yield ShownBoundary(f"{rule.suggests} through {way}: {name}", couple)

    # Strategies

    def _ties(self) -> Iterator[ShownBoundary]:
        """Yield each way in which one strategy comes before another."""
        shown: set[str] = set()
        for couple in self._few_calls():
            for says in self._told_apart(couple):
                if says not in shown:
                    shown.add(says)
                    yield ShownBoundary(says, couple)

    def _few_calls(self) -> Iterator[ScenarioCouple]:
        """Yield couples with one or two different calls, and couples in whom one or two precedences count besides."""
        calls: dict[tuple[str | None, int], dict[str, int]] = {}
        for rule in self._effects.rules:
            is_mine = all(
                self._findings[clause.finding].both not in ("theirs", "gap", "agreed") for clause in clauses(rule.when)
            )
            if rule.suggests and rule.need and is_mine and clauses(rule.when):
                assigned = self._firing(rule.when)
                key = (self._library.ruleset.practice_of(rule.suggests), int(rule.need))
                if assigned and (key not in calls or len(assigned[0]) < len(calls[key])):
                    calls[key] = assigned[0]
        signs = [self._firing(precedence.when)[0] for precedence in self._library.ruleset.choosing.precedences]
        chosen_ways = chain(
            ((call,) for call in calls.values()),
            combinations(calls.values(), 2),
            product(signs, calls.values()),
            ((one, two, *call) for one, two in pairwise(signs) for call in ((), *((call,) for call in calls.values()))),
        )
        for chosen in chosen_ways:
            merged: dict[str, int] = {}
            if all(merged.setdefault(name, code) == code for entry in chosen for name, code in entry.items()):
                couple = self._couple(merged)
                if couple:
                    yield couple

    def _told_apart(self, couple: ScenarioCouple) -> Iterator[str]:
        judged = judge_couple(self._program, couple)
        pair, stands = judged.offer.pair, judged.narrow()
        names = [strategy.id for strategy in self._program.strategies]
        needs = [need_of(pair, stands.eligible & strategy.activities) for strategy in self._program.strategies]
        counting: dict[int, str] = {}
        ones = zip(self._program.signs.precedences, self._library.ruleset.choosing.precedences, strict=True)
        for (bit, i), precedence in ones:
            if pair.signs & bit:
                counting.setdefault(i, precedence.id)
        for one, two in combinations(stands.strategies, 2):
            if needs[two]:
                by = _first_difference((needs[one], counting.get(one)), (needs[two], counting.get(two)))
                yield f"{names[one]} comes before {names[two]}: {by}"

    # Answers

    def _couple(
        self, codes: Mapping[str, int], unknown: Iterable[str] = (), by_one: str | None = None, whose: Whose = "theirs"
    ) -> ScenarioCouple | None:
        """Return the first answers that amount to exactly this; `by_one` is a finding that one of two alone decides."""
        return self._couple_for_codes(tuple(sorted(codes.items())), frozenset(unknown), by_one, whose)

    def _find_couple(
        self, codes: tuple[tuple[str, int], ...], unknown: frozenset[str], by_one: str | None, whose: Whose
    ) -> ScenarioCouple | None:
        wanted = [(self._position[name], code) for name, code in (*codes, *((name, UNKNOWN) for name in unknown))]
        collected = [
            [*self._told_by_both(name, code)]
            if by_one and name != by_one and self._findings[name].wish
            else [*self._tellings(name, code, whose if name == by_one else None)]
            for name, code in codes
        ]
        for parts in islice(product(*collected), _MOST_TRIED):
            couple = _joined(parts)
            if couple and by_one and couple.theirs is None:
                couple = ScenarioCouple(couple.mine, {})
            if couple:
                reached = self._codes(couple)
                if all(reached[i] == code for i, code in wanted):
                    return couple
        return None

    def _told_by_both(self, name: str, code: int) -> Iterator[ScenarioCouple]:
        """Yield the same answers of both, so that a wish does not rest on one of them."""
        yield from (ScenarioCouple(answers, answers) for answers in islice(self._ways[name].to(code), _FEW))

    def _tellings(self, name: str, code: int, whose: Whose | None) -> Iterator[ScenarioCouple]:
        ways, both = self._ways[name], self._findings[name].both
        few = [*islice(ways.to(code), _FEW)]
        if both == "gap":
            yield from (ScenarioCouple(mine, ways.other_rating(code)) for mine in few)
        elif both == "agreed":
            yield from (ScenarioCouple(answers, answers) for answers in few)
        else:
            if both != "theirs" and whose != "theirs":
                yield from map(ScenarioCouple, few)
            if both != "own" and whose != "mine":
                yield from (ScenarioCouple({}, answers) for answers in few)

    def _codes(self, couple: ScenarioCouple) -> tuple[int, ...]:
        """Return the findings as the pair has them, and the private ones as the reader does."""
        report, theirs = couple.report, None if couple.theirs is None else report_of(couple.theirs)
        _, _, pair = judge_both(self._program, report, theirs)
        return pair.codes + self._program.reading.private(report) + pair.mutual


def generate(library: Library) -> Suite:
    """Return the suite of a library."""
    return Generator(library).suite()


def _given(finding: Finding, answers: Answers) -> ScenarioCouple:
    """Return a couple in which those give the answers whose answers the finding reads."""
    match finding.both:
        case "theirs":
            return ScenarioCouple({}, answers)
        case "agreed":
            return ScenarioCouple(answers, answers)
        case _:
            return ScenarioCouple(answers)


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


def _first_difference(one: tuple[int, str | None], two: tuple[int, str | None]) -> str:
    """Return what tells two strategies apart: the need with which each is called for, or the precedence that counts."""
    if one[0] != two[0]:
        return f"its need is {Need(one[0]).name}, not {Need(two[0]).name}"
    if one[1] and two[1]:
        return f"the needs are the same, and {one[1]} stands before {two[1]}"
    return f"the needs are the same, and so {one[1] or 'the order of the article'} counts"
