"""Cells by boxes are cells: what is found is the same, none is left out, and large rulesets come to an end."""

from math import prod
from random import Random

import pytest

from app.engine.conditions import All, AnyOf, Clause, Condition, Not
from app.rulesets.library import Library
from benchmarks.prove import with_more
from verification import cells
from verification.cells import Cells, Count, TooMany
from verification.grid import Axis, Every, Formula, Holds, No, Row, Some, Space, where

NAMES = ("a", "b", "c", "d", "e")
TOGETHER = ((NAMES[0], NAMES[1]), (NAMES[2],), (NAMES[3], NAMES[4]))
CODES = range(-1, 3)
MANY = 300
LOOKS_FOR_ONE = ("suggests", "alive", "counts", "rises")
"""These stop at the first cell that they look for, and boxes come to another one first."""


def space_of(random: Random) -> Space:
    """Three axes, on each of them some of the ways for one or two findings to be."""
    axes = []
    for names in TOGETHER:
        rows = [
            Row(
                {name: random.choice(CODES) for name in names},
                {name: random.choice(CODES) for name in names},
                1,
                {},
                {},
            )
            for _ in range(random.randint(1, 9))
        ]
        axes.append(Axis(tuple(rows)))
    return Space(axes)


def condition_of(random: Random, depth: int) -> Condition:
    kind = random.randrange(4) if depth else 0
    if kind == 0:
        codes = tuple(sorted(random.sample(range(3), random.randint(1, 2))))
        return Clause(random.choice(NAMES), "in", tuple(map(str, codes)), codes)
    if kind == 1:
        return Not(condition_of(random, depth - 1))
    parts = tuple(condition_of(random, depth - 1) for _ in range(random.randint(0, 3)))
    return All(parts) if kind == 2 else AnyOf(parts)


def formula_of(random: Random, depth: int) -> Formula:
    kind = random.randrange(4) if depth else 0
    if kind == 0:
        own = frozenset(random.sample(NAMES, random.randint(0, 2)))
        said = {name: random.choice(CODES) for name in random.sample(NAMES, random.randint(0, 1))}
        return Holds(condition_of(random, 2), own, Row(said, said, 1, {}, {}) if said else None)
    if kind == 1:
        return No(formula_of(random, depth - 1))
    parts = tuple(formula_of(random, depth - 1) for _ in range(random.randint(0, 3)))
    return Every(parts) if kind == 2 else Some(parts)


@pytest.mark.parametrize("seed", range(MANY))
def test_boxes_find_a_cell_where_there_is_one_and_leave_none_out(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    space, asked = space_of(random), formula_of(random, 3)
    (block,) = space.blocks()
    plain, boxed = Count(), Count()

    expected = plain.first(space, asked)
    monkeypatch.setattr(cells, "MOST_CELLS", -1)
    found = boxed.first(space, asked)

    assert (found is None) is (expected is None)
    assert plain.cells == prod(block.shape)
    if found is None:
        assert boxed.cells == plain.cells
    else:
        here = Space([Axis((row,)) for row in found])
        assert [where(asked, each).all() for each in here.blocks()] == [True]


def test_both_outcomes_are_among_them() -> None:
    found = [Count().first(space_of(random), formula_of(random, 3)) for random in map(Random, range(MANY))]

    assert MANY // 5 < sum(rows is None for rows in found) < MANY


def test_every_property_holds_by_boxes_too(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Cells(library)
    proved = {wanted.id: plain.show(wanted) for wanted in library.properties if "cells" in wanted.means}
    monkeypatch.setattr(cells, "MOST_CELLS", -1)
    boxed = Cells(library)

    for wanted in library.properties:
        if wanted.id in proved:
            shown = boxed.show(wanted)
            assert shown.holds, wanted.id
            assert shown.inputs == proved[wanted.id].inputs
            if wanted.kind not in LOOKS_FOR_ONE:
                assert shown.cells == proved[wanted.id].cells, wanted.id


def test_what_cannot_be_gone_through_is_not_shown(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_CELLS", -1)
    monkeypatch.setattr(cells, "_MOST_BOXES", 1)
    (wanted,) = (each for each in library.properties if each.id == "a-tender-season-is-gentle")

    (broken,) = Cells(library).show(wanted).broken

    assert broken.says.startswith("not shown: ")
    with pytest.raises(TooMany):
        Count().first(space_of(Random(1)), Holds(Clause("c", "in", ("1",), (1,))))


def test_three_hundred_rules_come_to_an_end(library: Library) -> None:
    """The article's promises are kept by more rules as well. Being random, some of these decide nothing."""
    many = Cells(with_more(library, 300))
    shown = {
        wanted.id: many.show(wanted)
        for wanted in library.properties
        if wanted.kind in ("suggests", "called_for", "withholds", "counts", "bounded_wishes", "alive")
    }

    idle = shown.pop("every-rule-makes-a-difference").broken
    assert all(broken.says.startswith("synthetic-") for broken in idle)
    assert all(each.holds for each in shown.values())
    assert max(each.cells for each in shown.values()) > 10**15
