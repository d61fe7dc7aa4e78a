"""Puts a mutant in force inside this process, and looks whether anything that the engine gives out is different.

A function's code is exchanged in place, so every importer runs the mutant; a constant is exchanged in every module that
took it. Views, views of a past, quiet views, decision records and explanations of seeded random couples are compared,
then the scenarios at the lines that the rules draw. What the engine as it is gives out is recorded at the start.
"""

import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import NamedTuple, cast

import app.engine
from app.engine import decision_record, evaluate, explain
from app.engine.compiled_ruleset import CompiledRuleset, compile_ruleset
from app.engine.history import NO_HISTORY, History, Moment
from app.engine.self_report import NO_AGREEMENT, SelfReport, agree, pool
from app.rulesets.library import Library
from tests.engine.reports import random_past, random_report, seeded
from tests.mutation.bounds import at_most, within_memory
from tests.mutation.mutate import Mutant, mutants_of
from verification.boundaries import generate
from verification.scenarios import is_as_expected

MODULES: tuple[ModuleType, ...] = tuple(
    import_module(f"app.engine.{module.name}") for module in pkgutil.iter_modules(app.engine.__path__)
)
COUPLES = 200
_SEED = 26
_LIMITS = (5, 1, 3, 20)
_TARGETS = 3
_SECONDS = 10.0


class Case(NamedTuple):
    """A couple, with what is asked of the engine about it."""

    mine: SelfReport
    theirs: SelfReport | None
    limit: int
    past: History
    quiet: bool
    targets: tuple[str, ...]


def all_mutants() -> list[Mutant]:
    return [mutant for module in MODULES for mutant in mutants_of(Path(cast(str, module.__file__)))]


def cases(library: Library) -> Iterator[Case]:
    random, ids = seeded(_SEED), [activity.id for activity in library.ruleset.activities]
    targets = [*explain.targets_of(library.compiled)]
    for number in range(COUPLES):
        mine, theirs = random_report(random, is_safe=number % 8 > 0), random_report(random)
        past = random_past(random, ids) if number % 3 == 0 else NO_HISTORY
        asked = tuple(random.sample(targets, _TARGETS)) if number % 4 == 0 else ()
        limit = _LIMITS[number % len(_LIMITS)]
        yield Case(mine, theirs if number % 5 else None, limit, past, number % 7 == 0, asked)


class Killer:
    """Knows what the engine as it is gives out, and which of its functions each couple runs."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.suite = generate(library)
        self.cases = [*cases(library)]
        self.expected: list[str] = []
        self.reached: list[frozenset[str]] = []
        compiled = compile_ruleset(library.ruleset)
        for case in self.cases:
            with noting() as functions:
                self.expected.append(self.outcome(compiled, case))
            self.reached.append(frozenset(map(_name_of, functions)))

    @staticmethod
    def outcome(compiled: CompiledRuleset, case: Case) -> str:
        mine, theirs, limit, past, quiet, names = case
        other = None if theirs is None else pool(theirs)
        moment = Moment("two", 1, (), past, limit)
        agreed = NO_AGREEMENT if theirs is None else agree(mine.mutual, theirs.mutual)
        view = evaluate.evaluate(compiled, mine, other, agreed, moment, quiet=quiet)
        record = decision_record.to_record(compiled, view)
        given: list[object] = [view, record, decision_record.from_record(compiled, record)]
        if theirs is not None:
            given.append(evaluate.evaluate_both(compiled, mine, theirs, (moment, moment)))
        targets = explain.targets_of(compiled)
        given += [explain.explain(compiled, mine, other, targets[name], agreed, moment, quiet=quiet) for name in names]
        return repr(given)

    def kills(self, mutant: Mutant) -> bool:
        """Whether anything comes out differently, or breaks, or does not end."""
        with within_memory(), in_force(mutant):
            try:
                with at_most(_SECONDS):
                    return self._is_seen(mutant, compile_ruleset(self.library.ruleset))
            except Exception:  # noqa: BLE001  whatever it breaks
                return True

    def _is_seen(self, mutant: Mutant, compiled: CompiledRuleset) -> bool:
        name = f"{mutant.module}.{mutant.owner}"
        order = sorted(range(len(self.cases)), key=lambda i: name not in self.reached[i])
        if any(self.outcome(compiled, self.cases[i]) != self.expected[i] for i in order):
            return True
        return not is_as_expected(compiled, self.suite)


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
