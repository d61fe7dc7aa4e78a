"""What holds for every couple, tried on generated reports that shrink and on very many random couples."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import NO_HISTORY, Moment
from app.engine.self_report import SelfReport, agree, pool
from tests.cases import rest_thorough
from tests.engine.invariants import INVARIANTS, Case, a_case
from tests.engine.reports import random_past, random_report, safe, seeded, whole

MOST = st.integers(1, 20)


@pytest.mark.parametrize("holds", INVARIANTS, ids=lambda holds: holds.__name__)
@settings(max_examples=60)
@given(mine=safe, theirs=st.none() | safe, most=MOST)
def test_for_every_view(
    compiled: CompiledRuleset, holds: Callable[[Case], None], mine: SelfReport, theirs: SelfReport | None, most: int
) -> None:
    agreed = agree(mine.mutual, theirs.mutual if theirs else None)
    holds(a_case(compiled, mine, None if theirs is None else pool(theirs), Moment(limit=most), agreed))


@settings(max_examples=150)
@given(seed=st.integers(0, 10_000), mine=whole, theirs=st.none() | whole, most=MOST, quiet=st.booleans())
def test_for_every_view_with_everything_answered_and_a_past(
    compiled: CompiledRuleset, seed: int, mine: SelfReport, theirs: SelfReport | None, most: int, *, quiet: bool
) -> None:
    ids = [activity.id for activity in compiled.index.order]
    past = random_past(seeded(seed), ids)
    moment = Moment("two" if seed % 2 else "", 3, tuple(ids[:30]), past, most)
    agreed = agree(mine.mutual, theirs.mutual if theirs else None)
    case = a_case(compiled, mine, None if theirs is None else pool(theirs), moment, agreed, quiet=quiet)
    for holds in INVARIANTS:
        holds(case)


@pytest.mark.parametrize("seed", rest_thorough({f"part {seed}": seed for seed in range(4)}, first=1))
def test_for_twenty_thousand_random_couples(compiled: CompiledRuleset, seed: int) -> None:
    random = seeded(1000 + seed)
    everything = [activity.id for activity in compiled.index.order]
    for _ in range(5_000):
        mine, theirs = random_report(random, is_safe=random.random() < 0.7), random_report(random)
        past = random.choice((NO_HISTORY, random_past(random, everything)))
        most, quiet = random.choice((1, 2, 3, 5, 5, 8, 20)), random.random() < 0.3
        moment = Moment(random.choice(("", "two")), 5, tuple(random.sample(everything, 25)), past, most)
        case = a_case(compiled, mine, pool(theirs), moment, agree(mine.mutual, theirs.mutual), quiet=quiet)
        for holds in INVARIANTS:
            holds(case)
