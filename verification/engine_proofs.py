"""Proofs by running the engine itself, input by input, for what is small enough."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import combinations_with_replacement, pairwise, product
from typing import Any, get_args, get_type_hints

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask
from app.engine.conditions import UNKNOWN, Clause, Condition, Leaf, answer_truth, clause_truth, evaluate_condition
from app.engine.constraints import CONFLICTS, YES_OR_NO
from app.engine.evaluate import evaluate
from app.engine.fit import conflict_fit
from app.engine.ruleset import Activity
from app.engine.selection import order_strategies
from app.engine.self_report import PooledReport, Safety, SelfReport, pool, support_kinds
from app.engine.vocabulary import ANSWERS, POOLED_PATHS, PRACTICES
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of
from app.rulesets.properties import Property, PropertyKind
from verification.counterexamples import MeansResult, Violation

_CRISIS = "self_harm"
_DANGERS = ("fear", "hurt", "injury", "threat", "forced", "control")
_OWN_ACTS = "worried_about_own_acts"
_NEEDS = range(4)
_FEW, _MOST_BROKEN = 2, 20
_SMALLEST = {"busyness.longest_slot_minutes": 5, "busyness.minutes_per_week": 0}
_LARGEST = {"busyness.longest_slot_minutes": 2880, "busyness.minutes_per_week": 1200}


class Runs:
    def __init__(self, library: Library) -> None:
        self.library, self.compiled = library, library.compiled
        self._table = ConstraintTable(library.compiled.index)

    def show(self, wanted: Property) -> MeansResult:
        return _SHOW[wanted.kind](self)

    def support(self) -> MeansResult:
        """Every way to fill in the safety questions at the gate; whole views for up to two answers."""
        names = [field.name for field in fields(Safety)]
        levels = [(None, *ANSWERS[f"safety.{name}"].levels) for name in names]
        broken, count = [], 0
        for values in product(*levels):
            count += 1
            answers: dict[str, Any] = dict(zip(names, values, strict=True))
            if support_kinds(Safety(**answers)) != _asked_for(answers):
                broken.append(Violation("safety answers lead elsewhere", (("a", _said(answers)),)))
                break
        for report, values in product((SelfReport(), report_of(_MUCH)), product(*levels)):
            answers = dict(zip(names, values, strict=True))
            if sum(value is not None for value in values) <= _FEW and self._leads_elsewhere(report, answers):
                broken.append(
                    Violation("the view after safety answers is not what it should be", (("a", _said(answers)),))
                )
        return MeansResult(tuple(broken), count, count)

    def _leads_elsewhere(self, report: SelfReport, answers: Mapping[str, Any]) -> bool:
        view = evaluate(self.compiled, replace(report, safety=Safety(**answers)), None)
        kinds = _asked_for(answers)
        is_silent = not (view.strategies or view.activities or view.insights or view.ask_next or view.verdicts)
        return view.support != kinds or (view.outcome == "support") is not bool(kinds) or is_silent is not bool(kinds)

    def stays_private(self) -> MeansResult:
        """Nothing private is left of a report that is pooled, and nothing that its owner keeps private."""
        broken, count = [], 0
        left = sorted(set(_paths(PooledReport)) - POOLED_PATHS)
        if left:
            broken.append(Violation(f"a pooled report has a place for {', '.join(left)}"))
        for path in ANSWERS.keys() - {"keep_private"}:
            for value in _values(path):
                count += 1
                answered = {path: value} if path in POOLED_PATHS else {path: value, "goal": "repair"}
                withheld = {"keep_private": frozenset([path])} if path in POOLED_PATHS else {}
                pooled = pool(report_of(answered | withheld))
                expected = pool(report_of({} if path in POOLED_PATHS else {"goal": "repair"}))
                if _answers_of(pooled) != _answers_of(expected):
                    broken.append(Violation(f"{path} is pooled though it is private", (("b", answered | withheld),)))
        return MeansResult(tuple(broken), count, count)

    def shrinks(self) -> MeansResult:
        """Conflict comes in through one set of activities for each level, and each holds the next."""
        index = self.compiled.index
        sets = [conflict_fit(index, code) for code in (UNKNOWN, *range(len(CONFLICTS)))]
        broken = []
        for lower, higher in pairwise(sets):
            broken += [Violation(f"{a.id} fits at more conflict and not at less") for a in self._of(higher & ~lower)]
        for code, level in enumerate(CONFLICTS):
            broken += [
                Violation(f"{activity.id} fits above its ceiling, in {level} conflict")
                for activity in self._of(sets[code + 1])
                if CONFLICTS.index(activity.conflict_ceiling) < code
            ]
        return MeansResult(tuple(broken), len(sets) * len(index.order), len(sets))

    def within_limits(self) -> MeansResult:
        """Try all limits in twos, of one person and of two: what fits is never more than each allows by itself."""
        index = self.compiled.index
        scopes = {row.answer: row.scope for row in index.constraints.table if row.answer not in _HOME[1:]}
        single = [(path, value) for path in scopes for value in self._levels(path)]
        allowed = [self._table.left_by((path,), {path: value}) for path, value in single]
        broken: list[Violation] = []
        count = 0
        for ((one, a), mine), ((two, b), theirs) in product(zip(single, allowed, strict=True), repeat=2):
            if one == two and scopes[one] == "couple":
                both = self._table.left_by((one,), {one: a}, {two: b})
            else:
                both = mine & (theirs | ~index.joint if scopes[two] == "participants" else theirs)
            count += 1
            broken += self._beyond({one: a}, {two: b}, both)
            if one < two:
                count += 1
                broken += self._beyond({one: a, two: b}, None, mine & theirs)
        at_home = [dict(zip(_HOME, values, strict=True)) for values in product(*_AT_HOME)]
        for mine_known, theirs_known in product(
            [{path: value for path, value in home.items() if value is not None} for home in at_home], repeat=2
        ):
            count += 1
            broken += self._beyond(mine_known, theirs_known, self._table.left_by(_HOME, mine_known, theirs_known))
        return MeansResult(tuple(broken[:_MOST_BROKEN]), count, count)

    def _beyond(self, mine: Answers, theirs: Answers | None, bound: Mask) -> Iterator[Violation]:
        """Yield what fits and should not. An unknown slot or budget has a careful limit standing in for it."""
        other = None if theirs is None else pool(report_of(theirs))
        for path in (_SLOT, "circumstances.budget"):
            bound &= -1 if path in mine else self._table.left_by((path,), {})
        beyond = evaluate(self.compiled, report_of(mine), other).fitting & ~bound
        if beyond:
            names = ", ".join(activity.id for activity in self._of(beyond))
            yield Violation(f"{names} fits beyond a limit", (("a", mine), ("b", theirs or {})))

    def ordered(self) -> MeansResult:
        """Every mix of needs: the strongest first, one by one; then the article's order."""
        compiled = self.compiled
        every = [1 if strategy is not None else 0 for strategy in compiled.strategy_of]
        per_strategy = [
            list(combinations_with_replacement(_NEEDS, len(practices))) for _, practices in compiled.practices_of
        ]
        broken, count = [], 0
        for mixes in product(*per_strategy):
            count += 1
            needs = [0] * len(PRACTICES)
            for (_, practices), mix in zip(compiled.practices_of, mixes, strict=True):
                for practice, need in zip(practices, mix, strict=True):
                    needs[practice] = need
            eligible = [have if needs[practice] else 0 for practice, have in enumerate(every)]
            order = order_strategies(compiled, needs, eligible)
            if order != _plain_order(mixes):
                broken.append(Violation(f"needs {mixes} are ordered {order}"))
        return MeansResult(tuple(broken[:_MOST_BROKEN]), count, count)

    def _of(self, mask: Mask) -> Iterator[Activity]:
        return (activity for bit, activity in enumerate(self.compiled.index.order) if mask >> bit & 1)

    def _levels(self, path: str) -> list[Any]:
        """Return all levels, or for minutes each amount that some activity needs, and one less."""
        if path in _SMALLEST:
            order = self.compiled.index.order
            needed = {a.minutes if path == _SLOT else a.minutes_a_week or 0 for a in order}
            edges = {at for amount in needed for at in (amount - 1, amount)}
            return sorted(at for at in edges | {60} if _SMALLEST[path] <= at <= _LARGEST[path])
        if path == "activity_preferences.likes":
            return [{kind: "avoid"} for kind in self.compiled.index.by_kind]
        return _values(path)


_MUCH: Answers = {
    "conflict.level": "frequent",
    "communication.ease": "strained",
    "closeness.level": 2,
    "private.willingness": "yes",
    "private.affection_interest": "open",
    "activity_preferences.likes": {"walk": "love"},
}
_SLOT = "busyness.longest_slot_minutes"
_HOME = ("circumstances.living", "circumstances.children_at_home", "circumstances.childcare")
_AT_HOME: tuple[tuple[Any, ...], ...] = (
    (None, "same_home", "same_city", "long_distance"),
    (None, "none", "under_6"),
    (None, False, True),
)


class ConstraintTable:
    """The table of constraints for the activities of one ruleset, read condition by condition."""

    def __init__(self, index: ActivityIndex) -> None:
        self._everything = index.everything
        self._kept_out: dict[str, dict[Condition, Mask]] = {}
        for bit, limits in enumerate(index.constraints.of_activity):
            for constraint, condition, _ in limits:
                by_condition = self._kept_out.setdefault(constraint.answer, {})
                by_condition[condition] = by_condition.get(condition, 0) | 1 << bit

    def left_by(self, paths: Collection[str], *reports: Answers) -> Mask:
        """Return the activities that no constraint on these answers keeps out, where the reports give them."""
        left = self._everything
        for path in paths:
            for condition, mask in self._kept_out.get(path, {}).items():
                if left & mask and _keeps_out(condition, *reports):
                    left &= ~mask
        return left


def _keeps_out(condition: Condition, *reports: Answers) -> bool:
    """Return whether the condition of a constraint holds, a leaf being so when one of the reports states it."""

    def is_stated(leaf: Leaf) -> bool:
        if isinstance(leaf, Clause):
            levels = [CONFLICTS.index(report["conflict.level"]) for report in reports if "conflict.level" in report]
            return clause_truth(leaf, {leaf.finding: max(levels, default=UNKNOWN)}) is True
        return any(answer_truth(leaf, report) for report in reports)

    return evaluate_condition(condition, YES_OR_NO, is_stated)


def _said(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {f"safety.{name}": value for name, value in answers.items() if value is not None}


def _asked_for(answers: Mapping[str, str | None]) -> tuple[str, ...]:
    kinds = {
        "crisis": answers[_CRISIS] == "yes",
        "danger": any(answers[name] == "yes" for name in _DANGERS),
        "concern": answers["humiliated"] == "often",
        "own_acts": answers[_OWN_ACTS] == "yes",
    }
    return tuple(kind for kind, applies in kinds.items() if applies)


def _plain_order(mixes: tuple[tuple[int, ...], ...]) -> list[int]:
    """Compared one by one, a missing need being least; equal ones stay in the article's order."""
    longest = max(map(len, mixes))
    keys = []
    for place, mix in enumerate(mixes):
        strongest = sorted((need for need in mix if need), reverse=True)
        keys.append(([-need for need in strongest] + [0] * (longest - len(strongest)), place))
    return [place for _, place in sorted(keys)]


def _values(path: str) -> list[Any]:
    """Return values of an answer; of sets and maps one entry at a time, of numbers a few."""
    answer = ANSWERS[path]
    least = _SMALLEST.get(path, 0)
    values: Mapping[str, list[Any]] = {
        "number": [least, least + 30],
        "integer": [least, least + 30],
        "yes_no": [False, True],
        "scale": [int(level) for level in answer.levels if level.isdigit()],
        "choice": list(answer.levels),
        "choices": [frozenset([level]) for level in answer.levels],
        "map_of_choices": [{"walk": level} for level in answer.levels],
        "map_of_scales": [{"walk": int(level)} for level in answer.levels if level.isdigit()],
    }
    return values[answer.shape]


def _paths(group: type, prefix: str = "") -> Iterator[str]:
    for name, annotation in get_type_hints(group).items():
        inner = next((part for part in get_args(annotation) if is_dataclass(part)), None)
        if isinstance(inner, type):
            yield from _paths(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _answers_of(report: PooledReport) -> dict[str, Any]:
    """Return the answers that are given, without groups in which nothing is."""
    by_path = {}
    for path in _paths(PooledReport):
        group, _, name = path.partition(".")
        answers = getattr(report, group)
        value = answers if not name or answers is None else getattr(answers, name)
        if value is not None:
            by_path[path] = value
    return by_path


_SHOW: Mapping[PropertyKind, Callable[[Runs], MeansResult]] = {
    "support": Runs.support,
    "stays_private": Runs.stays_private,
    "shrinks": Runs.shrinks,
    "within_limits": Runs.within_limits,
    "ordered": Runs.ordered,
}
