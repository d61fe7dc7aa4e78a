"""Terms of what fits: on one side the engine's masks as they are, on the other the table of constraints."""

from collections.abc import Iterator
from functools import cache, reduce
from itertools import groupby, product
from operator import or_
from typing import Any

import z3

from app.engine.conditions import Clause, Condition, Leaf, evaluate_condition
from app.engine.constraint_masks import AnswerMasks
from app.engine.constraints import CONFLICTS
from app.engine.vocabulary import ANSWERS
from app.rulesets.library import Library
from verification.symbolic_answers import BOOLS, Bool, SymbolicReport, all_of, any_of, bounds
from verification.symbols import SymbolicCouple


class Fitting:
    """A couple's fitting activities, or one viewer's where nobody else is heard."""

    def __init__(self, library: Library, couple: SymbolicCouple) -> None:
        self._index = library.compiled.index
        self._masks = self._index.constraints
        # Beyond the table: nothing of these is made for chronic conflict, whatever an activity says of itself.
        self._beyond = (*library.ruleset.strategies[2].practices, "retreat")
        self._couple, self._heard = couple, couple.heard
        self._conflict = couple.forth["conflict"]
        by_facts = self._masks.by_facts
        count = (len(by_facts) - 1).bit_length()
        self._facts = [self._stated(fact) for fact in range(count)]
        self._turned = [
            reduce(or_, (mask ^ by_facts[facts ^ 1 << fact] for facts, mask in enumerate(by_facts)))
            for fact in range(count)
        ]
        # Most activities share their terms, so each is made once.
        self._is_one_of = cache(self._find_one_of)
        self._stretches = {
            limit.path: _stretches(limit) for limit in self._masks.limits if ANSWERS[limit.path].shape == "integer"
        }

    def grows_with_conflict(self, bit: int) -> Bool:
        """Return that an activity fits at one level of conflict and not at a lower one; unknown is the lowest."""
        lower, higher = ([z3.Bool(f"{name}{i}") for i in range(len(CONFLICTS))] for name in ("lower", "higher"))
        one_each = z3.And(z3.AtMost(*lower, 1), z3.PbEq([(level, 1) for level in higher], 1))
        rises = z3.Or(z3.Not(any_of(lower)), *(z3.And(a, any_of(higher[i + 1 :])) for i, a in enumerate(lower)))
        elsewhere = self._fits_but_for_conflict(bit)
        fits = z3.And(elsewhere, self._suits_conflict(bit, tuple(higher)))
        return z3.And(one_each, rises, fits, z3.Not(z3.And(elsewhere, self._suits_conflict(bit, tuple(lower)))))

    def passes_a_limit(self, bit: int) -> Bool:
        """Return that an activity fits, and yet a constraint keeps it out."""
        return z3.And(self.fits(bit), any_of(self._kept_out(bit)))

    def fits(self, bit: int) -> Bool:
        """Return that the engine's masks leave an activity."""
        welcome = any_of(self._couple.agreed["affection"]) if self._is_affection(bit) else z3.BoolVal(val=True)
        return z3.And(self._fits_but_for_conflict(bit), self._suits_conflict(bit, self._conflict), welcome)

    def _is_affection(self, bit: int) -> bool:
        return bool(self._index.by_practice["affection"] >> bit & 1)

    def _fits_but_for_conflict(self, bit: int) -> Bool:
        couple, heard = self._couple, self._heard
        parts = [self._allows(couple.mine, bit), z3.Not(self._vetoes(couple.mine, bit)), self._suits_facts(bit)]
        parts.append(z3.Implies(heard, z3.Not(self._vetoes(couple.theirs, bit))))
        if self._index.joint >> bit & 1:
            parts.append(z3.Implies(heard, self._allows(couple.theirs, bit)))
        return all_of(parts)

    def _suits_conflict(self, bit: int, codes: tuple[Bool, ...]) -> Bool:
        *known, unknown = self._masks.by_conflict
        at = any_of(code for code, mask in zip(codes, known, strict=True) if mask >> bit & 1)
        return z3.Or(at, z3.Not(any_of(codes))) if unknown >> bit & 1 else at

    def _allows(self, report: SymbolicReport, bit: int) -> Bool:
        return all_of((*(self._leaves(report, limit, bit) for limit in self._masks.limits), self._rests(report, bit)))

    def _rests(self, report: SymbolicReport, bit: int) -> Bool:
        """Return that a drained partner rests, or loves the main kind."""
        if self._index.restful >> bit & 1:
            return z3.BoolVal(val=True)
        loves = (
            report.rates("activity_preferences.likes", kind, "love")
            for kind, mask in self._index.by_main_kind.items()
            if mask >> bit & 1
        )
        return z3.Or(z3.Not(report.is_level("busyness.energy", "drained")), *loves)

    def _leaves(self, report: SymbolicReport, limit: AnswerMasks, bit: int) -> Bool:
        """Return that the mask of one answer has the bit, by trying every value that it can have."""
        path, stretches = limit.path, self._stretches.get(limit.path)
        if stretches is not None:
            left = tuple(i for i, (_, _, mask) in enumerate(stretches) if mask >> bit & 1)
        else:
            left = tuple(i for i, level in enumerate(_levels(path)) if limit.of(_as_value(path, level)) >> bit & 1)
        return self._is_one_of(report, path, left, is_careful=not limit.of(None) >> bit & 1)

    def _find_one_of(self, report: SymbolicReport, path: str, left: tuple[int, ...], *, is_careful: bool) -> Bool:
        """Return that an answer is one of the values at these places; `is_careful`: that it is there at all."""
        if ANSWERS[path].shape == "choices":
            gone = [level for i, level in enumerate(ANSWERS[path].levels) if i not in left]
            return z3.Not(report.is_level(path, *gone))
        if path in self._stretches:
            number, ranges = report.number(path), [self._stretches[path][i] for i in left]
            here = any_of(z3.And(number >= low, number <= high) for low, high, _ in ranges)
        else:
            here = report.is_level(path, *(_levels(path)[i] for i in left))
        known = report.is_known(path)
        return z3.And(known, here) if is_careful else z3.Implies(known, here)

    def _vetoes(self, report: SymbolicReport, bit: int) -> Bool:
        return any_of(
            report.rates("activity_preferences.likes", kind, level)
            for level, kinds in self._masks.vetoes.items()
            for kind, mask in kinds.items()
            if mask >> bit & 1
        )

    def _suits_facts(self, bit: int) -> Bool:
        """Return that the facts that the two state are a combination that leaves the bit."""
        stated = self._facts
        decisive = [fact for fact, turned in enumerate(self._turned) if turned >> bit & 1]
        # Facts that do not turn it may be taken as not stated.
        allowed = {
            truths
            for truths in product((False, True), repeat=len(decisive))
            if self._masks.by_facts[sum(1 << i for i, is_so in zip(decisive, truths, strict=True) if is_so)] >> bit & 1
        }
        if not decisive:
            return z3.BoolVal(bool(allowed))
        return any_of(
            all_of(stated[i] if is_so else z3.Not(stated[i]) for i, is_so in zip(decisive, combination, strict=True))
            for combination in allowed
        )

    def _stated(self, fact: int) -> Bool:
        """Return that one of the two states a fact: gives an answer whose mask of facts has its bit."""
        levels = [
            (masks.path, level)
            for masks in self._masks.facts
            for level in _levels(masks.path)
            if masks.of(_as_value(masks.path, level)) >> fact & 1
        ]
        return any_of(self._of_either(path, level) for path, level in levels)

    def _of_either(self, path: str, *levels: str) -> Bool:
        couple = self._couple
        return z3.Or(couple.mine.is_level(path, *levels), z3.And(self._heard, couple.theirs.is_level(path, *levels)))

    def _kept_out(self, bit: int) -> Iterator[Bool]:
        """Yield that each constraint of the table keeps an activity out."""
        couple, activity = self._couple, self._index.order[bit]
        for constraint, condition, _ in self._masks.of_activity[bit]:
            if constraint.scope == "couple":
                yield evaluate_condition(condition, BOOLS, self._of_the_couple)
                continue
            yield self._keeps_out(condition, couple.mine)
            if activity.together or constraint.scope == "either":
                yield z3.And(self._heard, self._keeps_out(condition, couple.theirs))
        if activity.practice in self._beyond:
            yield self._conflict[-1]
        if activity.practice == "affection":
            yield z3.Not(any_of(self._couple.agreed["affection"]))

    def _keeps_out(self, condition: Condition, report: SymbolicReport) -> Bool:
        return evaluate_condition(condition, BOOLS, lambda leaf: report.leaf(leaf)[0])

    def _of_the_couple(self, leaf: Leaf) -> Bool:
        if isinstance(leaf, Clause):
            return any_of(self._conflict[code] for code in leaf.accepts)
        couple = self._couple
        return z3.Or(couple.mine.leaf(leaf)[0], z3.And(self._heard, couple.theirs.leaf(leaf)[0]))


def _levels(path: str) -> tuple[str, ...]:
    return ANSWERS[path].levels or ("false", "true")


def _as_value(path: str, level: str) -> Any:
    match ANSWERS[path].shape:
        case "yes_no":
            return level == "true"
        case "choices":
            return frozenset((level,))
        case _:
            return level


def _stretches(limit: AnswerMasks) -> list[tuple[int, int, int]]:
    """Return the ranges of a number within which the mask is the same, each with its mask; every number is tried."""
    low, high = bounds(limit.path)
    ranges = [(mask, [*numbers]) for mask, numbers in groupby(range(low, high + 1), key=limit.of)]
    return [(numbers[0], numbers[-1], mask) for mask, numbers in ranges]
