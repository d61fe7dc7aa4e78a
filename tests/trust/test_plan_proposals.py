"""The long form of tests/engine/test_plan_proposals.py: the plans of ten thousand couples are within every limit."""

from app.rulesets.load import load_ruleset
from app.rulesets.sampling import sample_couples
from tests.engine.plan_limits import check, plannings

COUPLES = 10_000


def test_every_plan_is_within_every_limit() -> None:
    compiled = load_ruleset().compiled

    items = [check(asked) for asked in plannings(compiled, sample_couples(range(COUPLES)))]

    assert len(items) > 1.5 * COUPLES
    assert sum(items) > 3 * len(items)
