"""The command `rekindle prove`."""

import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from app.engine.condition_parser import nearest
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from verification.prove import RANDOM_PAIRS, SECONDS_EACH, PropertyOutcome, Prover, as_lines

Say = Callable[[str], object]


def prove(
    folder: Path,
    say: Say,
    *,
    only: Collection[str] = (),
    pairs: int | None = None,
    seconds: float | None = None,
    workers: int = 1,
) -> bool:
    """Return whether all that was looked at holds. Raises `LookupError` for an id that no property has."""
    library = load_ruleset(folder)
    known = {wanted.id: wanted for wanted in library.properties}
    for id_ in only:
        if id_ not in known:
            raise LookupError(f"There is no property {id_};{nearest(id_, known)}")
    outcomes = prove_library(library, say, only=only, pairs=pairs, seconds=seconds, workers=workers)
    return all(outcome.holds for outcome in outcomes if outcome.of.means)


def prove_library(
    library: Library,
    say: Say,
    *,
    only: Collection[str] = (),
    pairs: int | None = None,
    seconds: float | None = None,
    workers: int = 1,
) -> tuple[PropertyOutcome, ...]:
    """Try each property of a library, or those named in `only`, and say what came of it as soon as it is known.

    `pairs` random pairs of reports are run, and the solver may think `seconds` about one question.
    """
    started = time.perf_counter()
    pairs = pairs or RANDOM_PAIRS

    def tried(so_far: int, broken: Sequence[str]) -> None:
        failures = f", BROKEN so far: {', '.join(broken)}" if broken else ""
        say(f"        {so_far:,} of {pairs:,} random pairs, {time.perf_counter() - started:.0f} s{failures}")

    outcomes = []
    for outcome in Prover(library, pairs, seconds or SECONDS_EACH, workers, tried).prove(only):
        for line in as_lines(library, outcome):
            say(line)
        outcomes.append(outcome)
    wanted = [outcome for outcome in outcomes if outcome.of.means]
    sound = sum(outcome.holds for outcome in wanted)
    left = f"; {len(outcomes) - len(wanted)} not shown yet" if len(outcomes) > len(wanted) else ""
    say(f"{sound} of {len(wanted)} properties hold{left}: {time.perf_counter() - started:.1f} s, {library.digest[:19]}")
    return tuple(outcomes)
