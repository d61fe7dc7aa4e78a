"""Puts a mutant in force inside this process, and looks whether anything that can be seen comes out otherwise.

A function's code is exchanged in place, so every importer runs the mutant; a constant is exchanged in every module that
took it. What is compared is all that the engine gives out: views with their verdicts, explanations, what conditions are
read as. That the engine as it is decides rightly is for other tests to say.
"""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple, cast, get_args

from app.analysis.scenarios import differences, read
from app.engine import (
    ask,
    catalogue,
    compile,  # noqa: A004
    conditions,
    counterfactual,
    evaluate,
    explain,
    fit,
    hindrances,
    program,
    rank,
    reading,
    reasons,
    ruleset,
    safety,
    select,
    self_report,
    verdicts,
    view,
    vocabulary,
)
from app.engine.program import Program
from app.engine.ruleset import Grade, Rule, Ruleset, Tone
from app.engine.self_report import SelfReport, pool
from app.engine.vocabulary import ANSWERS, KINDS
from app.rulesets.library import Library
from tests.engine.build import report_of
from tests.engine.reports import seeded
from tests.mutation.mutate import Mutant, mutants_of
from tests.mutation.texts import TEXTS

MODULES: tuple[ModuleType, ...] = (
    ask, catalogue, compile, conditions, counterfactual, evaluate, explain, fit, hindrances, program,
    rank, reading, reasons, ruleset, safety, select, self_report, verdicts, view, vocabulary,
)  # fmt: skip
COUPLES = Path(__file__).parent / "couples.json"
COMPILING = ("catalogue", "compile", "conditions", "program", "ruleset", "vocabulary")
EXPLAINING = ("counterfactual", "explain", "hindrances")
FEW = 60
"""So few made-up activities that it matters which of them fit."""
_LOT = 2
_A_LITTLE, _LONGER = 1.0, 10.0


class TooLongError(Exception):
    """A mutant that does not come to an end."""


@dataclass(frozen=True)
class Couple:
    """Answers by path, how many activities, and what is asked about (None: a view is)."""

    mine: Mapping[str, Any]
    theirs: Mapping[str, Any] | None
    most: int
    why: str | None
    is_shuffled: bool
    """Whether the activities are made up: such as no author would write, so that every limit comes to bear."""

    def as_json(self) -> str:
        return json.dumps([self.mine, self.theirs, self.most, self.why, self.is_shuffled], separators=(",", ":"))


def all_mutants() -> list[Mutant]:
    return [mutant for module in MODULES for mutant in mutants_of(Path(cast(str, module.__file__)))]


def couples() -> list[Couple]:
    return [Couple(*each) for each in json.loads(COUPLES.read_text(encoding="utf-8"))]


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """So much of the processor's time, however busy the machine is."""

    def stop(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class Told(NamedTuple):
    """A couple as the engine takes it."""

    mine: SelfReport
    theirs: SelfReport | None
    most: int
    why: str | None
    is_shuffled: bool


def told(couple: Couple) -> Told:
    theirs = None if couple.theirs is None else report_of(couple.theirs)
    return Told(report_of(couple.mine), theirs, couple.most, couple.why, couple.is_shuffled)


def shuffled(ruleset: Ruleset) -> Ruleset:
    """Fewer and looser rules, over activities whose traits are drawn by lot."""
    random = seeded(_LOT)
    conditional = [rule for rule in ruleset.rules if conditions.clauses(rule.when)]
    rules = tuple(_otherwise(rule, i % 6) for i, rule in enumerate(conditional))
    activities = tuple(
        replace(
            activity,
            minutes=random.choice((5, 10, 15, 16, 30, 31, 45, 46, 60, 61, 120)),
            times_a_week=random.choice((1, 2, 5)) if activity.repeat == "ritual" else None,
            together=random.random() < 0.7,
            cost=random.choice(("free", "free", "low", "low", "medium", "high")),
            kinds=tuple(random.sample(KINDS, random.choice((1, 1, 2, 3)))),
            interaction=random.choice(("parallel", "parallel", "cooperative", "mutual")),
            novelty=random.choice((0, 0, 1, 2, 3)),
            energy=random.choice(("drained", "ok", "lively")),
            children=random.choice(("present", "present", "asleep", "away")),
            remote=random.random() < 0.5,
            unsuitable_for=tuple(random.sample(("mobility", "pain", "fatigue", "sensory"), random.choice((0, 0, 1)))),
            conflict_ceiling=random.choice(("occasional", "frequent", "chronic", "chronic")),
            fixed_end=random.random() < 0.7,
            tones=tuple(random.sample(get_args(Tone), random.choice((0, 0, 1, 2)))),
            alcohol=random.random() < 0.2,
            parents_only=random.random() < 0.1,
            apart_only=random.random() < 0.1,
            grade=random.choice(get_args(Grade)),
        )
        for activity in ruleset.activities[:: len(ruleset.activities) // FEW]
    )
    return replace(ruleset, activities=activities, rules=rules)


def _otherwise(rule: Rule, how: int) -> Rule:
    """The same rule; or any part of its condition is enough, or it may not hold, or the rule is retired."""
    match how, rule.when:
        case ((0 | 3), conditions.All(parts)):
            return replace(rule, when=conditions.AnyOf(parts))
        case 1, when:
            return replace(rule, when=conditions.Not(when))
        case 4, _:
            return replace(rule, status="retired")
        case _:
            return rule


class Killer:
    """Knows how everything comes out with the engine as it is."""

    def __init__(self, library: Library, chosen: list[Couple]) -> None:
        self.library = library
        self.rulesets = (library.ruleset, shuffled(library.ruleset))
        self.programs = self._compiled_anew()
        self.boundaries = read()
        self.cases = [told(each) for each in chosen]
        self.expected = {id(each): self.outcome(self.programs, each) for each in self.cases}
        self.parsed = self.compiled()

    def _compiled_anew(self) -> tuple[Program, Program]:
        one, two = map(program.prepare, self.rulesets)
        return one, two

    def outcome(self, programs: tuple[Program, Program], case: Told) -> str:
        """What is seen of one couple: both views, or one explanation."""
        mine, theirs, most, why, is_shuffled = case
        prepared = programs[is_shuffled]
        if why is not None:
            target = explain.targets_of(prepared).get(why) or explain.targets_of(prepared)["retreat"]
            return repr(explain.explain(prepared, mine, None if theirs is None else pool(theirs), target, most))
        if theirs is None:
            seen = [evaluate.evaluate(prepared, mine, None, most)]
        else:
            seen = [*evaluate.evaluate_both(prepared, mine, theirs, most)]
            seen.append(evaluate.evaluate(prepared, mine, pool(theirs), most))
        return repr(seen)

    def compiled(self) -> str:
        """What texts are read as, and what is read off the dataclasses."""
        values = {finding.id: finding.values for finding in self.library.ruleset.findings}
        parsed: list[object] = []
        for text in TEXTS:
            for parse in (lambda t: conditions.parse_rule_condition(t, values), conditions.parse_derivation):
                try:
                    parsed.append(parse(text))
                except conditions.ConditionError as error:
                    parsed.append((error.reason, error.offset))
        parsed += [conditions.nearest("wild", tuple(f"word{i}" for i in range(count))) for count in (11, 12, 13)]
        parsed += [conditions.whole(1.25, "time_together.hours_per_week"), conditions.whole(3, "closeness.level")]
        for rule in (rule for each in self.rulesets for rule in each.rules):
            named = conditions.clauses(rule.when)
            for code in (-1, 0, 1):
                codes = {clause.finding: code for clause in named}
                parsed.append([conditions.clause_truth(clause, codes) for clause in named])
        derivations = (condition for each in self.library.ruleset.findings for _, condition in each.tries)
        parsed += [([*conditions.leaves(condition)], conditions.clauses(condition)) for condition in derivations]
        activities = (activity for each in self.rulesets for activity in each.activities)
        parsed += [(activity.minutes_a_week, activity.decline_reasons) for activity in activities]
        parsed.append(list(vocabulary._answers(SelfReport, "")))
        parsed.append([answer.is_pooled for answer in ANSWERS.values()])
        return repr(parsed)

    def kills(self, mutant: Mutant) -> bool:
        """Whether anything comes out otherwise."""
        return self.killing(mutant) is not None

    def killing(self, mutant: Mutant) -> Told | str | None:
        """The first couple that tells the mutant apart, or in words what gave it away before; None: it lives on."""
        with in_force(mutant):
            try:
                prepared = self._prepared(mutant)
            except Exception as error:  # noqa: BLE001  whatever it breaks
                return f"does not compile: {type(error).__name__}"
            if prepared is None:
                return "texts are read otherwise"
            for each in prepared:
                each.reasons.clear()
            found = next((case for case in self._likely_first(mutant) if self._differs(prepared, case)), None)
            if found is None and self._breaks_boundaries(prepared[0]):
                return "a boundary scenario"
        for each in self.programs:
            each.reasons.clear()
        return found

    def _prepared(self, mutant: Mutant) -> tuple[Program, Program] | None:
        """The programs as the mutant makes them; None where already the reading of texts gives it away."""
        if mutant.module not in COMPILING:
            return self.programs
        with at_most(_LONGER):
            if self.compiled() != self.parsed:
                return None
            anew = self._compiled_anew()
            return anew if all(isinstance(each, Program) for each in anew) else None

    def _breaks_boundaries(self, prepared: Program) -> bool:
        """Whether the suite of boundary scenarios, which names findings and rules too, sees it."""
        try:
            with at_most(_LONGER):
                return any(True for _ in differences(prepared, self.boundaries))
        except Exception:  # noqa: BLE001  whatever it breaks
            return True

    def _likely_first(self, mutant: Mutant) -> list[Told]:
        is_explaining = mutant.module in EXPLAINING
        return sorted(self.cases, key=lambda case: (case.why is None) is is_explaining)

    def _differs(self, prepared: tuple[Program, Program], case: Told) -> bool:
        try:
            with at_most(_A_LITTLE):
                return self.outcome(prepared, case) != self.expected[id(case)]
        except Exception:  # noqa: BLE001  whatever it breaks
            return True


@contextmanager
def in_force(mutant: Mutant) -> Iterator[None]:
    """The mutant instead of what it was made from."""
    module = sys.modules[f"app.engine.{mutant.module}"]
    restore = _exchange_code(module, mutant) if mutant.is_function else _exchange_constant(module, mutant)
    try:
        yield
    finally:
        restore()


def _exchange_code(module: ModuleType, mutant: Mutant) -> Callable[[], None]:
    holder, _, name = mutant.owner.rpartition(".")
    found = vars(getattr(module, holder))[name] if holder else getattr(module, name)
    function = cast(FunctionType, getattr(found, "fget", None) or getattr(found, "__func__", None) or found)
    before = function.__code__
    function.__code__ = mutant.code()

    def restore() -> None:
        function.__code__ = before

    return restore


def _exchange_constant(module: ModuleType, mutant: Mutant) -> Callable[[], None]:
    scope = dict(vars(module))
    with suppress(Exception):
        exec(mutant.code(), scope)  # noqa: S102  our own source, one constant changed
    changed = {name: value for name, value in scope.items() if name in vars(module) and vars(module)[name] is not value}
    places = [
        (each, name, vars(each)[name])
        for each in MODULES
        for name in changed
        if name in vars(each) and vars(each)[name] is vars(module)[name]
    ]
    for each, name, _ in places:
        setattr(each, name, changed[name])

    def restore() -> None:
        for each, name, value in places:
            setattr(each, name, value)

    return restore
