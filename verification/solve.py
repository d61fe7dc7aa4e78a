"""Proofs by z3: each kind of property as questions that must have no answer, over every pair of reports."""

from collections.abc import Callable, Iterable, Iterator

import z3

from app.engine.compiled_ruleset import paths_of
from app.engine.ruleset import Finding, Need, Rule
from app.engine.vocabulary import ANSWERS, READABLE
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of
from app.rulesets.properties import Property
from verification.counterexamples import MeansResult, SolverTimeout, Violation
from verification.fit_terms import Fitting
from verification.judged import conditions_of, findings_read, judge, need_of, purposes_behind, purposes_of
from verification.symbolic_answers import Bool, SymbolicReport, all_of, any_of
from verification.symbols import SymbolicCouple, SymbolicRuleset

_STRONG = int(Need.strong)
_NEEDS = tuple(int(need) for need in Need)
Values = tuple[Bool, ...]
"""That a finding has each of its values."""


class Solver:
    """Looks for answers that break a property. What it finds is run through the engine before it is believed.

    Each kind is shown by the method of its name.
    """

    def __init__(self, library: Library, timeout_ms: int) -> None:
        self.library, self.ruleset, self._timeout_ms = library, library.ruleset, timeout_ms
        self.world = SymbolicRuleset(library.ruleset, timeout_ms)
        self.couple = self.world.couple()

    def show(self, wanted: Property) -> MeansResult:
        """Return all that breaks this property; nothing when it holds."""
        return MeansResult(tuple(getattr(self, wanted.kind)(wanted)))

    def find(self, *formulas: Bool) -> z3.ModelRef | None:
        """Answers for which all of this is so; None when there are none."""
        outcome = self.world.solver.check(*formulas)
        if outcome == z3.unknown:
            raise SolverTimeout(self.world.solver.reason_unknown())
        return self.world.solver.model() if outcome == z3.sat else None

    def break_with(self, says: str, formula: Bool, *couples: SymbolicCouple) -> Iterator[Violation]:
        """A counterexample, where there is one, checked with the engine."""
        model = self.find(formula)
        if model is None:
            return
        couples = couples or (self.couple,)
        reports = []
        for name, couple in zip(_NAMES[len(couples) - 1], couples, strict=True):
            mine, theirs = couple.mine.answers(model), couple.theirs.answers(model)
            says += engine_agrees(self.library, couple, model, mine, theirs)
            reports += [(f"a{name}", mine), (f"b{name}", theirs)]
        yield Violation(says, tuple(reports))

    def break_by_step(
        self, says: str, formula: Bool, before: SymbolicCouple, after: SymbolicCouple, findings: Iterable[str]
    ) -> Iterator[Violation]:
        """Yield a counterexample of two couples, with those answers to these findings alone that differ."""
        paths = frozenset[str]().union(*(paths_of(f) for f in self.world.findings if f.id in findings))
        for broken in self.break_with(says, formula, before, after):
            couples = dict(broken.reports)
            differing = [
                (name, {path: value for path, value in answers.items() if path in paths and value != other.get(path)})
                for name, answers in couples.items()
                for other in (couples[_OTHER_STEP[name]],)
            ]
            yield Violation(broken.says, tuple((name, answers) for name, answers in differing if answers))

    def suggests(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            for strategy in case.strategies:
                some = any_of(map(self.couple.is_suggested, purposes_behind(self.ruleset, strategy)))
                formula = z3.And(self.couple.is_so(case.when), z3.Not(some))
                yield from self.break_with(f"nothing of {strategy} is left", formula)

    def called_for(self, wanted: Property) -> Iterator[Violation]:
        """Look for too little need; where the condition rests on the wish of only one, `moderate` is enough."""
        couple = self.couple
        for case in wanted.cases:
            need = int(case.need or Need.slight)
            holds, by_each = couple.is_so(case.when), couple.by_each(case.when, self.world.wishes)
            for name in case.names:
                is_called = [self._some_need(name, least) for least in (need, min(need, Need.moderate))]
                too_little = z3.Not(z3.If(by_each, *is_called))
                yield from self.break_with(f"{name} is called for too little", z3.And(holds, too_little))

    def _some_need(self, name: str, least: int) -> Bool:
        return any_of(self.couple.needs(purpose, least) for purpose in purposes_of(self.ruleset, name))

    def called_for_at_most(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            for name in case.names:
                too_much = self._some_need(name, int(case.need or 0) + 1)
                formula = z3.And(self.couple.is_so(case.when), too_much)
                yield from self.break_with(f"{name} is called for too much", formula)

    def withholds(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            holds = self.couple.is_so(case.when)
            for name in case.names:
                every = all_of(map(self.couple.withheld, purposes_of(self.ruleset, name)))
                yield from self.break_with(f"{name} is not withheld", z3.And(holds, z3.Not(every)))
            for ask in case.asks:
                formula = z3.And(holds, z3.Not(self.couple.withheld_ask(ask)))
                yield from self.break_with(f"what asks for {ask} is not withheld", formula)

    def only_where(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            for name in case.names:
                some = any_of(map(self.couple.is_suggested, purposes_of(self.ruleset, name)))
                formula = z3.And(some, z3.Not(self.couple.is_so(case.when)))
                yield from self.break_with(f"{name} is suggested elsewhere too", formula)

    def rises(self, wanted: Property) -> Iterator[Violation]:
        before, after = self.couple, self.world.couple("'")
        for purpose, name in wanted.pairs:
            read = findings_read(self.world.suggesting[purpose]) | {name}
            worse = [before.heard == after.heard, z3.Or(*self._moves(_rises, before, after, name))]
            for other in sorted(read):
                worse += self._moves(_stays_or_rises if other == name else _same, before, after, other)
            if self.find(*worse) is None:
                yield Violation(f"{name} cannot worsen by itself where {purpose} is judged: the pair says nothing")
            falls = any_of(z3.And(before.needs(purpose, k), z3.Not(after.needs(purpose, k))) for k in _NEEDS)
            says = f"{purpose} is called for less when {name} worsens"
            yield from self.break_by_step(says, z3.And(*worse, falls), before, after, [name])

    def _moves(
        self, moves: Callable[[Values, Values], Bool], before: SymbolicCouple, after: SymbolicCouple, name: str
    ) -> list[Bool]:
        """Return that a finding moves so from either side, and what each of the two wishes with it."""
        sides = [(before.forth, after.forth), (before.back, after.back)]
        sides += [(before.own, after.own), (before.other, after.other)] if name in self.world.wishes else []
        return [moves(one[name], two[name]) for one, two in sides]

    def alive(self, _: Property) -> Iterator[Violation]:
        couple = self.couple
        for name, when in conditions_of(self.ruleset):
            is_own = name.startswith(("insights/", "openings/"))
            if self.find(couple.holds(when, couple.alone) if is_own else couple.is_so(when)) is None:
                yield Violation(f"no answers make {name} true")

    def counts(self, wanted: Property) -> Iterator[Violation]:
        for rule in self.world.rules:
            idle = [says for says, decides in self._decides(rule) if self.find(decides) is None]
            if rule.id in wanted.excused:
                if not idle:
                    yield Violation(f"{rule.id} decides something, so it needs no excuse")
                elif self.find(self._is_read(rule)) is None:
                    yield Violation(f"{rule.id} changes nothing and is never read as a reason")
            else:
                yield from (Violation(f"{rule.id} {says} that other rules do not decide without it") for says in idle)

    def _decides(self, rule: Rule) -> Iterator[tuple[str, Bool]]:
        """Yield that leaving the rule out would change what is called for, or each single thing that it withholds."""
        couple, fires = self.couple, self.couple.fires[rule.id]
        if rule.suggests:
            more = (
                z3.And(
                    couple.asks(rule, k), z3.Not(couple.needs(purpose, k, rule.id)), z3.Not(couple.withheld(purpose))
                )
                for k in _NEEDS[: rule.need]
                for purpose in purposes_of(self.ruleset, rule.suggests)
            )
            yield "decides nothing", any_of(more)
        for name in rule.withholds:
            alone = any_of(couple.is_suggested(p, without=rule.id) for p in purposes_of(self.ruleset, name))
            yield f"holds back nothing of {name}", z3.And(fires, alone)
        for ask in rule.withholds_asks:
            some = any_of(couple.is_suggested(p, ask, rule.id) for p in self.world.asks_of)
            yield f"holds back nothing that asks for {ask}", z3.And(fires, some)

    def _is_read(self, rule: Rule) -> Bool:
        couple, spoken = self.couple, self.couple.holds(rule.when, self.couple.alone)
        if not rule.suggests:
            return spoken
        return z3.And(spoken, z3.Not(all_of(map(couple.withheld, purposes_of(self.ruleset, rule.suggests)))))

    def bounded_wishes(self, wanted: Property) -> Iterator[Violation]:
        couple = self.couple
        for purpose, rules in self.world.suggesting.items():
            strong = [rule for rule in rules if rule.need == _STRONG]
            by_each = any_of(couple.by_each(rule.when, wanted.findings) for rule in strong)
            formula = z3.And(couple.needs(purpose, _STRONG), z3.Not(by_each))
            yield from self.break_with(f"the wish of one alone makes {purpose} press", formula)

    def stays_private(self, _: Property) -> Iterator[Violation]:
        couple, another = self.couple, self.world.couple("+")
        other = SymbolicCouple(self.world, couple.mine, another.theirs, another.heard)
        differs = any_of(couple.fires[rule.id] != other.fires[rule.id] for rule in self.world.rules)
        formula = z3.And(differs, couple.heard == another.heard, *_alike(couple.theirs, other.theirs))
        yield from self.break_with("what the other keeps private changes this view", formula, couple, other)

    def alike(self, wanted: Property) -> Iterator[Violation]:
        here = self.couple
        for name in wanted.findings:
            differs = z3.And(here.heard, z3.Not(_same(here.forth[name], here.back[name])))
            yield from self.break_with(f"{name} is not the same from both sides", differs)

    def answers_add(self, _: Property) -> Iterator[Violation]:
        before, after = self.couple, self.world.couple("'")
        known = [before.heard == after.heard]
        for finding in self.world.findings:
            if finding.label != "private":
                known += self._moves(_learns, before, after, finding.id)
        for purpose, rules in self.world.suggesting.items():
            lost = any_of(z3.And(before.needs(purpose, k), z3.Not(after.needs(purpose, k))) for k in _NEEDS)
            says = f"{purpose} is called for less once more is known"
            yield from self.break_by_step(says, z3.And(*known, lost), before, after, findings_read(rules))

    def derived(self, wanted: Property) -> Iterator[Violation]:
        for finding in self.world.findings:
            if not finding.gap:
                yield from Solver(self.library, self._timeout_ms).derive(finding, wanted)

    def derive(self, finding: Finding, wanted: Property) -> Iterator[Violation]:
        report = SymbolicReport("r", self.world.solver)
        code, paths = self.couple.found(finding, report), sorted(paths_of(finding))
        whole = all_of(report.is_known(path) for path in paths)
        # What is not agreed on is not known, whatever each of the two said.
        model = None if finding.label == "mutual" else self.find(whole, z3.Not(any_of(code)))
        if model:
            yield Violation(f"{finding.id} is unknown though all is answered", (("a", report.answers(model)),))
        if finding.id not in wanted.first_wins:
            yield from self._first_is_worst(finding, report)
        if finding.id not in wanted.bends:
            for path in paths:
                yield from self._is_steady(finding, path)

    def _first_is_worst(self, finding: Finding, report: SymbolicReport) -> Iterator[Violation]:
        holds = [(finding.values.index(value), report.condition(condition)[0]) for value, condition in finding.tries]
        for i, (earlier, first) in enumerate(holds):
            for later, second in holds[i + 1 :]:
                model = self.find(first, second) if later > earlier else None
                if model:
                    says = f"{finding.id}: {finding.values[earlier]} hides {finding.values[later]}"
                    yield Violation(says, (("a", report.answers(model)),))

    def _is_steady(self, finding: Finding, path: str) -> Iterator[Violation]:
        """Look for an ordered answer whose rise moves the finding in both directions."""
        ordered = {question.id for question in self.library.questions if question.ordered} | set(_NUMBERS)
        if path not in ordered:
            return
        one, two = SymbolicReport("r", self.world.solver), SymbolicReport("s", self.world.solver)
        low, high = self.couple.found(finding, one), self.couple.found(finding, two)
        raised = z3.And(*_alike(one, two, but=path), _higher(one, two, path))
        up = self.find(raised, _rises(low, high))
        down = self.find(raised, _rises(high, low))
        if up and down:
            reports = (("a", one.answers(up)), ("a later", two.answers(up)))
            yield Violation(f"{finding.id} rises and falls as {path} rises", reports)

    def shrinks(self, _: Property) -> Iterator[Violation]:
        fitting = Fitting(self.library, self.couple)
        yield from self._no_activity(fitting.grows_with_conflict, "fits at more conflict and not at less")

    def within_limits(self, _: Property) -> Iterator[Violation]:
        fitting = Fitting(self.library, self.couple)
        yield from self._no_activity(fitting.passes_a_limit, "fits beyond a limit")

    def _no_activity(self, breaks: Callable[[int], Bool], says: str) -> Iterator[Violation]:
        count = 0
        for bit, activity in enumerate(self.library.compiled.index.order):
            for broken in self.break_with(f"{activity.id} {says}", breaks(bit)):
                yield broken
                count += 1
            if count == _ENOUGH:
                return


_ENOUGH = 5
"""So many activities that pass a limit say what is wrong."""

_NAMES = (("",), (" before", " after"))
_OTHER_STEP = {"a before": "a after", "a after": "a before", "b before": "b after", "b after": "b before"}
_NUMBERS = tuple(path for path, answer in ANSWERS.items() if answer.shape in ("number", "integer", "scale"))


def _same(one: Values, two: Values) -> Bool:
    return all_of(a == b for a, b in zip(one, two, strict=True))


def _stays_or_rises(one: Values, two: Values) -> Bool:
    return z3.Or(_same(one, two), _rises(one, two))


def _rises(one: Values, two: Values) -> Bool:
    """Both known, the second higher."""
    return any_of(z3.And(a, any_of(two[i + 1 :])) for i, a in enumerate(one))


def _learns(one: Values, two: Values) -> Bool:
    """The same, or unknown before."""
    return z3.Or(z3.Not(any_of(one)), _same(one, two))


def _alike(one: SymbolicReport, two: SymbolicReport, but: str = "") -> Iterator[Bool]:
    """Yield that two reports say the same: all that is pooled or mutual, or all answers but one."""
    for path in sorted(one.known.keys() | two.known.keys()):
        if path == but or (not but and READABLE[path].label == "private"):
            continue
        yield one.is_known(path) == two.is_known(path)
        if path in one.numbers:
            yield one.number(path) == two.number(path)
        for level, is_level in one.levels.get(path, {}).items():
            yield is_level == two.levels[path][level]
    for entry in sorted(one.levels.keys() | two.levels.keys()):
        path, _, kind = entry.partition("/")
        if kind and path != but and READABLE[path].label != "private":
            for level in READABLE[path].levels:
                yield one.rates(path, kind, level) == two.rates(path, kind, level)


def _higher(one: SymbolicReport, two: SymbolicReport, path: str) -> Bool:
    known = z3.And(one.is_known(path), two.is_known(path))
    if path in one.numbers:
        return z3.And(known, one.number(path) < two.number(path))
    return z3.And(known, _rises(tuple(one.levels[path].values()), tuple(two.levels[path].values())))


def engine_agrees(library: Library, couple: SymbolicCouple, model: z3.ModelRef, mine: Answers, theirs: Answers) -> str:
    """Return nothing when the engine judges these reports as the model does; else what is different.

    What the solver finds and the engine does not is a fault of the proof.
    """

    def holds(symbol: object) -> bool:
        return bool(z3.is_true(model.eval(symbol, model_completion=True)))

    other = report_of({path: value for path, value in theirs.items() if not path.startswith("safety.")})
    judged = judge(library.compiled, report_of(mine), other if holds(couple.heard) else None)
    differences = []
    for purpose in library.compiled.purposes:
        need = next((k for k in reversed(_NEEDS) if holds(couple.needs(purpose.id, k))), 0)
        is_withheld = not purpose.activities & ~judged.withheld
        # What asks for something may add up to all of a purpose, which no rule withholds as such.
        is_named = holds(couple.withheld(purpose.id))
        if need != need_of(judged.offer.pair, purpose.activities) or (is_named and not is_withheld):
            differences.append(purpose.id)
    return f" (the engine disagrees about {', '.join(differences)})" if differences else ""
