"""The proof of all declared properties of one ruleset; two means that disagree are a failure."""

import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import typer
import z3

from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.proofs import Proofs, Proved
from app.rulesets.properties import Means, Property
from verification import random_search
from verification.cells import Cells
from verification.counterexamples import MeansResult, SolverTimeout, Violation
from verification.engine_proofs import Runs
from verification.solve import Solver

RANDOM_PAIRS = 20_000
SECONDS_EACH = 20.0
"""How long the solver may think about one question before the property counts as not shown."""

_MOST_SAID = 5


@dataclass(frozen=True, slots=True)
class PropertyOutcome:
    """The outcome of one property: by each means in its order, what breaks it, and how long one core was at it."""

    of: Property
    by: tuple[tuple[Means, MeansResult], ...]
    broken: tuple[Violation, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        return bool(self.of.means) and not self.broken

    @property
    def cells(self) -> int | None:
        return max((shown.cells for _, shown in self.by), default=0) or None

    @property
    def inputs(self) -> int | None:
        return max((shown.inputs for _, shown in self.by), default=0) or None


class Prover:
    """Makes ready each means when a property first asks for it."""

    def __init__(
        self, library: Library, pairs: int = RANDOM_PAIRS, seconds: float = SECONDS_EACH, workers: int = 1
    ) -> None:
        self._library, self._pairs, self._seconds, self._workers = library, pairs, seconds, workers
        self._at_once: tuple[str, ...] = ()
        self._by_chance: dict[str, MeansResult] = {}

    @cached_property
    def _solver(self) -> Solver:
        return Solver(self._library, int(self._seconds * 1000))

    @cached_property
    def _cells(self) -> Cells:
        return Cells(self._library)

    def prove(self, only: Collection[str] = ()) -> Iterator[PropertyOutcome]:
        """Every property, or those named, one after the other."""
        chosen = [wanted for wanted in self._library.properties if not only or wanted.id in only]
        self._at_once = tuple(wanted.id for wanted in chosen if "random" in wanted.means)
        for wanted in chosen:
            yield self._prove(wanted)

    def _prove(self, wanted: Property) -> PropertyOutcome:
        started = _core_seconds()
        by = tuple((means, self._show(means, wanted)) for means in wanted.means if means != "argument")
        broken = [violation for _, shown in by for violation in shown.broken]
        if len({shown.holds for _, shown in by}) > 1:
            outcomes = ", ".join(f"{means}: {'holds' if shown.holds else 'broken'}" for means, shown in by)
            broken.append(Violation(f"two means disagree ({outcomes})"))
        return PropertyOutcome(wanted, by, tuple(broken), _core_seconds() - started)

    def _show(self, means: Means, wanted: Property) -> MeansResult:
        try:
            match means:
                case "solver":
                    return self._solver.show(wanted)
                case "cells":
                    return self._cells.show(wanted)
                case "engine":
                    return Runs(self._library).show(wanted)
                case _:
                    return self._at_random(wanted)
        except SolverTimeout as error:
            return MeansResult((Violation(f"not shown within {self._seconds:g} seconds: {error}"),))

    def _at_random(self, wanted: Property) -> MeansResult:
        """Try all properties that are tried by chance on the same pairs, at once."""
        if wanted.id not in random_search.LOOKS:
            return MeansResult((Violation("nobody has said how random pairs are held against it"),))
        if wanted.id not in self._by_chance:
            ids = self._at_once or (wanted.id,)
            self._by_chance |= random_search.run(self._library, self._pairs, ids, self._workers)
        return self._by_chance[wanted.id]


def prove_library(library: Library, prover: Prover, only: Collection[str] = ()) -> tuple[PropertyOutcome, ...]:
    """Try each property of a library, or those named in `only`, and print what came of it as soon as it is known."""
    started, outcomes = time.perf_counter(), []
    for outcome in prover.prove(only):
        typer.echo("\n".join(as_lines(library, outcome)))
        outcomes.append(outcome)
    wanted = [outcome for outcome in outcomes if outcome.of.means]
    sound = sum(outcome.holds for outcome in wanted)
    left = f"; {len(outcomes) - len(wanted)} not shown yet" if len(outcomes) > len(wanted) else ""
    spent = f"{time.perf_counter() - started:.1f} s"
    typer.echo(f"{sound} of {len(wanted)} properties hold{left}: {spent}, {library.digest[:19]}")
    return tuple(outcomes)


def _core_seconds() -> float:
    """Return the seconds of this process and of those that it has waited for."""
    return time.process_time() + sum(os.times()[2:4])


def as_lines(library: Library, outcome: PropertyOutcome) -> Iterator[str]:
    """Yield the outcome of one property as lines for a terminal."""
    id_ = outcome.of.id
    if not outcome.of.means:
        yield f"open    {id_}: {library.texts[SOURCE_LOCALE][f'properties/{id_}/covers']}"
        return
    counted = [f"{outcome.cells:,} cells"] if outcome.cells else []
    counted += [f"{in_words(outcome.inputs)} inputs"] if outcome.inputs else []
    counted += [f"{count:,} {detail}" for _, shown in outcome.by for detail, count in shown.details.items()]
    means = " and ".join(outcome.of.means)
    yield f"{'holds ' if outcome.holds else 'BROKEN'}  {id_} ({'; '.join([means, *counted])}; {outcome.seconds:.2f} s)"
    for broken in outcome.broken[:_MOST_SAID]:
        yield from (f"        {line}" for line in str(broken).splitlines())
    if len(outcome.broken) > _MOST_SAID:
        yield f"        and {len(outcome.broken) - _MOST_SAID} more"


def in_words(number: int) -> str:
    """Return all digits where they can be read, else how many there are."""
    return f"{number:,}" if number < 10**12 else f"{number:.3g}"


def proofs_of(library: Library, outcomes: Collection[PropertyOutcome], today: date) -> Proofs:
    """Return the outcomes as a release stores them."""
    return Proofs(
        digest=library.digest,
        proved_on=today.isoformat(),
        solver=f"z3 {z3.get_version_string()}",
        by_property={
            outcome.of.id: Proved(outcome.holds, outcome.cells, outcome.inputs, round(outcome.seconds, 2))
            for outcome in outcomes
            if outcome.of.means
        },
    )
