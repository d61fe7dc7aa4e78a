"""Two partners' answers as symbols, and all that the rules make of them, for z3.

Only what the viewer's whole report and the other's pooled one can hold is possible here: so what z3 finds are answers
that two people can give, and what it does not find nobody can.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import z3

from app.engine.conditions import (
    QUARTERS,
    Algebra,
    Chosen,
    Clause,
    Condition,
    Contains,
    Leaf,
    Linear,
    Rated,
    evaluate_condition,
    truth_pairs,
)
from app.engine.findings import CodeOperations, meet
from app.engine.ruleset import Finding, Need, Rule, Ruleset
from app.engine.vocabulary import ANSWERS, KINDS, PRACTICES
from app.rulesets.answer_space import HOURS_A_WEEK, LARGEST, REQUIRED

Bool = Any
"""A z3 truth value; z3 brings no types of its own."""

Truths = tuple[Bool, Bool]
"""That something is true, and that it is false. Neither: it is unknown."""

_TOP_RATING = 5
_SMALLEST = {"busyness.longest_slot_minutes": 5}
TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)


def any_of(parts: Iterable[Bool]) -> Bool:
    return z3.Or(*parts)


def all_of(parts: Iterable[Bool]) -> Bool:
    return z3.And(*parts)


BOOLS: Algebra[Bool] = Algebra(all_of, any_of, z3.Not)
PAIRS: Algebra[Truths] = truth_pairs(BOOLS)
"""The connectives of z3 truth values, and of pairs of them."""


def bounds(path: str) -> tuple[int, int]:
    """Return the least and the most that a number can be, as the whole number that is compared."""
    return _SMALLEST.get(path, 0), LARGEST.get(path, HOURS_A_WEEK * QUARTERS)


class SymbolicReport:
    """A partner's answers. An answer comes into being, with what it can be, when something first reads it."""

    def __init__(self, name: str, solver: z3.Solver, required: tuple[str, ...] = ()) -> None:
        self._name, self._solver, self._required = name, solver, required
        self.known: dict[str, Bool] = {}
        self.levels: dict[str, dict[str, Bool]] = {}
        self.numbers: dict[str, Any] = {}

    def is_known(self, path: str) -> Bool:
        if path not in self.known:
            self.known[path] = known = z3.Bool(f"{self._name}:{path}")
            if path in self._required:
                self._solver.add(known)
            self._describe(path, known)
        return self.known[path]

    def _describe(self, path: str, known: Bool) -> None:
        answer = ANSWERS[path]
        match answer.shape:
            case "number" | "integer":
                low, high = bounds(path)
                self.numbers[path] = number = z3.Int(f"{self._name}:{path}=")
                self._solver.add(number >= low, number <= high)
            case "choices":
                self.levels[path] = self._bools(path, answer.levels)
                self._solver.add(*(z3.Implies(level, known) for level in self.levels[path].values()))
            case "map_of_choices" | "map_of_scales":
                pass
            case _:
                levels = self._bools(path, answer.levels or ("false", "true"))
                self.levels[path] = levels
                self._solver.add(known == any_of(levels.values()), z3.AtMost(*levels.values(), 1))

    def _bools(self, path: str, levels: Iterable[str]) -> dict[str, Bool]:
        return {level: z3.Bool(f"{self._name}:{path}={level}") for level in levels}

    def is_level(self, path: str, *levels: str) -> Bool:
        """The answer is one of these, or holds one of these."""
        self.is_known(path)
        return any_of(self.levels[path][level] for level in levels)

    def number(self, path: str) -> Any:
        self.is_known(path)
        return self.numbers[path]

    def rates(self, path: str, kind: str, *levels: str) -> Bool:
        """Return that a map rates one kind of activity at one of these levels."""
        entry = f"{path}/{kind}"
        if entry not in self.levels:
            self.levels[entry] = rated = self._bools(entry, ANSWERS[path].levels)
            known = self.is_known(path)
            self._solver.add(z3.AtMost(*rated.values(), 1), *(z3.Implies(level, known) for level in rated.values()))
        return any_of(self.levels[entry][level] for level in levels)

    def condition(self, condition: Condition) -> Truths:
        """A condition on answers."""
        return evaluate_condition(condition, PAIRS, self.leaf)

    def leaf(self, leaf: Leaf) -> Truths:
        """Return that a leaf on answers is true, and that it is false."""
        match leaf:
            case Chosen(path, levels):
                known, holds = self.is_known(path), self.is_level(path, *levels)
            case Contains(path, member):
                known, holds = self.is_known(path), self.is_level(path, member)
            case Rated(path, kind, level):
                known, holds = self.is_known(path), self.rates(path, kind, level)
            case Linear(terms, op, constant):
                known = all_of(self.is_known(path) for _, path in terms)
                total = z3.Sum(*(factor * self.number(path) for factor, path in terms))
                holds = _COMPARED[op](total, constant)
            case _:
                raise TypeError("a derivation reads answers")
        return z3.And(known, holds), z3.And(known, z3.Not(holds))

    def answers(self, model: z3.ModelRef) -> dict[str, Any]:
        """Return these answers in a model, as a report holds them."""

        def holds(symbol: Bool) -> bool:
            return bool(z3.is_true(model.eval(symbol, model_completion=True)))

        return {path: self._answer(path, model, holds) for path, known in self.known.items() if holds(known)}

    def _answer(self, path: str, model: z3.ModelRef, holds: Callable[[Bool], bool]) -> Any:
        answer = ANSWERS[path]
        match answer.shape:
            case "number":
                return model.eval(self.numbers[path], model_completion=True).as_long() / QUARTERS
            case "integer":
                return model.eval(self.numbers[path], model_completion=True).as_long()
            case "choices":
                return frozenset(level for level, symbol in self.levels[path].items() if holds(symbol))
            case "map_of_choices" | "map_of_scales":
                rated = ((kind, self.levels.get(f"{path}/{kind}", {})) for kind in KINDS)
                is_scale = answer.shape == "map_of_scales"
                ratings = ((kind, level) for kind, of in rated for level, symbol in of.items() if holds(symbol))
                return {kind: int(level) if is_scale else level for kind, level in ratings}
            case shape:
                level = next(level for level, symbol in self.levels[path].items() if holds(symbol))
                return level == "true" if shape == "yes_no" else int(level) if shape == "scale" else level


_COMPARED: Mapping[str, Callable[[Any, int], Bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _first_known(mine: tuple[Bool, ...], theirs: tuple[Bool, ...]) -> tuple[Bool, ...]:
    silent = z3.Not(any_of(mine))
    return tuple(z3.Or(a, z3.And(silent, b)) for a, b in zip(mine, theirs, strict=True))


def _worse(mine: tuple[Bool, ...], theirs: tuple[Bool, ...]) -> tuple[Bool, ...]:
    return tuple(
        z3.And(z3.Or(mine[i], theirs[i]), z3.Not(any_of((*mine[i + 1 :], *theirs[i + 1 :])))) for i in range(len(mine))
    )


ONE_HOT = CodeOperations(_first_known, _worse)
"""How codes meet that are given as one truth value for each value of a finding."""


@dataclass(frozen=True)
class SymbolicCouple:
    """The owner of a view and the other partner. Nobody heard of the other is like nothing answered, for the rules."""

    world: "SymbolicRuleset"
    mine: SymbolicReport
    theirs: SymbolicReport

    @cached_property
    def own(self) -> dict[str, tuple[Bool, ...]]:
        """The viewer's codes: for each finding, that the answers amount to each of its values."""
        return {f.id: self.found(f, self.mine, "own") for f in self.world.findings if not f.gap}

    @cached_property
    def other(self) -> dict[str, tuple[Bool, ...]]:
        shared = (f for f in self.world.findings if not f.gap and f.both != "own")
        return {f.id: self.found(f, self.theirs, "other") for f in shared}

    def found(self, finding: Finding, report: SymbolicReport, whose: str) -> tuple[Bool, ...]:
        """The first of its tries that is true."""
        codes: dict[str, list[Bool]] = {value: [] for value in finding.values}
        earlier: list[Bool] = []
        for value, condition in finding.tries:
            is_true, _ = report.condition(condition)
            codes[value].append(z3.And(is_true, z3.Not(any_of(earlier))))
            earlier.append(is_true)
        name = f"{whose}:{report._name}:{finding.id}"  # noqa: SLF001  a name for the solver alone
        return self.world.name_each(name, [any_of(ways) for ways in codes.values()])

    @cached_property
    def met(self) -> dict[str, tuple[Bool, ...]]:
        """The codes as the two meet in this view."""
        return {f.id: self._meet(f) for f in self.world.findings}

    def _meet(self, finding: Finding) -> tuple[Bool, ...]:
        mine = self.own.get(finding.id)
        theirs = self.other.get(finding.id) if finding.both != "own" else None
        gap = self._gap(finding) if finding.gap else None
        return cast("tuple[Bool, ...]", meet(finding.both, mine, theirs, gap, ONE_HOT))

    def _gap(self, finding: Finding) -> tuple[Bool, ...]:
        """The largest difference between two ratings of one kind."""
        gap = finding.gap
        if gap is None:
            raise TypeError(finding.id)
        apart: list[list[Bool]] = [[] for _ in range(_TOP_RATING)]
        for kind in KINDS:
            for a in range(1, _TOP_RATING + 1):
                for b in range(1, _TOP_RATING + 1):
                    both = z3.And(self.mine.rates(gap.of, kind, str(a)), self.theirs.rates(gap.of, kind, str(b)))
                    apart[abs(a - b)].append(both)
        reaches = [any_of(case for of in apart[least:] for case in of) for least in (0, gap.partial, gap.mismatched)]
        aligned = z3.And(reaches[0], z3.Not(reaches[1]))
        name = f"gap:{self.mine._name}:{finding.id}"  # noqa: SLF001
        return self.world.name_each(name, [aligned, z3.And(reaches[1], z3.Not(reaches[2])), reaches[2]])

    @cached_property
    def wished_alone(self) -> dict[str, tuple[Bool, ...]]:
        """The codes as they meet, but with what is wished for being the viewer's word alone."""
        wishes = {f.id for f in self.world.findings if f.wish}
        return {id_: self.own[id_] if id_ in wishes else codes for id_, codes in self.met.items()}

    def holds(self, condition: Condition, codes: Mapping[str, tuple[Bool, ...]] | None = None) -> Bool:
        """Return that a condition on findings is true, as the two meet or for other codes."""
        of = self.met if codes is None else codes

        def clause(leaf: Leaf) -> Truths:
            if not isinstance(leaf, Clause):
                raise TypeError("a rule reads findings")
            by_code = of[leaf.finding]
            accepted = any_of(by_code[code] for code in leaf.accepts)
            return accepted, z3.And(any_of(by_code), z3.Not(accepted))

        return evaluate_condition(condition, PAIRS, clause)[0]

    @cached_property
    def fires(self) -> dict[str, Bool]:
        return {rule.id: self.holds(rule.when) for rule in self.world.rules}

    @cached_property
    def uncapped(self) -> dict[str, Bool]:
        """The rules that fire without the other's wish."""
        return {rule.id: self.holds(rule.when, self.wished_alone) for rule in self.world.rules}

    def needs(self, practice: str, least: int, without: str | None = None) -> Bool:
        """Return that a practice is called for at least so much; `without` leaves one rule out."""
        return any_of(self.asks(rule, least) for rule in self.world.suggesting[practice] if rule.id != without)

    def asks(self, rule: Rule, least: int) -> Bool:
        if (rule.need or 0) < least:
            return FALSE
        if least <= Need.moderate:
            return self.fires[rule.id]
        return z3.And(self.fires[rule.id], self.uncapped[rule.id])

    def withheld(self, practice: str, without: str | None = None) -> Bool:
        rules = self.world.withholding[practice]
        return any_of(self.fires[rule.id] for rule in rules if rule.id != without)

    def without_tone(self, tone: str, without: str | None = None) -> Bool:
        rules = self.world.softening.get(tone, ())
        return any_of(self.fires[rule.id] for rule in rules if rule.id != without)

    def is_suggested(self, practice: str) -> Bool:
        return z3.And(self.needs(practice, 1), z3.Not(self.withheld(practice)))


class SymbolicRuleset:
    """A ruleset for one solver."""

    def __init__(self, ruleset: Ruleset, timeout_ms: int) -> None:
        self.ruleset = ruleset
        self.solver = z3.Solver()
        self.solver.set("timeout", timeout_ms)
        self.findings = ruleset.findings
        self.rules = tuple(rule for rule in ruleset.rules if rule.status != "retired")
        self.suggesting = {p: tuple(r for r in self.rules if r.suggests == p) for p in PRACTICES}
        self.withholding = {p: tuple(r for r in self.rules if p in r.withholds) for p in PRACTICES}
        tones = dict.fromkeys(tone for rule in self.rules for tone in rule.withholds_tones)
        self.softening: dict[str, tuple[Rule, ...]] = {
            tone: tuple(r for r in self.rules if tone in r.withholds_tones) for tone in tones
        }

    def couple(self, name: str = "") -> SymbolicCouple:
        """Return any two partners; with another name, another two."""
        return SymbolicCouple(
            self, SymbolicReport(f"a{name}", self.solver, REQUIRED), SymbolicReport(f"b{name}", self.solver)
        )

    def name_each(self, name: str, meanings: list[Bool]) -> tuple[Bool, ...]:
        """A symbol for each meaning, so that what is large is told to the solver once."""
        symbols = tuple(z3.Bool(f"{name}#{i}") for i in range(len(meanings)))
        self.solver.add(*(symbol == meaning for symbol, meaning in zip(symbols, meanings, strict=True)))
        return symbols
