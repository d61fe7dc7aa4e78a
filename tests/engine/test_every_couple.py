"""What holds for every couple, tried on generated reports that shrink and on very many random couples."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.program import Program
from app.engine.self_report import SelfReport, pool
from tests.engine.invariants import INVARIANTS, Case, a_case
from tests.engine.reports import random_report, safe, seeded, whole

MOST = st.integers(1, 20)


@pytest.mark.parametrize("holds", INVARIANTS, ids=lambda holds: holds.__name__)
@settings(max_examples=60)
@given(mine=safe, theirs=st.none() | safe, most=MOST)
def test_for_every_view(
    program: Program, holds: Callable[[Case], None], mine: SelfReport, theirs: SelfReport | None, most: int
) -> None:
    holds(a_case(program, mine, None if theirs is None else pool(theirs), most))


@settings(max_examples=150)
@given(mine=whole, theirs=st.none() | whole, most=MOST)
def test_for_every_view_with_everything_answered(
    program: Program, mine: SelfReport, theirs: SelfReport | None, most: int
) -> None:
    case = a_case(program, mine, None if theirs is None else pool(theirs), most)
    for holds in INVARIANTS:
        holds(case)


@pytest.mark.parametrize("seed", range(4))
def test_for_twenty_thousand_random_couples(program: Program, seed: int) -> None:
    random = seeded(1000 + seed)
    for _ in range(5_000):
        mine, theirs = random_report(random, is_safe=random.random() < 0.7), random_report(random)
        case = a_case(program, mine, pool(theirs), random.choice((1, 2, 3, 5, 5, 8, 20)))
        for holds in INVARIANTS:
            holds(case)
