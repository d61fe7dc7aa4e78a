"""Coverage: the activities that fit many ways to live, before anything is cut or vetoed."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple, get_args

from app.engine.answer_types import Budget, ComfortZone, ConflictLevel, Energy, HealthLimit, Living
from app.engine.offer import conflict_fit, place_fit, read
from app.engine.ruleset import Activity
from app.engine.self_report import Busyness, Circumstances, Conflict, Novelty, SelfReport, poolable
from app.rulesets.library import Library

FEWEST = 3
"""So many fitting activities leave a choice."""

SLOTS = (10, 20, 45, 90)
BUDGETS: tuple[Budget, ...] = ("free", "low")
HOMES: tuple[Living, ...] = ("same_home", "long_distance")
ENERGIES: tuple[Energy, ...] = ("drained", "ok")
BELOW_CHRONIC: tuple[ConflictLevel, ...] = get_args(ConflictLevel)[:-1]
OF_THEIR_OWN = ("retreat", "affection")
"""A retreat takes a day or more, and affection is an add-on: neither has to fit everywhere."""


class Cell(NamedTuple):
    """A way to live. `tied`: children at home, and nobody to look after them."""

    slot: int
    budget: Budget
    living: Living
    tied: bool
    energy: Energy


class Left(NamedTuple):
    """The activities left of one strategy or practice for one way to live."""

    of: str
    cell: Cell
    conflict: ConflictLevel
    activities: tuple[str, ...]


CELLS = tuple(Cell(*values) for values in product(SLOTS, BUDGETS, HOMES, (False, True), ENERGIES))
NARROWEST = tuple(
    Cell(SLOTS[0], "free", "long_distance", tied, energy) for tied in (False, True) for energy in ENERGIES
)


def fitting(
    library: Library,
    cell: Cell,
    conflict: ConflictLevel,
    *,
    comfort_zone: ComfortZone | None = None,
    health_limits: frozenset[HealthLimit] = frozenset(),
) -> tuple[Activity, ...]:
    """Return the activities that the engine finds fitting for one who lives so."""
    report = SelfReport(
        conflict=Conflict(level=conflict),
        busyness=Busyness(energy=cell.energy, longest_slot_minutes=cell.slot),
        novelty=Novelty(comfort_zone=comfort_zone),
        circumstances=Circumstances(
            children_at_home="under_6" if cell.tied else "none",
            childcare=False if cell.tied else None,
            living=cell.living,
            budget=cell.budget,
            health_limits=health_limits,
        ),
    )
    compiled = library.compiled
    own = read(compiled, poolable(report))
    fit = own.limits.allowed & place_fit(compiled.index, own.limits, None)
    fit &= conflict_fit(compiled.index, own.codes[compiled.conflict])
    return tuple(activity for bit, activity in enumerate(compiled.index.order) if fit >> bit & 1)


def by_strategy(
    library: Library,
    *,
    comfort_zone: ComfortZone | None = None,
    health_limits: frozenset[HealthLimit] = frozenset(),
) -> Iterator[Left]:
    """Yield the activities left of each strategy in every cell, at every conflict below chronic."""
    for cell, conflict in product(CELLS, BELOW_CHRONIC):
        fits = fitting(library, cell, conflict, comfort_zone=comfort_zone, health_limits=health_limits)
        for strategy in library.ruleset.strategies:
            left = tuple(activity.id for activity in fits if activity.practice in strategy.practices)
            yield Left(strategy.id, cell, conflict, left)


def by_practice(library: Library) -> Iterator[Left]:
    """Yield the activities left of each practice where least fits: ten minutes, no money, apart."""
    for cell, conflict in product(NARROWEST, BELOW_CHRONIC):
        fits = fitting(library, cell, conflict)
        for practice in library.ruleset.practices:
            if practice.id not in OF_THEIR_OWN:
                left = tuple(activity.id for activity in fits if activity.practice == practice.id)
                yield Left(practice.id, cell, conflict, left)
