import pytest

from app.engine.evaluate import evaluate
from app.engine.program import Program
from app.engine.self_report import pool
from tests.engine.reference import decide, decision_of
from tests.engine.reports import random_report, seeded


@pytest.mark.parametrize("seed", range(8))
def test_the_engine_decides_what_the_plain_reading_of_the_ruleset_decides(program: Program, seed: int) -> None:
    random = seeded(seed)
    for _ in range(375):
        mine = random_report(random, is_safe=False)
        theirs = None if random.random() < 0.35 else pool(random_report(random))
        most = random.choice((1, 2, 3, 4, 5, 5, 5, 8, 20))

        decided = decision_of(program.catalogue.order, evaluate(program, mine, theirs, most))

        assert decided == decide(program.ruleset, mine, theirs, most), (mine, theirs, most)
