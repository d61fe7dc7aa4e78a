"""Random pairs of reports through the engine: what holds of whole lists is looked for here and not proved.

The pairs come in pieces, each drawn from its own seed: the same pairs in every run, by however many processes.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from random import Random

from app.rulesets.canonical import build, declared_in, read_declared, write
from app.rulesets.library import Library
from verification import looks_at_changes, looks_at_lists, looks_at_privacy
from verification.counterexamples import MeansResult, Violation
from verification.random_answers import random_answers, random_moment
from verification.trials import RandomPair, Trial, TrialCheck, ground_of, see

SEED = 20261123
PIECE = 2_000
_SAID_EVERY = 50_000


@dataclass(slots=True)
class TrialResult:
    """The result of the trials of one property: the first pair that breaks it, and how much was tried."""

    broken: tuple[Violation, ...] = ()
    inputs: int = 0
    details: Counter[str] = field(default_factory=Counter)

    def add(self, other: "TrialResult") -> None:
        self.broken = self.broken or other.broken
        self.inputs += other.inputs
        self.details += other.details


def run(
    library: Library,
    pairs: int,
    wanted: Sequence[str],
    workers: int = 1,
    report_progress: Callable[[int, Sequence[str]], object] = lambda _done, _broken: None,
) -> dict[str, MeansResult]:
    """Return the results of so many random pairs, held against each of these properties.

    `said` hears now and then how many pairs are done, and which properties are broken so far.
    """
    total = {id_: TrialResult() for id_ in wanted}
    done = 0
    for size, looked in _pieces(library, pairs, tuple(wanted), workers):
        for id_, of in looked.items():
            total[id_].add(of)
        done += size
        if done // _SAID_EVERY > (done - size) // _SAID_EVERY:
            report_progress(done, [id_ for id_, of in total.items() if of.broken])
    return {id_: _shown(of) for id_, of in total.items()}


def _shown(looked: TrialResult) -> MeansResult:
    return MeansResult(
        looked.broken, 0, looked.inputs, tuple(f"{n:,} {detail}" for detail, n in looked.details.items())
    )


def _pieces(
    library: Library, pairs: int, wanted: tuple[str, ...], workers: int
) -> Iterator[tuple[int, dict[str, TrialResult]]]:
    sizes = [min(PIECE, pairs - start) for start in range(0, pairs, PIECE)]
    if workers == 1:
        yield from ((size, look_at(library, wanted, number, size)) for number, size in enumerate(sizes))
        return
    sealed = json.dumps(write(declared_in(library)))
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool_:
        tasks = [(sealed, wanted, number, size) for number, size in enumerate(sizes)]
        yield from zip(sizes, pool_.map(_look_elsewhere, tasks), strict=True)


@lru_cache(maxsize=1)
def _opened(sealed: str) -> Library:
    """The ruleset in another process, made once there."""
    return build(read_declared(json.loads(sealed)), "", None, {})


def _look_elsewhere(task: tuple[str, tuple[str, ...], int, int]) -> dict[str, TrialResult]:
    sealed, wanted, number, size = task
    return look_at(_opened(sealed), wanted, number, size)


def look_at(library: Library, wanted: Sequence[str], number: int, size: int) -> dict[str, TrialResult]:
    """Try one piece. A property that is broken in it is not tried further."""
    random = Random(f"{SEED}:{number}")  # noqa: S311  the same reports again is what is wanted
    looked, ground = {id_: TrialResult() for id_ in wanted}, ground_of(library)
    for at in range(size):
        if all(of.broken for of in looked.values()):
            break
        mine, theirs = random_answers(random), random_answers(random)
        drawn = RandomPair(mine, theirs if at % 3 else None, random_moment(random, ground.compiled.index))
        seen = see(ground, drawn, Random(f"{SEED}:{number}:{at}"))  # noqa: S311
        for id_, of in looked.items():
            if not of.broken:
                of.inputs += 1
                of.broken = tuple(
                    Violation(wrong, drawn.reports()) for wrong in _wrong_with(LOOKS[id_], seen, of.details)
                )
    return looked


def _wrong_with(look: TrialCheck, seen: Trial, details: Counter[str]) -> list[str]:
    try:
        return [*look(seen, details)]
    except Exception as error:  # noqa: BLE001  whatever the engine raises, these two reports show it
        return [f"the engine raises {error!r}"]


LOOKS: Mapping[str, TrialCheck] = {**looks_at_lists.LOOKS, **looks_at_privacy.LOOKS, **looks_at_changes.LOOKS}
"""How each property that is shown by random pairs is looked at."""
