"""Proofs by z3: each kind of property as questions that must have no answer, over every pair of reports."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import z3

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import clauses
from app.engine.ruleset import Finding, Need, Rule
from app.engine.vocabulary import ANSWERS, PRACTICES
from app.rulesets.library import Library
from app.rulesets.properties import Property, PropertyKind
from verification.counterexamples import MeansResult, SolverTimeout, Violation
from verification.fit_terms import Fitting
from verification.replayed_counterexamples import engine_agrees
from verification.symbols import Bool, SymbolicCouple, SymbolicReport, SymbolicRuleset, all_of, any_of

_STRONG = int(Need.strong)
_NEEDS = tuple(int(need) for need in Need)
AFFECTION = "affection"


class Solver:
    """Looks for answers that break a property. What it finds is run through the engine before it is believed."""

    def __init__(self, library: Library, timeout_ms: int) -> None:
        self.library, self.ruleset, self._timeout_ms = library, library.ruleset, timeout_ms
        self.world = SymbolicRuleset(library.ruleset, timeout_ms)
        self.couple = self.world.couple()

    def show(self, wanted: Property) -> MeansResult:
        """Return all that breaks this property; nothing when it holds."""
        return MeansResult(tuple(_SHOW[wanted.kind](self, wanted)))

    def find(self, *conditions: Bool) -> z3.ModelRef | None:
        """Answers for which all of this is so; None when there are none."""
        outcome = self.world.solver.check(*conditions)
        if outcome == z3.unknown:
            raise SolverTimeout(self.world.solver.reason_unknown())
        return self.world.solver.model() if outcome == z3.sat else None

    def break_with(self, says: str, condition: Bool, *couples: SymbolicCouple) -> Iterator[Violation]:
        """A counterexample, where there is one, checked with the engine."""
        model = self.find(condition)
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
        self, says: str, condition: Bool, before: SymbolicCouple, after: SymbolicCouple, findings: Iterable[str]
    ) -> Iterator[Violation]:
        """Yield a counterexample of two couples, with those answers to these findings alone that differ."""
        paths = frozenset[str]().union(*(paths_of(f) for f in self.world.findings if f.id in findings))
        for broken in self.break_with(says, condition, before, after):
            couples = dict(broken.reports)
            differing = [
                (name, {path: value for path, value in answers.items() if path in paths and value != other.get(path)})
                for name, answers in couples.items()
                for other in (couples[_OTHER_STEP[name]],)
            ]
            yield Violation(broken.says, tuple((name, answers) for name, answers in differing if answers))

    def suggests(self, wanted: Property) -> Iterator[Violation]:
        practices_of = {strategy.id: strategy.practices for strategy in self.ruleset.strategies}
        for case in wanted.cases:
            for strategy in case.strategies:
                some = any_of(map(self.couple.is_suggested, practices_of[strategy]))
                condition = z3.And(self.couple.holds(case.when), z3.Not(some))
                yield from self.break_with(f"nothing of {strategy} is left", condition)

    def called_for(self, wanted: Property) -> Iterator[Violation]:
        """Look for too little need; where the condition rests on the other's wish alone, `moderate` is enough."""
        couple = self.couple
        for case in wanted.cases:
            need = int(case.need or Need.slight)
            holds, alone = couple.holds(case.when), couple.holds(case.when, couple.wished_alone)
            for practice in case.practices:
                too_little = z3.If(
                    alone,
                    z3.Not(couple.needs(practice, need)),
                    z3.Not(couple.needs(practice, min(need, Need.moderate))),
                )
                yield from self.break_with(f"{practice} is called for too little", z3.And(holds, too_little))

    def called_for_at_most(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            for practice in case.practices:
                too_much = self.couple.needs(practice, int(case.need or 0) + 1)
                condition = z3.And(self.couple.holds(case.when), too_much)
                yield from self.break_with(f"{practice} is called for too much", condition)

    def withholds(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            holds = self.couple.holds(case.when)
            for practice in case.practices:
                condition = z3.And(holds, z3.Not(self.couple.withheld(practice)))
                yield from self.break_with(f"{practice} is not withheld", condition)
            for tone in case.tones:
                condition = z3.And(holds, z3.Not(self.couple.without_tone(tone)))
                yield from self.break_with(f"what is {tone} is not withheld", condition)

    def only_where(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            for practice in case.practices:
                condition = z3.And(self.couple.is_suggested(practice), z3.Not(self.couple.holds(case.when)))
                yield from self.break_with(f"{practice} is suggested elsewhere too", condition)

    def rises(self, wanted: Property) -> Iterator[Violation]:
        before, after = self.couple, self.world.couple("'")
        for practice, name in wanted.pairs:
            rules = self.world.suggesting[practice]
            read = {clause.finding for rule in rules for clause in clauses(rule.when)} | {name}
            alike = [_same(before.met[f], after.met[f]) for f in sorted(read - {name})]
            wishes = sorted(f.id for f in self.world.findings if f.wish and f.id in read)
            alike += [_same(before.own[f], after.own[f]) for f in wishes if f != name]
            if name in wishes:
                mine, later = before.own[name], after.own[name]
                alike.append(z3.Or(_same(mine, later), _rises(mine, later)))
            worse = z3.And(*alike, _rises(before.met[name], after.met[name]))
            if self.find(worse) is None:
                yield Violation(f"{name} cannot worsen by itself where {practice} is judged: the pair says nothing")
            falls = any_of(z3.And(before.needs(practice, k), z3.Not(after.needs(practice, k))) for k in _NEEDS)
            says = f"{practice} is called for less when {name} worsens"
            yield from self.break_by_step(says, z3.And(worse, falls), before, after, [name])

    def alive(self, _: Property) -> Iterator[Violation]:
        codes = self.couple.own | {f.id: self.couple.met[f.id] for f in self.world.findings if f.gap}
        for rule in self.world.rules:
            if self.find(self.couple.fires[rule.id]) is None:
                yield Violation(f"no answers make the rule {rule.id} fire")
        for insight in self.ruleset.insights:
            if self.find(self.couple.holds(insight.when, codes)) is None:
                yield Violation(f"no answers raise the insight {insight.id}")

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
                z3.And(couple.asks(rule, k), z3.Not(couple.needs(rule.suggests, k, without=rule.id))) for k in _NEEDS
            )
            yield "decides nothing", z3.And(fires, z3.Not(couple.withheld(rule.suggests)), any_of(more))
        for practice in rule.withholds:
            alone = z3.And(couple.needs(practice, 1), z3.Not(couple.withheld(practice, without=rule.id)))
            yield f"holds back nothing of {practice}", z3.And(fires, alone)
        for tone in rule.withholds_tones:
            with_it = {activity.practice for activity in self.ruleset.activities if tone in activity.tones}
            some = any_of(map(couple.is_suggested, sorted(with_it)))
            alone = z3.And(some, z3.Not(couple.without_tone(tone, without=rule.id)))
            yield f"holds back nothing {tone}", z3.And(fires, alone)

    def _is_read(self, rule: Rule) -> Bool:
        fires = self.couple.fires[rule.id]
        return z3.And(fires, z3.Not(self.couple.withheld(rule.suggests))) if rule.suggests else fires

    def bounded_wishes(self, wanted: Property) -> Iterator[Violation]:
        couple = self.couple
        alone = {f: couple.own[f] if f in wanted.findings else codes for f, codes in couple.met.items()}
        for practice in PRACTICES:
            strong = [rule for rule in self.world.suggesting[practice] if rule.need == _STRONG]
            mine = any_of(couple.holds(rule.when, alone) for rule in strong)
            condition = z3.And(couple.needs(practice, _STRONG), z3.Not(mine))
            yield from self.break_with(f"the other's wish alone makes {practice} press", condition)

    def private_takes_away(self, _: Property) -> Iterator[Violation]:
        couple, other = self.couple, self.world.couple("*")
        other = SymbolicCouple(self.world, other.mine, couple.theirs)
        differs = any_of(
            couple.needs(practice, k) != other.needs(practice, k)
            for practice in PRACTICES
            if practice != AFFECTION
            for k in _NEEDS
        )
        condition = z3.And(differs, *_alike(couple.mine, other.mine))
        yield from self.break_with("what is kept private changes what is called for", condition, couple, other)

    def stays_private(self, _: Property) -> Iterator[Violation]:
        couple = self.couple
        other = SymbolicCouple(self.world, couple.mine, self.world.couple("+").theirs)
        differs = any_of(couple.fires[rule.id] != other.fires[rule.id] for rule in self.world.rules)
        condition = z3.And(differs, *_alike(couple.theirs, other.theirs))
        yield from self.break_with("what the other keeps private changes this view", condition, couple, other)

    def alike(self, wanted: Property) -> Iterator[Violation]:
        here = self.couple
        there = SymbolicCouple(self.world, here.theirs, here.mine)
        for name in wanted.findings:
            differs = z3.Not(_same(here.met[name], there.met[name]))
            yield from self.break_with(f"{name} is not the same from both sides", differs, here)

    def answers_add(self, _: Property) -> Iterator[Violation]:
        before, after = self.couple, self.world.couple("'")
        known = [_learns(before.met[f.id], after.met[f.id]) for f in self.world.findings]
        known += [_learns(before.own[f.id], after.own[f.id]) for f in self.world.findings if f.wish]
        for practice in PRACTICES:
            lost = any_of(z3.And(before.needs(practice, k), z3.Not(after.needs(practice, k))) for k in _NEEDS)
            says = f"{practice} is called for less once more is known"
            read = {clause.finding for rule in self.world.suggesting[practice] for clause in clauses(rule.when)}
            yield from self.break_by_step(says, z3.And(*known, lost), before, after, read)

    def derived(self, wanted: Property) -> Iterator[Violation]:
        for finding in self.world.findings:
            if not finding.gap:
                yield from Solver(self.library, self._timeout_ms).derive(finding, wanted)

    def derive(self, finding: Finding, wanted: Property) -> Iterator[Violation]:
        report = SymbolicReport("r", self.world.solver)
        code, paths = self.couple.found(finding, report, "own"), sorted(paths_of(finding))
        whole = all_of(report.is_known(path) for path in paths)
        model = self.find(whole, z3.Not(any_of(code)))
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
        low, high = self.couple.found(finding, one, "low"), self.couple.found(finding, two, "high")
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


_SHOW: Mapping[PropertyKind, Callable[[Solver, Property], Iterable[Violation]]] = {
    "suggests": Solver.suggests,
    "called_for": Solver.called_for,
    "called_for_at_most": Solver.called_for_at_most,
    "withholds": Solver.withholds,
    "only_where": Solver.only_where,
    "rises": Solver.rises,
    "alive": Solver.alive,
    "counts": Solver.counts,
    "bounded_wishes": Solver.bounded_wishes,
    "private_takes_away": Solver.private_takes_away,
    "stays_private": Solver.stays_private,
    "alike": Solver.alike,
    "answers_add": Solver.answers_add,
    "derived": Solver.derived,
    "shrinks": Solver.shrinks,
    "within_limits": Solver.within_limits,
}
_ENOUGH = 5
"""So many activities that pass a limit say what is wrong."""

_NAMES = (("",), (" before", " after"))
_OTHER_STEP = {"a before": "a after", "a after": "a before", "b before": "b after", "b after": "b before"}
_NUMBERS = tuple(path for path, answer in ANSWERS.items() if answer.shape in ("number", "integer", "scale"))


def _same(one: tuple[Bool, ...], two: tuple[Bool, ...]) -> Bool:
    return all_of(a == b for a, b in zip(one, two, strict=True))


def _rises(one: tuple[Bool, ...], two: tuple[Bool, ...]) -> Bool:
    """Both known, the second higher."""
    return any_of(z3.And(a, any_of(two[i + 1 :])) for i, a in enumerate(one))


def _learns(one: tuple[Bool, ...], two: tuple[Bool, ...]) -> Bool:
    """The same, or unknown before."""
    return z3.Or(z3.Not(any_of(one)), _same(one, two))


def _alike(one: SymbolicReport, two: SymbolicReport, but: str = "") -> Iterator[Bool]:
    """Yield that two reports say the same: all pooled answers, or all answers but one."""
    for path in sorted(one.known.keys() | two.known.keys()):
        if path == but or (not but and not ANSWERS[path].is_pooled):
            continue
        yield one.is_known(path) == two.is_known(path)
        if path in one.numbers:
            yield one.number(path) == two.number(path)
        for level, holds in one.levels.get(path, {}).items():
            yield holds == two.levels[path][level]
    for entry in sorted(one.levels.keys() | two.levels.keys()):
        path, _, kind = entry.partition("/")
        if kind and path != but and ANSWERS[path].is_pooled:
            for level in ANSWERS[path].levels:
                yield one.rates(path, kind, level) == two.rates(path, kind, level)


def _higher(one: SymbolicReport, two: SymbolicReport, path: str) -> Bool:
    known = z3.And(one.is_known(path), two.is_known(path))
    if path in one.numbers:
        return z3.And(known, one.number(path) < two.number(path))
    return z3.And(known, _rises(tuple(one.levels[path].values()), tuple(two.levels[path].values())))
