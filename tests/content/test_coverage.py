"""Is there something for everyone? Counted with the engine's own limits, before anything is cut or vetoed."""

from collections import defaultdict
from typing import get_args

import pytest

from app.engine.answer_types import HealthLimit
from app.rulesets.coverage import CELLS, FEWEST, NARROWEST, Left, by_practice, by_strategy
from app.rulesets.library import Library


def thin(left: list[Left]) -> str:
    """What has too few, as a table: strategy or practice, way to live, what is left."""
    rows = [each for each in left if len(each.activities) < FEWEST]
    lines = [f"{each.of:24}{tuple(each.cell)!s:60}{each.conflict:12}{', '.join(each.activities)}" for each in rows]
    return "\n".join(lines)


def test_every_strategy_leaves_a_choice_in_every_way_to_live(library: Library) -> None:
    left = list(by_strategy(library))

    assert len(CELLS) * len(library.ruleset.strategies) == 192
    assert len(left) == 192 * 3
    assert not thin(left), f"\n{thin(left)}"


def test_every_practice_leaves_a_choice_where_least_fits(library: Library) -> None:
    left = list(by_practice(library))

    assert len(left) == 11 * len(NARROWEST) * 3
    assert not thin(left), f"\n{thin(left)}"


@pytest.mark.parametrize("limit", get_args(HealthLimit))
def test_small_steps_within_a_health_limit_still_leave_a_choice(library: Library, limit: HealthLimit) -> None:
    left = list(by_strategy(library, comfort_zone="small_step", health_limits=frozenset({limit})))

    assert not thin(left), f"\n{thin(left)}"


def test_not_now_and_all_health_limits_at_once_still_leave_time_and_exercises(library: Library) -> None:
    limits: frozenset[HealthLimit] = frozenset(get_args(HealthLimit))
    fewest: dict[str, int] = defaultdict(lambda: len(library.ruleset.activities))
    for left in by_strategy(library, comfort_zone="not_now", health_limits=limits):
        fewest[left.of] = min(fewest[left.of], len(left.activities))

    assert fewest["quality_time"] >= FEWEST
    assert fewest["structured_exercises"] >= FEWEST


def test_a_thinner_catalogue_would_be_noticed() -> None:
    left = Left("quality_time", CELLS[0], "rare", ("one", "two"))

    assert thin([left]).startswith("quality_time")
    assert "one, two" in thin([left])
