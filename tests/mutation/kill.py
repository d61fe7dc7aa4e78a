"""Puts a mutant in force inside this process, and looks whether anything that can be seen comes out otherwise.

A function's code is exchanged in place, so every importer runs the mutant; a constant is exchanged in every module that
took it. What is compared is all that the engine gives out: views with their verdicts, as they are kept and as they come
back, explanations, what conditions are read as. What the engine as it is says is recorded anew at the start of every
run; that it decides rightly is for other tests to say.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple, cast

from app.engine import (
    activity_index,
    answer_changes,
    bitset,
    code_generation,
    compiled_ruleset,
    condition_parser,
    conditions,
    constraint_masks,
    constraints,
    counterfactual,
    decision_record,
    evaluate,
    explain,
    findings,
    fit,
    history,
    reasons,
    ruleset,
    selection,
    self_report,
    unmet_constraints,
    verdicts,
    view,
    vocabulary,
)
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import Evaluation, Target
from app.engine.history import NO_HISTORY, Done, History
from app.engine.ruleset import NOTHING_FITS
from app.engine.self_report import SelfReport, pool
from app.engine.vocabulary import ANSWERS
from app.rulesets.library import Library
from tests.engine.build import report_of
from tests.mutation.bounds import at_most, within_memory
from tests.mutation.made_up import shuffled, wild
from tests.mutation.mutate import Mutant, mutants_of
from tests.mutation.texts import TEXTS
from verification.boundaries import generate
from verification.scenarios import is_as_expected

MODULES: tuple[ModuleType, ...] = (
    activity_index, answer_changes, bitset, code_generation, compiled_ruleset, condition_parser, conditions,
    constraint_masks, constraints, counterfactual, decision_record, evaluate, explain, findings, fit, history, reasons,
    ruleset, selection,
    self_report, unmet_constraints, verdicts, view, vocabulary,
)  # fmt: skip
COUPLES = Path(__file__).parent / "couples.json"
COMPILING = (
    "activity_index",
    "bitset",
    "code_generation",
    "condition_parser",
    "conditions",
    "constraint_masks",
    "constraints",
    "findings",
    "compiled_ruleset",
    "ruleset",
    "vocabulary",
)
EXPLAINING = ("answer_changes", "counterfactual", "explain", "unmet_constraints")
EVERYTHING = ("*",)
"""Asks about every target that there is."""
_FALLBACK = "retreat"
_REMEMBERING = ("reasons", "view")
"""What one couple leaves behind there another one finds, so which functions a couple runs does not settle it."""
_NOISE: tuple[Mapping[str, Any], ...] = (
    {},
    {answer_changes.BUDGET: "high"},
    {answer_changes.ZONE: "ready", answer_changes.QUIET: True},
    {f"{answer_changes.LIKES}.talk": "love"},
)
"""Changes that hardly anything needs."""
ONE_PRACTICE = selection.SelectionInput([0], [31], [0], 0, [31], 31, 31, frozenset(), 16, needs_solo=True, limit=3)
"""Five activities of one practice, the last one for a single person: too rare a case to wait for."""
_IMAGINED: tuple[Mapping[str, Any], ...] = (
    {answer_changes.BUDGET: "medium", answer_changes.QUIET: True},
    {answer_changes.PURPOSE: True, f"{answer_changes.COUNTS}.talk": 4},
    {f"{answer_changes.COUNTS}.music": 4, f"{answer_changes.COUNTS}.meal": 4},
)
_ENOUGH: tuple[Mapping[str, Any], ...] = (_IMAGINED[0], {answer_changes.PURPOSE: True}, _IMAGINED[2])
_FEW = 6
_A_LITTLE, _LONGER = 1.0, 10.0

Programs = tuple[CompiledRuleset, ...]


@dataclass(frozen=True)
class Couple:
    """Answers by path, how many activities, what is asked about (nothing: a view is), under which ruleset."""

    mine: Mapping[str, Any]
    theirs: Mapping[str, Any] | None
    most: int
    why: tuple[str, ...] = ()
    ruleset: int = 0
    """0 is the one in force; 1 and 2 are made up: such as no author would write, so that every limit comes to bear."""
    past: History = NO_HISTORY
    quiet: bool = False

    def as_json(self) -> str:
        done, unwanted, put_off, gentle = self.past
        before = [list(done), sorted(unwanted), sorted(put_off), gentle] if self.past != NO_HISTORY else None
        each = [self.mine, self.theirs, self.most, self.why, self.ruleset, before, self.quiet]
        return json.dumps(each, separators=(",", ":"))


def couple_of(each: list[Any]) -> Couple:
    mine, theirs, most, why, ruleset, before, quiet = each
    if before is None:
        return Couple(mine, theirs, most, tuple(why), ruleset, NO_HISTORY, quiet)
    done, unwanted, put_off, gentle = before
    past = History(tuple(Done(*one) for one in done), frozenset(unwanted), frozenset(put_off), gentle)
    return Couple(mine, theirs, most, tuple(why), ruleset, past, quiet)


def all_mutants() -> list[Mutant]:
    return [mutant for module in MODULES for mutant in mutants_of(Path(cast(str, module.__file__)))]


def couples() -> list[Couple]:
    return [couple_of(each) for each in json.loads(COUPLES.read_text(encoding="utf-8"))]


class Told(NamedTuple):
    """A couple as the engine takes it."""

    mine: SelfReport
    theirs: SelfReport | None
    most: int
    why: tuple[str, ...]
    ruleset: int
    past: History
    quiet: bool


def told(couple: Couple) -> Told:
    theirs = None if couple.theirs is None else report_of(couple.theirs)
    return Told(report_of(couple.mine), theirs, couple.most, couple.why, couple.ruleset, couple.past, couple.quiet)


class Killer:
    """Knows how everything comes out with the engine as it is, and which of its functions each couple runs."""

    def __init__(self, library: Library, chosen: list[Couple]) -> None:
        self.library = library
        self.rulesets = (library.ruleset, shuffled(library.ruleset), wild(library.ruleset))
        self.compiled_rulesets = self._compiled_anew()
        self.boundaries = generate(library)
        self.expected: dict[int, str] = {}
        self.reached: dict[int, frozenset[str]] = {}
        self.cases = [self.add(told(each)) for each in chosen]
        self.parsed = self.compiled()

    def add(self, case: Told) -> Told:
        """Record what comes out of it. It is tried from now on once it is among the cases."""
        with noting() as functions:
            self.expected[id(case)] = self.outcome(self.compiled_rulesets, case)
        self.reached[id(case)] = frozenset(map(_name_of, functions))
        return case

    def _compiled_anew(self) -> Programs:
        return tuple(map(compiled_ruleset.compile_ruleset, self.rulesets))

    def outcome(self, compiled_rulesets: Programs, case: Told) -> str:
        """What is seen of one couple: views, and one of them as it is kept and as it comes back; or explanations."""
        prepared = compiled_rulesets[case.ruleset]
        return repr([*self._explanations(prepared, case)] if case.why else self._views(prepared, case))

    def _views(self, prepared: CompiledRuleset, case: Told) -> list[object]:
        mine, theirs, most, _, _, before, quiet = case
        other = None if theirs is None else self_report.pool(theirs)
        first = evaluate.evaluate(prepared, mine, other, most, before, quiet=quiet)
        small = decision_record.to_record(prepared, first)
        back = decision_record.from_record(prepared, json.loads(json.dumps(small)))
        seen: list[object] = [self_report.pool(mine), self_report.support_kinds(mine.safety)]
        seen += [first, small, back, [one is other for one, other in zip(_reasons(first), _reasons(back), strict=True)]]
        if before is not NO_HISTORY:
            seen += _remembered(prepared, case)
        if theirs is not None and before is NO_HISTORY and not quiet:
            seen += evaluate.evaluate_both(prepared, mine, theirs, most)
        return seen

    def _explanations(self, prepared: CompiledRuleset, case: Told) -> Iterator[object]:
        mine, theirs, most, why, _, before, quiet = case
        other = None if theirs is None else self_report.pool(theirs)
        targets = explain.targets_of(prepared)
        asked = targets if why == EVERYTHING else why
        read_once = None if other is None else verdicts.read(prepared, other)
        is_silent = evaluate.is_left_alone(mine)
        stand = (
            None
            if is_silent
            else counterfactual.evaluate_for_explanation(prepared, mine, read_once, most, before, quiet=quiet)
        )
        for name in asked:
            target = targets.get(name) or targets[_FALLBACK]
            yield explain.explain(prepared, mine, other, target, most, before, quiet=quiet)
            if stand is not None:
                yield from on_the_way(stand, target)

    def compiled(self) -> str:
        """What texts are read as, and what is read off the dataclasses."""
        values = {finding.id: finding.values for finding in self.library.ruleset.findings}
        parsed: list[object] = []
        for text in TEXTS:
            for parse in (
                lambda t: condition_parser.parse_rule_condition(t, values),
                condition_parser.parse_derivation,
            ):
                try:
                    parsed.append(parse(text))
                except condition_parser.ConditionError as error:
                    parsed.append((error.reason, error.offset))
        parsed += [condition_parser.nearest("wild", tuple(f"word{i}" for i in range(count))) for count in (11, 12, 13)]
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
        parsed.append([sorted(compiled_ruleset.paths_of(finding)) for finding in self.library.ruleset.findings])
        parsed.append(
            [self_report.answer_at(pool(SelfReport(goal="strengthen")), path) for path in ("goal", "busyness.level")]
        )
        parsed.append([answer.is_pooled for answer in ANSWERS.values()])
        return repr(parsed)

    def kills(self, mutant: Mutant) -> bool:
        """Whether anything comes out otherwise."""
        return self.killing(mutant) is not None

    def killing(self, mutant: Mutant) -> Told | str | None:
        """The first couple that tells the mutant apart, or in words what gave it away; None: it lives on."""
        self._forget(self.compiled_rulesets)
        with within_memory(), in_force(mutant):
            try:
                prepared = self._prepared(mutant)
            except Exception as error:  # noqa: BLE001  whatever it breaks
                return f"does not compile: {type(error).__name__}"
            if prepared is None:
                return "texts are read otherwise"
            found = next((case for case in self.worth_trying(mutant) if self._differs(prepared, case)), None)
            if found is None and self._breaks_boundaries(prepared[0]):
                return "a boundary scenario"
        self._forget(self.compiled_rulesets)
        return found

    @staticmethod
    def _forget(compiled_rulesets: Programs) -> None:
        for each in compiled_rulesets:
            each.reasons.clear()
            each.wordings.clear()

    def _prepared(self, mutant: Mutant) -> Programs | None:
        """The programs as the mutant makes them; None where already the reading of texts gives it away."""
        if mutant.module not in COMPILING:
            return self.compiled_rulesets
        with at_most(_LONGER):
            if self.compiled() != self.parsed:
                return None
            anew = self._compiled_anew()
            return anew if all(isinstance(each, CompiledRuleset) for each in anew) else None

    def _breaks_boundaries(self, prepared: CompiledRuleset) -> bool:
        """Whether the suite of boundary scenarios, which names findings and rules too, sees it."""
        try:
            with at_most(_LONGER):
                return not is_as_expected(prepared, self.boundaries)
        except Exception:  # noqa: BLE001  whatever it breaks
            return True

    def worth_trying(self, mutant: Mutant) -> list[Told]:
        """The couples that run what was changed, the likely ones first, those asked everything last."""
        is_everywhere = not mutant.is_function or mutant.module in COMPILING + _REMEMBERING
        name = f"{mutant.module}.{mutant.owner}"
        is_explaining = mutant.module in EXPLAINING
        cases = [
            case
            for case in self.cases
            if (is_everywhere or name in self.reached[id(case)]) and (is_explaining or case.why != EVERYTHING)
        ]
        return sorted(cases, key=lambda case: (case.why == EVERYTHING, bool(case.why) is not is_explaining))

    def _differs(self, prepared: Programs, case: Told) -> bool:
        try:
            with at_most(_A_LITTLE):
                return self.outcome(prepared, case) != self.expected[id(case)]
        except Exception:  # noqa: BLE001  whatever it breaks
            return True


def _reasons(shown: view.View) -> Iterator[view.Reason]:
    """All of them: one that comes back has to be the same object, or whoever renders it does so anew."""
    for strategy in shown.strategies:
        yield from strategy.reasons + strategy.withheld_by
    for suggestion in shown.activities:
        yield from suggestion.reasons


def _remembered(prepared: CompiledRuleset, case: Told) -> list[object]:
    """What the past puts aside, and whose turn it makes it."""
    read_once = None if case.theirs is None else verdicts.read(prepared, self_report.pool(case.theirs))
    situation = verdicts.situation_of(prepared, case.mine, read_once, case.most, case.past, quiet=case.quiet)
    offer = evaluate.make_offer(situation, verdicts.gate(prepared, situation.verdicts))
    narrowed = [evaluate._restrict(situation, offer, to) for to in (offer.passive, offer.fitting, offer.fitting >> 1)]
    return [
        evaluate.excluded_by_history(situation),
        selection.whose_turn(situation),
        evaluate.liked_by_all(situation),
        narrowed,
        selection.select(ONE_PRACTICE),
    ]


class Imagined(counterfactual._Search):
    """A search in a world where certain changes are enough: so that one of two is found to need only half of it."""

    def _leads_to(self, moves: answer_changes.AnswerChanges) -> counterfactual.TargetStatus | None:
        return "suggested" if any(each.items() <= moves.items() for each in _ENOUGH) else None


def on_the_way(stand: Evaluation, target: Target) -> Iterator[object]:
    """What an explanation is made from. Changes are decided again before they are given, which would hide bad ones."""
    candidates = [
        *(counterfactual._for_activity if target.kind == "activity" else counterfactual._for_practices)(stand, target)
    ]
    yield target, candidates
    search = counterfactual._Search(stand, target)
    yield search.least([{**noise, **each} for each in candidates[:_FEW] for noise in _NOISE])
    yield Imagined(stand, target).least(_IMAGINED)
    yield [search._size(each) for each in candidates[:_FEW]]
    order = stand.situation.compiled.index.order
    if target.kind == "activity":
        yield explain._failing(stand, target.position)
        yield counterfactual.enabling_changes(stand, target.practices[0])
    else:
        causes = ((), (reasons.PLAIN[NOTHING_FITS],))
        yield [explain._why_none(stand, target, because, ()) for because in causes]
    if target.kind != "activity" and explain._called_for(stand, target):
        yield explain._nearest(stand, target)
    placed = [(bit.bit_length() - 1, practice) for bit, practice in counterfactual.shown(stand)]
    rank = explain._Rank(stand)
    yield [rank.of(each) for each in placed]
    yield [order[position].id for position, _ in placed]


@contextmanager
def noting() -> Iterator[set[CodeType]]:
    """Which of the engine's functions run meanwhile."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def _name_of(code: CodeType) -> str:
    """As mutants name what was changed."""
    return f"{Path(code.co_filename).stem}.{code.co_qualname.partition('.<locals>')[0]}"


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
