"""Proofs by running the engine itself, input by input, for what is small enough."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import combinations, pairwise, product
from typing import Any, TypeVar, get_args, get_type_hints

from app.engine.bitset import Mask, positions
from app.engine.conditions import UNKNOWN
from app.engine.constraints import CONFLICTS
from app.engine.evaluate import evaluate, narrow
from app.engine.history import Moment
from app.engine.offer import conflict_fit
from app.engine.ruleset import Activity
from app.engine.self_report import PooledReport, Safety, SelfReport, answer_at, pool, support_kinds
from app.engine.vocabulary import ANSWERS, POOLED_PATHS
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of
from app.rulesets.properties import Property
from verification.activities_left import HOME, ConstraintTable, mixes
from verification.counterexamples import MeansResult, Violation
from verification.judged import judge
from verification.reach_search import decides, reached
from verification.symbolic_answers import bounds

_Member = TypeVar("_Member")
_CRISIS = "self_harm"
_DANGERS = ("fear", "hurt", "injury", "threat", "forced", "control")
_OWN_ACTS = "worried_about_own_acts"
_FEW, _MOST_BROKEN = 2, 20


class Runs:
    """The runs of one ruleset. Each kind of property is shown by the method of its name."""

    def __init__(self, library: Library) -> None:
        self.library, self.compiled = library, library.compiled
        self._table = ConstraintTable(library.compiled.index)

    def show(self, wanted: Property) -> MeansResult:
        shown: MeansResult = getattr(self, wanted.kind)()
        return shown

    def support(self) -> MeansResult:
        """Every way to fill in the safety questions at the gate; whole views for up to two answers."""
        names = [field.name for field in fields(Safety)]
        levels = [(None, *ANSWERS[f"safety.{name}"].levels) for name in names]
        every: list[dict[str, Any]] = [dict(zip(names, values, strict=True)) for values in product(*levels)]
        broken = []
        for answers in every:
            if support_kinds(Safety(**answers)) != _asked_for(answers):
                broken.append(Violation("safety answers lead elsewhere", (("a", _said(answers)),)))
                break
        few = [answers for answers in every if len(_said(answers)) <= _FEW]
        for answered, answers in product((SelfReport(), report_of(_MUCH)), few):
            if self._leads_elsewhere(answered, answers):
                says = "the view after safety answers is not what it should be"
                broken.append(Violation(says, (("a", _said(answers)),)))
        return MeansResult(tuple(broken), len(every), len(every))

    def _leads_elsewhere(self, answered: SelfReport, answers: Mapping[str, Any]) -> bool:
        view = evaluate(self.compiled, replace(answered, safety=Safety(**answers)), None)
        due = _asked_for(answers)
        is_silent = not (view.opening or view.strategies or view.activities or view.insights or view.ask_next)
        return view.support != due or (view.outcome == "support") is not bool(due) or is_silent is not bool(due)

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
                private = {"keep_private": frozenset([path])} if path in POOLED_PATHS else {}
                pooled = pool(report_of(answered | private))
                expected = pool(report_of({} if path in POOLED_PATHS else {"goal": "repair"}))
                if any(answer_at(pooled, other) != answer_at(expected, other) for other in POOLED_PATHS):
                    broken.append(Violation(f"{path} is pooled though it is private", (("b", answered | private),)))
        return MeansResult(tuple(broken), count, count)

    def shrinks(self) -> MeansResult:
        """Conflict comes in through one set of activities for each level, and each holds the next."""
        index = self.compiled.index
        sets = [conflict_fit(index, code) for code in (UNKNOWN, *range(len(CONFLICTS)))]
        broken = [
            Violation(f"{activity.id} fits at more conflict and not at less")
            for lower, higher in pairwise(sets)
            for activity in self._of(higher & ~lower)
        ]
        broken += [
            Violation(f"{activity.id} fits above its ceiling, in {level} conflict")
            for code, level in enumerate(CONFLICTS)
            for activity in self._of(sets[code + 1])
            if CONFLICTS.index(activity.conflict_ceiling) < code
        ]
        return MeansResult(tuple(broken), len(sets) * len(index.order), len(sets))

    def within_limits(self) -> MeansResult:
        """Try all limits in twos, of one person and of two: what fits is never more than each allows by itself."""
        index = self.compiled.index
        scopes = {entry.answer: entry.scope for entry in index.constraints.table if entry.answer not in [*HOME][1:]}
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
                # Who is drained may still do what they love, so these two are read together.
                together = {one, two} == {_ENERGY, _LIKES}
                bound = self._table.left_by((one, two), {one: a, two: b}) if together else mine & theirs
                broken += self._beyond({one: a, two: b}, None, bound)
        for mine_known, theirs_known in product(mixes(HOME), repeat=2):
            count += 1
            broken += self._beyond(mine_known, theirs_known, self._table.left_by(HOME, mine_known, theirs_known))
        return MeansResult(tuple(broken[:_MOST_BROKEN]), count, count)

    def _beyond(self, mine: Answers, theirs: Answers | None, bound: Mask) -> Iterator[Violation]:
        """Yield what fits and should not. An unknown slot or budget has a careful limit standing in for it."""
        other = None if theirs is None else report_of(theirs)
        for path in (_SLOT, "circumstances.budget"):
            bound &= -1 if path in mine else self._table.left_by((path,), {})
        beyond = judge(self.compiled, report_of(mine), other).offer.fitting & ~bound
        if beyond:
            names = ", ".join(activity.id for activity in self._of(beyond))
            yield Violation(f"{names} fits beyond a limit", (("a", mine), ("b", theirs or {})))

    def ordered(self) -> MeansResult:
        """Every mix of needs with few precedences and with nearly all: the strongest need, the first one, the article.

        The first true precedence of a strategy decides for it, so that as many as there are strategies are enough.
        """
        compiled, everything = self.compiled, self.compiled.index.everything
        offer = judge(compiled, SelfReport(), None, Moment(limit=1)).offer
        # One activity of each strategy is enough for the order.
        joint = compiled.index.joint & ~compiled.index.parallel & ~compiled.index.by_practice["affection"]
        here = [1 << positions(strategy.activities & joint)[0] for strategy in compiled.strategies]
        precedences, broken, count = compiled.signs.precedences, [], 0
        for needs, true in product(product(range(4), repeat=len(here)), _few_or_nearly_all(precedences, len(here))):
            count += 1
            strong, firm, called = (
                sum(mask for mask, need in zip(here, needs, strict=True) if need >= least) for least in (3, 2, 1)
            )
            pair = offer.pair._replace(strong=strong, firm=firm, called=called, signs=sum(bit for bit, _ in true))
            stands = narrow(offer._replace(pair=pair, eligible=called, passive=0), everything, everything)
            places = [strategy for _, strategy in true]
            if stands.suggested and list(stands.strategies) != _plain_order(needs, places):
                broken.append(Violation(f"needs {needs} with precedences {places} are ordered {stands.strategies}"))
        return MeansResult(tuple(broken[:_MOST_BROKEN]), count, count)

    def reached(self) -> MeansResult:
        return reached(self.library)

    def decides(self) -> MeansResult:
        return decides(self.library)

    def _of(self, mask: Mask) -> Iterator[Activity]:
        return (self.compiled.index.order[bit] for bit in positions(mask))

    def _levels(self, path: str) -> list[Any]:
        """Return all levels, or for minutes each amount that some activity needs, and one less."""
        if path in (_SLOT, "busyness.minutes_per_week"):
            order, (least, highest) = self.compiled.index.order, bounds(path)
            needed = {a.minutes if path == _SLOT else a.minutes_a_week or 0 for a in order}
            edges = {at for entry in needed for at in (entry - 1, entry)}
            return sorted(at for at in edges | {60} if least <= at <= highest)
        if path == _LIKES:
            return [{kind: level} for kind in self.compiled.index.by_kind for level in ("avoid", "love")]
        return _values(path)


_MUCH: Answers = {
    "conflict.level": "frequent",
    "communication.ease": "strained",
    "closeness.level": 2,
    "private.willingness": "yes",
    "mutual.affection": "open",
    "activity_preferences.likes": {"walk": "love"},
}
_SLOT = "busyness.longest_slot_minutes"
_ENERGY, _LIKES = "busyness.energy", "activity_preferences.likes"


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


def _few_or_nearly_all(members: Sequence[_Member], few: int) -> Iterator[tuple[_Member, ...]]:
    """Yield in their order the sets of up to so many members, and those that leave out up to so many."""
    for size in range(len(members) + 1):
        if size <= few or size >= len(members) - few:
            yield from combinations(members, size)


def _plain_order(needs: tuple[int, ...], true: list[int]) -> list[int]:
    """Take one strategy after the other: of those needed most the one that the first precedence names, if any."""
    left, order = list(range(len(needs))), []
    while left:
        strongest = [i for i in left if needs[i] == max(needs[j] for j in left)]
        named = [i for i in true if i in strongest]
        order.append((named or strongest)[0])
        left.remove(order[-1])
    return order


def _values(path: str) -> list[Any]:
    """Return values of an answer; of sets and maps one entry at a time, of numbers a few."""
    answer = ANSWERS[path]
    least, _ = bounds(path)
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
