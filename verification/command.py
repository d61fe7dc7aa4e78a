"""`rekindle prove`."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.engine.conditions import nearest
from app.rulesets.load import load_ruleset
from verification.prove import RANDOM_PAIRS, SECONDS_EACH, Prover, as_lines, write_proofs


def prove(  # noqa: PLR0913  these are the options of the command
    folder: Path,
    say: Callable[[str], object],
    *,
    only: Collection[str] = (),
    pairs: int | None = None,
    seconds: float | None = None,
    workers: int = 1,
    write: bool = False,
) -> bool:
    """Whether all that was looked at holds. Raises `LookupError` for an id that no property has."""
    started = time.perf_counter()
    library = load_ruleset(folder)
    known = {wanted.id: wanted for wanted in library.properties}
    for id_ in only:
        if id_ not in known:
            raise LookupError(f"There is no property {id_};{nearest(id_, known)}")
    if write and only:
        raise LookupError("What is written is the proof of all properties: leave out --only.")
    outcomes = []
    pairs = pairs or RANDOM_PAIRS

    def tried(so_far: int, broken: Sequence[str]) -> None:
        found = f", BROKEN so far: {', '.join(broken)}" if broken else ""
        say(f"        {so_far:,} of {pairs:,} random pairs, {time.perf_counter() - started:.0f} s{found}")

    for outcome in Prover(library, pairs, seconds or SECONDS_EACH, workers, tried).prove(only):
        for line in as_lines(library, outcome):
            say(line)
        outcomes.append(outcome)
    asked = [outcome for outcome in outcomes if outcome.of.means]
    held = sum(outcome.holds for outcome in asked)
    left = f"; {len(outcomes) - len(asked)} not shown yet" if len(outcomes) > len(asked) else ""
    say(f"{held} of {len(asked)} properties hold{left}: {time.perf_counter() - started:.1f} s, {library.digest[:19]}")
    if write:
        say(f"Written to {write_proofs(folder, library, outcomes, datetime.now(UTC).date())}")
    return held == len(asked)
