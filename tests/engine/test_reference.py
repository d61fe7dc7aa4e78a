import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.history import NO_HISTORY
from app.engine.self_report import pool
from tests.engine.reference import decide, decision_of
from tests.engine.reports import random_past, random_report, seeded


@pytest.mark.parametrize("quiet", [False, True], ids=["full", "quiet"])
@pytest.mark.parametrize("seed", range(8))
def test_the_engine_decides_what_the_plain_reading_of_the_ruleset_decides(
    compiled: CompiledRuleset, seed: int, *, quiet: bool
) -> None:
    random = seeded(seed)
    everything = [activity.id for activity in compiled.index.order]
    for _ in range(375):
        mine = random_report(random, is_safe=False)
        theirs = None if random.random() < 0.35 else pool(random_report(random))
        most = random.choice((1, 2, 3, 4, 5, 5, 5, 8, 20))
        past = random.choice((NO_HISTORY, random_past(random, everything)))

        view = evaluate(compiled, mine, theirs, most, past, quiet=quiet)

        decided = decision_of(compiled.index.order, view)
        assert decided == decide(compiled.ruleset, mine, theirs, most, past, quiet=quiet), (mine, theirs, most, past)
