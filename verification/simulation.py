"""Simulation: the engine decides synthetic couples by two rulesets, in this process or in those of an executor."""

from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from app.rulesets.comparison import CoupleComparison, compare_couples
from app.rulesets.library import Library
from app.rulesets.sampling import sample_couples
from verification.loading import load
from verification.release_file import open_ruleset
from verification.segments import read_segments

COUPLES_OF_A_PART = 200


class Simulation(NamedTuple):
    """A comparison to be made. It is sent to whichever process counts, so it has names and numbers alone.

    A ruleset is named by the version of its release under `root`, as `files`, or by a folder of content.
    """

    root: Path
    old: str
    new: str
    couples: int
    seed: int = 0

    def parts(self) -> list[range]:
        """Return the numbers of the couples, in parts that can be counted anywhere."""
        starts = range(0, self.couples, COUPLES_OF_A_PART)
        return [range(start, min(start + COUPLES_OF_A_PART, self.couples)) for start in starts]


@lru_cache(maxsize=2)
def open_both(root: Path, old: str, new: str) -> tuple[Library, Library]:
    """Open both rulesets, once in each process. Raises `ContentError`."""
    return open_ruleset(root, old), open_ruleset(root, new)


def compare_part(simulation: Simulation, numbers: range) -> CoupleComparison:
    """Compare some of the couples."""
    old, new = open_both(simulation.root, simulation.old, simulation.new)
    couples = sample_couples(numbers, simulation.seed)
    return compare_couples(old.compiled, new.compiled, couples, read_segments().of)


def simulate(
    simulation: Simulation, executor: Executor | None = None, report_progress: Callable[[int], object] = int
) -> CoupleComparison:
    """Compare all couples; `report_progress` is called with the number of couples of each part that is done."""
    parts = simulation.parts()
    total = CoupleComparison()
    for part in (executor.map if executor else map)(compare_part, [simulation] * len(parts), parts):
        total.add(part)
        report_progress(part.couples)
    return total


def processes(workers: int) -> Executor:
    """Return an executor with so many processes of this machine."""
    return ProcessPoolExecutor(workers, get_context("spawn"))


def spread_over(workers: int, scheduler: str | None) -> AbstractContextManager[Executor | None]:
    """Return the executor of a Dask scheduler, or of so many processes; None for one, where this process counts."""
    if scheduler:
        executor: Executor = load("verification.cluster", "distributed").connect(scheduler)
        return executor
    return processes(workers) if workers > 1 else nullcontext()
