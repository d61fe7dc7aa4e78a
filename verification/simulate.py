"""Who would get something else under another ruleset: counted over synthetic couples, or over couples of a file.

The work falls into pieces that know nothing of each other. They are counted one after the other, by several processes
of this machine, or by the workers of a Dask cluster: always by the same function, and always to the same counts.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.view import View
from app.errors import RekindleError
from app.rulesets.active_ruleset import open_ruleset
from app.rulesets.library import Library
from verification.answers import BLOCK, Block, Couple, decode
from verification.comparison import Comparison, Tally
from verification.parquet import CouplesFile
from verification.population import Population

PROBED = 4096
"""So many couples also go through the request path, which picks their activities."""


_A_LOAD = 4
"""Pieces that travel together: handing out is then little beside counting."""


class ColumnsDisagree(RekindleError):
    """The columns and the request path say different things of one couple: a mistake in Rekindle, so nothing counts."""


class Piece(NamedTuple):
    """A part of the work: a block of the population, or a row group of a file. `first` is its first couple."""

    number: int
    couples: int


@dataclass(frozen=True, slots=True)
class Task:
    """What is compared over whom. It travels to whoever counts, so it holds names and numbers alone.

    A ruleset is named by the version of its release under `root`, as `files`, or by a folder of content.
    """

    root: Path
    old: str
    new: str
    couples: int
    seed: int = 0
    reports: Path | None = None
    probed: int = PROBED

    @property
    def rulesets(self) -> tuple[Path, str, str]:
        """Where both rulesets are found."""
        return self.root, self.old, self.new

    def pieces(self) -> list[Piece]:
        """All parts of the work."""
        if self.reports is not None:
            file = CouplesFile(self.reports)
            return [Piece(i, file.couples_in(i)) for i in range(file.row_groups)]
        whole, rest = divmod(self.couples, BLOCK)
        return [Piece(i, BLOCK) for i in range(whole)] + ([Piece(whole, rest)] if rest else [])

    def probes(self, piece: Piece) -> int:
        """How many of a piece's couples also go through the request path."""
        return -(-self.probed * piece.couples // max(self.couples, self.probed, 1))


@dataclass(slots=True)
class Probe:
    """What the request path says of a few couples: how many views have other activities, and another first one."""

    views: int = 0
    activities: int = 0
    first: int = 0

    def add(self, other: "Probe") -> None:
        self.views += other.views
        self.activities += other.activities
        self.first += other.first


class Counted(NamedTuple):
    """What came out of a piece, or of all of them."""

    tally: Tally
    probe: Probe


@lru_cache(maxsize=2)
def libraries(root: Path, old: str, new: str) -> tuple[Library, Library]:
    """Both rulesets, read once in each process. Raises `ContentError`."""
    return open_ruleset(root, old), open_ruleset(root, new)


@lru_cache(maxsize=2)
def comparison_of(root: Path, old: str, new: str) -> Comparison:
    """Both as one circuit."""
    before, after = libraries(root, old, new)
    return Comparison(before.compiled, after.compiled)


@cache
def _population(seed: int) -> Population:
    return Population(seed)


def count_piece(task: Task, piece: Piece) -> Counted:
    """Count one piece."""
    comparison = comparison_of(*task.rulesets)
    total: Counted | None = None
    for number, block in _blocks(task, piece):
        tally = comparison.count(block, number, total.tally.floor if total else (0, 0))
        probe = Probe() if total else _probe(task, comparison, block, task.probes(piece))
        if total:
            total.tally.add(tally)
        total = total or Counted(tally, probe)
    return total or Counted(nothing(comparison), Probe())


def nothing(comparison: Comparison) -> Tally:
    """Where counting begins."""
    return Tally(0, 0, np.zeros((len(comparison.measures), len(comparison.segments)), np.int64), {})


def _blocks(task: Task, piece: Piece) -> Iterator[tuple[int, Block]]:
    if task.reports is None:
        yield piece.number, _population(task.seed).block(piece.number, piece.couples)
    else:
        for i, block in enumerate(CouplesFile(task.reports).blocks(piece.number)):
            yield (piece.number << 20) + i, block


def simulate(
    task: Task, workers: int = 1, scheduler: str | None = None, done: Callable[[int], None] = print
) -> Counted:
    """Count all pieces; `done` hears how many couples each of them was."""
    total = Counted(nothing(comparison_of(*task.rulesets)), Probe())
    for counted in _counted(task, workers, scheduler):
        _add(total, counted)
        done(counted.tally.couples)
    return total


def count_pieces(task: Task, pieces: Sequence[Piece]) -> Counted:
    """Count several pieces. This is all that a worker does."""
    total = Counted(nothing(comparison_of(*task.rulesets)), Probe())
    for piece in pieces:
        _add(total, count_piece(task, piece))
    return total


def _add(total: Counted, counted: Counted) -> None:
    total.tally.add(counted.tally)
    total.probe.add(counted.probe)


def _counted(task: Task, workers: int, scheduler: str | None) -> Iterator[Counted]:
    pieces = task.pieces()
    if scheduler is None and workers == 1:
        yield from (count_piece(task, piece) for piece in pieces)
        return
    loads = [pieces[i : i + _A_LOAD] for i in range(0, len(pieces), _A_LOAD)]
    if scheduler is not None:
        from verification.cluster import spread  # noqa: PLC0415

        yield from spread(scheduler, count_pieces, task, loads)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(count_pieces, [task] * len(loads), loads)


def views_of(compiled: CompiledRuleset, couple: Couple) -> tuple[View, View | None]:
    """Both views as the request path makes them."""
    a, b = couple
    return (evaluate(compiled, a, None), None) if b is None else evaluate_both(compiled, a, b)


def _probe(task: Task, comparison: Comparison, block: Block, probes: int) -> Probe:
    """Send the first couples of a block through the request path, and stop if it disagrees with the columns."""
    old, new = libraries(*task.rulesets)
    probe = Probe()
    for row in range(min(probes, block.couples)):
        couple = decode(block, row)
        for viewer, (before, after) in enumerate(
            zip(views_of(old.compiled, couple), views_of(new.compiled, couple), strict=True)
        ):
            if before is None or after is None:
                continue
            was, is_ = activities(old, before), activities(new, after)
            probe.views += 1
            probe.activities += was != is_
            probe.first += was[:1] != is_[:1]
            if not comparison.agrees(block, (viewer, row), before, after):
                raise ColumnsDisagree(f"couple {row}, view {'ab'[viewer]}: columns and request path disagree")
    return probe


def activities(library: Library, view: View) -> list[str]:
    """The ids of a view's activities."""
    return [library.compiled.index.order[each.position].id for each in view.activities]
