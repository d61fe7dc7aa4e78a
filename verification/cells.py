"""Proofs by complete enumeration: every combination of codes that what a property rests on can have."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations

from app.engine.conditions import (
    UNKNOWN,
    Algebra,
    All,
    AnyOf,
    Clause,
    Condition,
    Leaf,
    Not,
    answer_truth,
    clauses,
    evaluate_condition,
    positive,
    truth,
)
from app.engine.findings import code_of, meet
from app.engine.ruleset import Finding, Insight, Need, Rule
from app.engine.vocabulary import ANSWERS, PRACTICES
from app.rulesets.answer_space import AnswerSpace, grouped_by_answers
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers
from app.rulesets.properties import Property, PropertyKind
from verification.activities_left import choices_left, made_for
from verification.counterexamples import MeansResult, Violation
from verification.meetings import MOST_BOXES, OWN, Axis, CodeCell, Search, TooMany, cells_of, narrow

_NEEDS = tuple(int(need) for need in Need)
_STRONG = int(Need.strong)

AFFECTION = "affection"
ALWAYS, NEVER = All(()), AnyOf(())
_TREES: Algebra[Condition] = Algebra(lambda parts: All(tuple(parts)), lambda parts: AnyOf(tuple(parts)), Not)


class PropertySearch(Search):
    """A search for one property, and what breaks it."""

    def __init__(self) -> None:
        super().__init__(MOST_BOXES)
        self.broken: list[Violation] = []


def _reports(cells: Sequence[CodeCell]) -> tuple[tuple[str, Answers], ...]:
    mine: dict[str, object] = {}
    theirs: dict[str, object] = {}
    for cell in cells:
        mine |= cell.mine
        theirs |= cell.theirs
    return ("a", mine), ("b", theirs)


class Cells:
    """The cells of one ruleset, and each kind of property as a question about them."""

    def __init__(self, library: Library) -> None:
        self.library, self.ruleset = library, library.ruleset
        self.findings = {finding.id: finding for finding in self.ruleset.findings}
        self.sizes = {finding.id: len(finding.values) for finding in self.ruleset.findings}
        self.wishes = frozenset(f.id for f in self.ruleset.findings if f.wish)
        self.rules = tuple(rule for rule in self.ruleset.rules if rule.status != "retired")
        self.group_of = {f.id: group for group in grouped_by_answers(self.ruleset.findings) for f in group}
        self.suggesting = {p: [r for r in self.rules if r.suggests == p] for p in PRACTICES}
        self.withholding = {p: [r for r in self.rules if p in r.withholds] for p in PRACTICES}
        self.axis_of = cache(cells_of)
        self.narrowed = cache(lambda group, names: narrow(self.axis_of(group), names))

    def show(self, wanted: Property) -> MeansResult:
        count = PropertySearch()
        try:
            _SHOW[wanted.kind](self, wanted, count)
        except TooMany as error:
            count.broken.append(Violation(f"not shown: {error}"))
        return MeansResult(tuple(count.broken), count.cells)

    def _space(self, formula: Condition) -> list[Axis]:
        """Return all that can be of what a formula reads; findings that read common answers stand on one axis."""
        names: dict[tuple[Finding, ...], set[str]] = {}
        for clause in clauses(formula):
            names.setdefault(self.group_of[clause.finding.removeprefix(OWN)], set()).add(clause.finding)
        return [self.narrowed(group, frozenset(read)) for group, read in names.items()]

    def _first(self, formula: Condition, count: PropertySearch) -> tuple[CodeCell, ...] | None:
        return count.first(self._space(formula), formula)

    def _never(self, says: str, formula: Condition, count: PropertySearch) -> bool:
        """Return whether a formula is so at no cell; else note the first such cell, with answers that lead there."""
        cells = self._first(formula, count)
        if cells is not None:
            count.broken.append(Violation(says, _reports(cells)))
        return cells is None

    # What the rules make of a cell.

    def holds(self, condition: Condition, own: frozenset[str] = frozenset(), at: CodeCell | None = None) -> Condition:
        """Return that a condition is true, the findings in `own` being the viewer's word alone.

        It is so or it is not: what is unknown does not hold. The codes of `at` stand, whatever a cell says of them.
        """

        def clause(leaf: Leaf) -> Condition:
            if not isinstance(leaf, Clause):
                raise TypeError("a rule reads findings")
            name = OWN + leaf.finding if leaf.finding in own else leaf.finding
            if at is not None and name in at.codes:
                return ALWAYS if at.codes[name] in leaf.accepts else NEVER
            return Clause(name, leaf.op, leaf.values, leaf.accepts)

        return evaluate_condition(positive(condition, self.sizes), _TREES, clause)

    def asks(self, rule: Rule, least: int, at: CodeCell | None = None) -> Condition:
        """Return that a rule calls for at least so much; through the other's wish alone that is moderate at most."""
        if (rule.need or 0) < least:
            return NEVER
        fires = self.holds(rule.when, at=at)
        return fires if least <= Need.moderate else All((fires, self.holds(rule.when, self.wishes, at)))

    def needs(self, practice: str, least: int, without: str | None = None, at: CodeCell | None = None) -> Condition:
        return AnyOf(tuple(self.asks(rule, least, at) for rule in self.suggesting[practice] if rule.id != without))

    def _fires(self, rules: Iterable[Rule], without: str | None = None) -> Condition:
        return AnyOf(tuple(self.holds(rule.when) for rule in rules if rule.id != without))

    def withheld(self, practice: str, without: str | None = None) -> Condition:
        return self._fires(self.withholding[practice], without)

    def suggested(self, practice: str) -> Condition:
        return All((self.needs(practice, Need.slight), Not(self.withheld(practice))))

    def _softening(self, tone: str) -> list[Rule]:
        return [rule for rule in self.rules if tone in rule.withholds_tones]

    # The kinds.

    def suggests(self, wanted: Property, count: PropertySearch) -> None:
        """Show it by one practice that is always there; else by two, and so on."""
        practices_of = {strategy.id: strategy.practices for strategy in self.ruleset.strategies}
        for case in wanted.cases:
            for strategy in case.strategies:
                self._some_is_suggested(case.when, practices_of[strategy], strategy, count)

    def _some_is_suggested(
        self, when: Condition, practices: tuple[str, ...], strategy: str, count: PropertySearch
    ) -> None:
        cells: tuple[CodeCell, ...] | None = None
        for size in range(1, len(practices) + 1):
            for some in combinations(practices, size):
                left = AnyOf(tuple(self.suggested(practice) for practice in some))
                cells = self._first(All((self.holds(when), Not(left))), count)
                if cells is None:
                    return
        count.broken.append(Violation(f"nothing of {strategy} is left", _reports(cells or ())))

    def called_for(self, wanted: Property, count: PropertySearch) -> None:
        for case in wanted.cases:
            need, alone = int(case.need or Need.slight), self.holds(case.when, self.wishes)
            for practice in case.practices:
                bounded = self.needs(practice, min(need, Need.moderate))
                too_little = AnyOf((All((alone, Not(self.needs(practice, need)))), Not(bounded)))
                self._never(f"{practice} is called for too little", All((self.holds(case.when), too_little)), count)

    def called_for_at_most(self, wanted: Property, count: PropertySearch) -> None:
        for case in wanted.cases:
            for practice in case.practices:
                too_much = self.needs(practice, int(case.need or 0) + 1)
                self._never(f"{practice} is called for too much", All((self.holds(case.when), too_much)), count)

    def withholds(self, wanted: Property, count: PropertySearch) -> None:
        for case in wanted.cases:
            withheld = [(practice, self.withheld(practice)) for practice in case.practices]
            withheld += [(f"what is {tone}", self._fires(self._softening(tone))) for tone in case.tones]
            for name, is_withheld in withheld:
                self._never(f"{name} is not withheld", All((self.holds(case.when), Not(is_withheld))), count)

    def only_where(self, wanted: Property, count: PropertySearch) -> None:
        for case in wanted.cases:
            for practice in case.practices:
                elsewhere = All((self.suggested(practice), Not(self.holds(case.when))))
                self._never(f"{practice} is suggested elsewhere too", elsewhere, count)

    def rises(self, wanted: Property, count: PropertySearch) -> None:
        """Show it with each finding free of the others: wider than what people can answer, so all the surer."""
        for practice, name in wanted.pairs:
            says = f"{practice} is called for less when {name} worsens"
            self._never_falls(practice, name, _worsens, says, count)

    def answers_add(self, _: Property, count: PropertySearch) -> None:
        for practice in PRACTICES:
            says = f"{practice} is called for less once more is known"
            for name in sorted(_read(self.suggesting[practice])):
                if not self._never_falls(practice, name, _learns, says, count):
                    break

    def _never_falls(
        self, practice: str, moved: str, moves: Callable[[CodeCell, CodeCell], bool], says: str, count: PropertySearch
    ) -> bool:
        """Return whether what is called for falls only where a rule falls that no other makes up for."""
        cells, values = self._alone(moved), ("unknown", *self.findings[moved].values)
        rules = [rule for rule in self.suggesting[practice] if moved in _read([rule])]
        for before, after in ((a, b) for a in cells for b in cells if moves(a, b)):
            for rule in rules:
                for least in _NEEDS[: rule.need]:
                    asks = self.asks(rule, least, before)
                    if self._apart(All((asks, Not(self.asks(rule, least, after)))), count) is None:
                        continue
                    if self._apart(All((asks, Not(self.needs(practice, least, at=after)))), count) is not None:
                        steps = " to ".join(values[cell.codes[moved] - UNKNOWN] for cell in (before, after))
                        count.broken.append(Violation(f"{says} ({moved}: {steps}): see rules/{rule.id}.yaml"))
                        return False
        return True

    def _apart(self, formula: Condition, count: PropertySearch) -> tuple[CodeCell, ...] | None:
        """Search with each finding let free of the others: wider than what people can answer, so all the surer."""
        names = {clause.finding.removeprefix(OWN) for clause in clauses(formula)}
        return count.first([self._alone(name) for name in sorted(names)], formula)

    def _alone(self, name: str) -> Axis:
        return self.narrowed(self.group_of[name], frozenset((name, OWN + name) if name in self.wishes else (name,)))

    def alive(self, _: Property, count: PropertySearch) -> None:
        for rule in self.rules:
            if self._first(self.holds(rule.when), count) is None:
                count.broken.append(Violation(f"no answers make the rule {rule.id} fire"))
        for insight in self.ruleset.insights:
            if self._first(self.holds(insight.when, frozenset(_read([insight]))), count) is None:
                count.broken.append(Violation(f"no answers raise the insight {insight.id}"))

    def counts(self, wanted: Property, count: PropertySearch) -> None:
        for rule in self.rules:
            idle = [says for says, ways in self._decides(rule) if all(self._first(way, count) is None for way in ways)]
            if rule.id not in wanted.excused:
                count.broken += [
                    Violation(f"{rule.id} {says} that other rules do not decide without it") for says in idle
                ]
            elif not idle:
                count.broken.append(Violation(f"{rule.id} decides something, so it needs no excuse"))
            elif self._first(self._is_read(rule), count) is None:
                count.broken.append(Violation(f"{rule.id} changes nothing and is never read as a reason"))

    def _decides(self, rule: Rule) -> Iterator[tuple[str, Sequence[Condition]]]:
        """Yield where leaving a rule out would change what is called for, or each single thing that it withholds."""
        if rule.suggests:
            free = Not(self.withheld(rule.suggests))
            more = [All((self.asks(rule, k), Not(self.needs(rule.suggests, k, rule.id)), free)) for k in _NEEDS]
            yield "decides nothing", more
        fires = self.holds(rule.when)
        for practice in rule.withholds:
            called_for = self.needs(practice, Need.slight)
            alone = All((fires, Not(self.withheld(practice, rule.id)), called_for))
            yield f"holds back nothing of {practice}", [alone]
        for tone in rule.withholds_tones:
            others = Not(self._fires(self._softening(tone), rule.id))
            with_it = sorted({activity.practice for activity in self.ruleset.activities if tone in activity.tones})
            yield f"holds back nothing {tone}", [All((fires, others, self.suggested(practice))) for practice in with_it]

    def _is_read(self, rule: Rule) -> Condition:
        free = Not(self.withheld(rule.suggests)) if rule.suggests else ALWAYS
        return All((self.holds(rule.when), free))

    def bounded_wishes(self, wanted: Property, count: PropertySearch) -> None:
        """Whatever presses, presses by the viewer's own word: rule by rule, else all of a practice together."""
        declared = frozenset(wanted.findings)
        for practice in PRACTICES:
            strong = [rule for rule in self.suggesting[practice] if rule.need == _STRONG]
            mine = Not(AnyOf(tuple(self.holds(rule.when, declared) for rule in strong)))
            for rule in strong:
                pressing = self.asks(rule, _STRONG)
                by_itself = All((pressing, Not(self.holds(rule.when, declared))))
                says = f"the other's wish alone makes {practice} press"
                if self._first(by_itself, count) and not self._never(says, All((pressing, mine)), count):
                    break

    def private_takes_away(self, _: Property, count: PropertySearch) -> None:
        """No rule turns on a private finding; or others make up for it, whatever that turns to."""
        private = sorted(f.id for f in self.ruleset.findings if f.label == "private")
        for practice in (practice for practice in PRACTICES if practice != AFFECTION):
            if any(self._turns(practice, name, least, count) for name in private for least in _NEEDS):
                count.broken.append(Violation(f"what is kept private changes how much {practice} is called for"))

    def _turns(self, practice: str, name: str, least: int, count: PropertySearch) -> bool:
        rules, cells = self.suggesting[practice], self._alone(name)
        askings = ([self.asks(rule, least, cell) for cell in cells] for rule in rules if (rule.need or 0) >= least)
        if all(self._apart(_differs(one), count) is None for one in askings):
            return False
        return self._apart(_differs([self.needs(practice, least, at=cell) for cell in cells]), count) is not None

    def alike(self, wanted: Property, count: PropertySearch) -> None:
        for name in wanted.findings:
            finding = self.findings[name]
            if finding.gap:
                continue
            codes = [code for (code,) in AnswerSpace([finding]).by_codes]
            count.cells += len(codes) ** 2
            pairs = [
                (meet(finding.both, a, b, UNKNOWN), meet(finding.both, b, a, UNKNOWN)) for a in codes for b in codes
            ]
            if any(here != there for here, there in pairs):
                count.broken.append(Violation(f"{finding.id} is not the same from both sides"))

    def derived(self, wanted: Property, count: PropertySearch) -> None:
        ordered = {question.id for question in self.library.questions if question.ordered}
        ordered |= {path for path, answer in ANSWERS.items() if answer.shape in ("number", "integer", "scale")}
        for finding in self.ruleset.findings:
            if not finding.gap:
                space = AnswerSpace([finding])
                count.cells += len(space.every)
                count.broken += _derived(space, finding, ordered, wanted)

    def choices_left(self, wanted: Property, count: PropertySearch) -> None:
        shown = choices_left(self.ruleset, self.library.compiled.index, wanted.at_least)
        count.cells = shown.cells
        count.broken += shown.broken

    def made_for(self, wanted: Property, count: PropertySearch) -> None:
        shown = made_for(self.ruleset, wanted.cases)
        count.cells = shown.cells
        count.broken += shown.broken


def _derived(space: AnswerSpace, finding: Finding, ordered: set[str], wanted: Property) -> Iterator[Violation]:
    codes = {frozenset(answers.items()): code_of(finding, answers) for answers in space.every}
    if any(code == UNKNOWN and len(answers) == len(space.paths) for answers, code in codes.items()):
        yield Violation(f"{finding.id} is unknown though all is answered")
    if finding.id not in wanted.first_wins:
        for value, condition in finding.tries:
            for answers in space.every:
                if codes[frozenset(answers.items())] < finding.values.index(value) and _is_true(condition, answers):
                    yield Violation(f"{finding.id}: a calmer value hides {value}", (("a", answers),))
                    break
    if finding.id not in wanted.bends:
        for path in ordered.intersection(space.paths):
            turns = set(_turns(space, path, codes))
            if {True, False} <= turns:
                yield Violation(f"{finding.id} rises and falls as {path} rises")


def _is_true(condition: Condition, answers: Answers) -> bool:
    return truth(condition, lambda leaf: answer_truth(leaf, answers)) is True


def _turns(space: AnswerSpace, path: str, codes: Mapping[frozenset[tuple[str, object]], int]) -> Iterator[bool]:
    """Yield for each step of one answer that changes a known code whether it rises."""
    steps = dict(space.steps(path))
    for answers in space.every:
        if answers.get(path) in steps and path in answers:
            before = codes[frozenset(answers.items())]
            after = codes[frozenset({**answers, path: steps[answers[path]]}.items())]
            if UNKNOWN not in (before, after) and before != after:
                yield after > before


def _worsens(before: CodeCell, after: CodeCell) -> bool:
    """Return whether what the two say is worse, and what the viewer alone wishes the same or worse."""
    (a, *mine), (b, *later) = _codes_in_order(before), _codes_in_order(after)
    return UNKNOWN < a < b and (mine == later or UNKNOWN < mine[0] < later[0])


def _learns(before: CodeCell, after: CodeCell) -> bool:
    """Return whether all is the same, or was unknown before: together, and alone where that counts."""
    pairs = zip(_codes_in_order(before), _codes_in_order(after), strict=True)
    return all(a in (UNKNOWN, b) for a, b in pairs)


def _codes_in_order(cell: CodeCell) -> list[int]:
    return [cell.codes[name] for name in sorted(cell.codes, key=lambda name: name.startswith(OWN))]


def _differs(formulas: Sequence[Condition]) -> Condition:
    """Return that some are so and others not."""
    return All((AnyOf(tuple(formulas)), Not(All(tuple(formulas)))))


def _read(rules: Iterable[Rule | Insight]) -> set[str]:
    return {clause.finding for rule in rules for clause in clauses(rule.when)}


_SHOW: Mapping[PropertyKind, Callable[[Cells, Property, PropertySearch], None]] = {
    "suggests": Cells.suggests,
    "called_for": Cells.called_for,
    "withholds": Cells.withholds,
    "only_where": Cells.only_where,
    "rises": Cells.rises,
    "alive": Cells.alive,
    "counts": Cells.counts,
    "bounded_wishes": Cells.bounded_wishes,
    "private_takes_away": Cells.private_takes_away,
    "alike": Cells.alike,
    "answers_add": Cells.answers_add,
    "derived": Cells.derived,
    "choices_left": Cells.choices_left,
    "made_for": Cells.made_for,
    "called_for_at_most": Cells.called_for_at_most,
}
