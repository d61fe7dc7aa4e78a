"""Random pairs of reports through the engine: what holds of whole lists is looked for here and not proved.

The pairs come in pieces, each drawn from its own seed: the same pairs in every run, by however many processes.
"""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import lru_cache
from random import Random

import typer

from app.rulesets.canonical import build, declared_in, read_declared, write
from app.rulesets.library import Library
from verification import looks_at_changes, looks_at_lists, looks_at_privacy
from verification.counterexamples import MeansResult, Violation
from verification.random_answers import random_answers, random_moment
from verification.spreading import parts_of, spread_over
from verification.trials import RandomPair, Trial, TrialCheck, ground_of

SEED = 20261123
PIECE = 2_000
_SAID_EVERY = 50_000


def run(library: Library, pairs: int, wanted: Sequence[str], workers: int = 1) -> dict[str, MeansResult]:
    """Return the results of so many random pairs, held against each of these properties.

    Now and then it is printed how many pairs are done, and which properties are broken so far.
    """
    total = {id_: MeansResult() for id_ in wanted}
    done, started = 0, time.perf_counter()
    pieces = parts_of(pairs, PIECE)
    with spread_over(workers) as executor:
        for piece, tried in zip(pieces, _tried(library, pieces, wanted, executor), strict=True):
            for id_, result in tried.items():
                total[id_].add(result)
            done += len(piece)
            if done // _SAID_EVERY > (done - len(piece)) // _SAID_EVERY:
                broken = ", ".join(id_ for id_, result in total.items() if not result.holds)
                so_far = f"        {done:,} of {pairs:,} random pairs, {time.perf_counter() - started:.0f} s"
                typer.echo(f"{so_far}, BROKEN so far: {broken}" if broken else so_far)
    return total


def _tried(
    library: Library, pieces: Sequence[range], wanted: Sequence[str], executor: Executor | None
) -> Iterable[dict[str, MeansResult]]:
    sizes = [len(piece) for piece in pieces]
    if executor is None:
        return (look_at(library, wanted, number, size) for number, size in enumerate(sizes))
    sealed, count = json.dumps(write(declared_in(library))), len(pieces)
    return executor.map(_look_elsewhere, [sealed] * count, [wanted] * count, range(count), sizes)


@lru_cache(maxsize=1)
def _opened(sealed: str) -> Library:
    """The ruleset in another process, made once there."""
    return build(read_declared(json.loads(sealed)), "", None, {})


def _look_elsewhere(sealed: str, wanted: Sequence[str], number: int, size: int) -> dict[str, MeansResult]:
    return look_at(_opened(sealed), wanted, number, size)


def look_at(library: Library, wanted: Sequence[str], number: int, size: int) -> dict[str, MeansResult]:
    """Try one piece. A property that is broken in it is not tried further."""
    random = Random(f"{SEED}:{number}")  # noqa: S311  the same reports again is what is wanted
    tried, ground = {id_: MeansResult() for id_ in wanted}, ground_of(library)
    for at in range(size):
        if not any(result.holds for result in tried.values()):
            break
        mine, theirs = random_answers(random), random_answers(random)
        drawn = RandomPair(mine, theirs if at % 3 else None, random_moment(random, ground.compiled.index))
        seen = Trial(ground, drawn, Random(f"{SEED}:{number}:{at}"))  # noqa: S311
        for id_, result in tried.items():
            if result.holds:
                result.inputs += 1
                result.broken = _wrong_with(LOOKS[id_], seen, result)
    return tried


def _wrong_with(look: TrialCheck, seen: Trial, result: MeansResult) -> tuple[Violation, ...]:
    try:
        wrong = [*look(seen, result.details)]
    except Exception as error:  # noqa: BLE001  whatever the engine raises, these two reports show it
        wrong = [f"the engine raises {error!r}"]
    return tuple(Violation(says, seen.drawn.reports()) for says in wrong)


LOOKS: Mapping[str, TrialCheck] = {**looks_at_lists.LOOKS, **looks_at_privacy.LOOKS, **looks_at_changes.LOOKS}
"""How each property that is shown by random pairs is looked at."""
