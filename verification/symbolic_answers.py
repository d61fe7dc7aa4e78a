"""The answers of two partners as symbols for z3, and the connectives of what is read from them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import z3

from app.engine.conditions import (
    QUARTERS,
    Algebra,
    Chosen,
    Condition,
    Contains,
    Leaf,
    Linear,
    Rated,
    evaluate_condition,
    is_compared,
)
from app.engine.self_report import OWN_KIND, OWN_SEASON
from app.engine.vocabulary import ALL_SKIPPED, KINDS, READABLE
from app.rulesets.answer_space import HOURS_A_WEEK, LARGEST

Bool = Any
"""A z3 truth value; z3 brings no types of its own."""


Truths = tuple[Bool, Bool]
"""That something is true, and that it is false. Neither: it is unknown."""


_SMALLEST = {"busyness.longest_slot_minutes": 5}
_SAFETY = ALL_SKIPPED.partition(".")[0]


def any_of(parts: Iterable[Bool]) -> Bool:
    return z3.Or(*parts)


def all_of(parts: Iterable[Bool]) -> Bool:
    return z3.And(*parts)


def _all_true(pairs: Iterable[Truths]) -> Truths:
    parts = [*pairs]
    return all_of(holds for holds, _ in parts), any_of(fails for _, fails in parts)


def _denied(pair: Truths) -> Truths:
    return pair[1], pair[0]


BOOLS: Algebra[Bool] = Algebra(all_of, any_of, z3.Not)
PAIRS: Algebra[Truths] = Algebra(_all_true, lambda pairs: _denied(_all_true(map(_denied, pairs))), _denied)
"""The connectives of z3 truth values, and of pairs of them."""


def bounds(path: str) -> tuple[int, int]:
    """Return the least and the most that a number can be, as the whole number that is compared."""
    return _SMALLEST.get(path, 0), LARGEST.get(path, HOURS_A_WEEK * QUARTERS)


class SymbolicReport:
    """A partner's answers. An answer comes into being, with what it can be, when something first reads it."""

    def __init__(self, name: str, solver: z3.Solver, heard: Bool | None = None) -> None:
        """`heard` is for the other partner: whether there is one at all."""
        self.name, self._solver, self._heard = name, solver, heard
        self.known: dict[str, Bool] = {}
        self.levels: dict[str, dict[str, Bool]] = {}
        self.numbers: dict[str, Any] = {}

    def is_known(self, path: str) -> Bool:
        if path not in self.known:
            self.known[path] = known = z3.Bool(f"{self.name}:{path}")
            if self._heard is not None:
                self._solver.add(z3.Implies(known, self._heard))
            self._describe(path, known)
        return self.known[path]

    def _describe(self, path: str, known: Bool) -> None:
        answer = READABLE[path]
        match answer.shape:
            case "number" | "integer":
                low, high = bounds(path)
                self.numbers[path] = number = z3.Int(f"{self.name}:{path}=")
                self._solver.add(number >= low, number <= high)
            case "choices":
                self.levels[path] = self._bools(path, answer.levels)
                self._solver.add(*(z3.Implies(literals, known) for literals in self.levels[path].values()))
                if self._heard is not None and OWN_SEASON in answer.levels:
                    self._solver.add(z3.Not(self.levels[path][OWN_SEASON]))
            case "map_of_choices" | "map_of_scales":
                pass
            case _:
                levels = self._bools(path, answer.levels or ("false", "true"))
                self.levels[path] = levels
                self._solver.add(known == any_of(levels.values()), z3.AtMost(*levels.values(), 1))
        if path.startswith(_SAFETY) and path != ALL_SKIPPED:
            answered = [literal for level, literal in self.levels[path].items() if level != "skip"]
            self._solver.add(z3.Implies(any_of(answered), z3.Not(self.is_level(ALL_SKIPPED, "true"))))

    def _bools(self, path: str, levels: Iterable[str]) -> dict[str, Bool]:
        return {level: z3.Bool(f"{self.name}:{path}={level}") for level in levels}

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
            self.levels[entry] = literals = self._bools(entry, READABLE[path].levels)
            known = self.is_known(path)
            self._solver.add(
                z3.AtMost(*literals.values(), 1), *(z3.Implies(level, known) for level in literals.values())
            )
            if self._heard is not None and entry == f"activity_preferences.likes/{OWN_KIND}":
                self._solver.add(z3.Not(any_of(literals.values())))
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
                holds = is_compared(op, total, constant)
            case _:
                raise TypeError("a derivation reads answers")
        return z3.And(known, holds), z3.And(known, z3.Not(holds))

    def answers(self, model: z3.ModelRef) -> dict[str, Any]:
        """Return these answers in a model, as a report holds them."""

        def holds(symbol: Bool) -> bool:
            return bool(z3.is_true(model.eval(symbol, model_completion=True)))

        return {path: self._answer(path, model, holds) for path, known in self.known.items() if holds(known)}

    def _answer(self, path: str, model: z3.ModelRef, holds: Callable[[Bool], bool]) -> Any:
        answer = READABLE[path]
        match answer.shape:
            case "number":
                return model.eval(self.numbers[path], model_completion=True).as_long() / QUARTERS
            case "integer":
                return model.eval(self.numbers[path], model_completion=True).as_long()
            case "choices":
                return frozenset(level for level, literals in self.levels[path].items() if holds(literals))
            case "map_of_choices" | "map_of_scales":
                rated = ((kind, self.levels.get(f"{path}/{kind}", {})) for kind in KINDS)
                is_scale = answer.shape == "map_of_scales"
                stated = ((kind, level) for kind, of in rated for level, literals in of.items() if holds(literals))
                return {kind: int(level) if is_scale else level for kind, level in stated}
            case shape:
                level = next(level for level, literals in self.levels[path].items() if holds(literals))
                return level == "true" if shape == "yes_no" else int(level) if shape == "scale" else level


@dataclass(frozen=True)
class Agreement:
    """What both said, as a report that the mutual findings read."""

    mine: SymbolicReport
    theirs: SymbolicReport
    name: str = "agreed"

    def condition(self, condition: Condition) -> Truths:
        """A condition on mutual answers."""
        return evaluate_condition(condition, PAIRS, self._leaf)

    def _leaf(self, leaf: Leaf) -> Truths:
        match leaf:
            case Chosen("mutual.affection", levels):
                known, holds = self._affection(*_AFFECTION), any_of(map(self._affection, levels))
            case Contains("mutual.about", member):
                known, holds = any_of(map(self._names, READABLE["mutual.about"].levels)), self._names(member)
            case _:
                raise TypeError("a mutual finding reads mutual answers")
        return z3.And(known, holds), z3.And(known, z3.Not(holds))

    def _names(self, topic: str) -> Bool:
        return z3.And(*(report.is_level("mutual.about", topic) for report in (self.mine, self.theirs)))

    def _affection(self, *levels: str) -> Bool:
        """Return that the lower of two that are open to it is one of these."""
        path, open_ = "mutual.affection", _AFFECTION
        both = z3.And(*(report.is_level(path, *open_) for report in (self.mine, self.theirs)))
        lower = z3.Or(*(report.is_level(path, open_[0]) for report in (self.mine, self.theirs)))
        is_level = {open_[0]: z3.And(both, lower), open_[1]: z3.And(both, z3.Not(lower))}
        return any_of(is_level[level] for level in levels if level in is_level)


_AFFECTION = ("everyday_touch", "open")
"""From the lower to the higher."""
