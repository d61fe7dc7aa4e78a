from dataclasses import replace
from random import Random

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.history import NO_HISTORY, Moment
from app.engine.self_report import NO_AGREEMENT, agree, pool
from tests.cases import rest_thorough
from tests.engine.reference_words import decide, decision_of
from tests.engine.reports import random_past, random_report, seeded


def a_moment(random: Random, ids: list[str], paths: list[str]) -> Moment:
    """Seeds, weeks, what was shown and done, and every length of a list."""
    shown = ids[: random.choice((3, 20, len(ids)))]
    seen = tuple(random.choice(shown) for _ in range(random.choice((0, 0, 5, 30, 120))))
    past = random.choice((NO_HISTORY, random_past(random, ids, paths=paths)))
    limit = random.choice((1, 2, 3, 4, 5, 5, 5, 6, 8, 20))
    return Moment(random.choice(("", "x", "abc")), random.randrange(9), seen, past, limit)


@pytest.mark.parametrize("quiet", [False, True], ids=["full", "quiet"])
@pytest.mark.parametrize("seed", rest_thorough({str(seed): seed for seed in range(8)}, first=1))
def test_the_engine_decides_what_the_plain_reading_of_the_design_decides(
    compiled: CompiledRuleset, seed: int, *, quiet: bool
) -> None:
    random = seeded(seed)
    ids = [activity.id for activity in compiled.index.order]
    paths = [path.id for path in compiled.ruleset.paths]
    for _ in range(60):
        mine, other = random_report(random, is_safe=random.random() < 0.7), random_report(random)
        is_alone = random.random() < 0.35
        theirs, agreed = (None, NO_AGREEMENT) if is_alone else (pool(other), agree(mine.mutual, other.mutual))
        if not is_alone:
            agreed = replace(agreed, paths=frozenset(random.sample(paths, random.choice((0, 3, len(paths))))))
        moment = a_moment(random, ids, paths)

        view = evaluate(compiled, mine, theirs, agreed, moment, quiet=quiet)

        decided = decide(compiled.ruleset, mine, theirs, agreed, moment, quiet=quiet)
        assert decision_of(compiled, view) == decided, (mine, theirs, agreed, moment)
