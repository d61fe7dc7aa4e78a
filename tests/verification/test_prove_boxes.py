"""A search by boxes is a search through every cell: none is left out, and large rulesets come to an end."""

from itertools import product
from math import prod
from random import Random

import pytest

from app.engine.conditions import (
    UNKNOWN,
    Algebra,
    All,
    AnyOf,
    Clause,
    Condition,
    Not,
    clause_truth,
    evaluate_condition,
    rule_truth,
)
from app.rulesets.library import Library
from benchmarks.prove import with_more
from verification import cells
from verification.cells import Cells
from verification.meetings import OWN, Axis, CodeCell, Search, TooMany

NAMES = ("a", "b", "c", "d", "e")
TOGETHER = ((NAMES[0], NAMES[1]), (NAMES[2],), (NAMES[3], NAMES[4]))
CODES = range(UNKNOWN, 3)
MANY = 150
SO: Algebra[bool] = Algebra(all, any, lambda part: not part)


def space_of(random: Random) -> list[Axis]:
    """Three axes, on each of them some of the ways for one or two findings to be."""
    return [
        tuple(
            CodeCell({of + name: random.choice(CODES) for name in names for of in ("", OWN)}, {}, {})
            for _ in range(random.randint(1, 9))
        )
        for names in TOGETHER
    ]


def condition_of(random: Random, depth: int, prefixes: tuple[str, ...] = ("",)) -> Condition:
    kind = random.randrange(4) if depth else 0
    if kind == 0:
        codes = tuple(sorted(random.sample(range(3), random.randint(1, 2))))
        return Clause(random.choice(prefixes) + random.choice(NAMES), "in", tuple(map(str, codes)), codes)
    if kind == 1:
        return Not(condition_of(random, depth - 1, prefixes))
    parts = tuple(condition_of(random, depth - 1, prefixes) for _ in range(random.randint(0, 3)))
    return All(parts) if kind == 2 else AnyOf(parts)


def is_so(formula: Condition, chosen: tuple[CodeCell, ...]) -> bool:
    """What is unknown is not so."""
    codes = {name: code for cell in chosen for name, code in cell.codes.items()}
    return evaluate_condition(formula, SO, lambda leaf: clause_truth(leaf, codes) is True)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(MANY))
def test_boxes_find_a_cell_where_there_is_one_and_leave_none_out(seed: int) -> None:
    random, search = Random(seed), Search()
    axes, formula = space_of(random), condition_of(random, 4, ("", OWN))

    cell = search.first(axes, formula)

    assert (cell is None) is not any(is_so(formula, chosen) for chosen in product(*axes))
    if cell is None:
        assert search.cells == prod(map(len, axes))
    else:
        assert is_so(formula, cell)


def test_both_outcomes_are_among_them() -> None:
    randoms = [Random(seed) for seed in range(MANY)]
    found = [Search().first(space_of(random), condition_of(random, 4, ("", OWN))) for random in randoms]

    assert MANY // 5 < sum(cell is None for cell in found) < MANY


@pytest.mark.parametrize("seed", range(MANY))
def test_a_condition_holds_as_a_formula_where_it_is_true(seed: int, library: Library) -> None:
    random, those = Random(seed), Cells(library)
    those.sizes = dict.fromkeys(NAMES, 3)
    condition = condition_of(random, 3)
    names = {name: random.choice(("", OWN)) + name for name in NAMES[1:]}
    at = {of + name: random.choice(CODES) for name in NAMES for of in ("", OWN)}
    pinned = CodeCell({name: random.choice(CODES) for name in names.values() if random.random() < 0.2}, {}, {})

    for cell_at in (None, pinned):
        known = {name: (at | dict(cell_at.codes if cell_at else {}))[in_cell] for name, in_cell in names.items()}
        formula = those.holds(condition, names, cell_at)
        assert is_so(formula, (CodeCell(at, {}, {}),)) is (rule_truth(condition, known) is True)


@pytest.mark.thorough
def test_few_boxes_are_enough_for_every_question(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_BOXES", 2_000)
    those = Cells(library)

    for wanted in library.properties:
        assert "cells" not in wanted.means or those.show(wanted).holds, wanted.id


def test_what_cannot_be_gone_through_is_not_shown(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_BOXES", 1)
    (wanted,) = (each for each in library.properties if each.id == "a-tender-season-is-gentle")

    (broken,) = Cells(library).show(wanted).broken

    assert broken.says.startswith("not shown: ")
    with pytest.raises(TooMany):
        Search(1).first(space_of(Random(1)), Clause("c", "in", ("1",), (1,)))


@pytest.mark.thorough
def test_three_hundred_rules_come_to_an_end(library: Library) -> None:
    """The article's promises are kept by more rules as well. Being random, some of these are in vain, and are named."""
    many = Cells(with_more(library, 300))
    shown = {
        wanted.id: many.show(wanted)
        for wanted in library.properties
        if wanted.kind in ("suggests", "called_for", "withholds", "counts", "bounded_wishes", "alive")
    }

    silent, idle = (shown.pop(id_).broken for id_ in ("every-rule-can-fire", "every-rule-makes-a-difference"))
    assert all(broken.says.startswith("no answers make the rule synthetic-") for broken in silent)
    assert all(broken.says.startswith("synthetic-") for broken in idle)
    assert all(each.holds for each in shown.values())
    assert max(each.cells for each in shown.values()) > 10**15
