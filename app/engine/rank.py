"""Which strategy comes first: never a sum, always a comparison that one sentence can tell."""

from collections.abc import Sequence

from app.engine.bitset import Mask
from app.engine.compiled_ruleset import CompiledRuleset


def order_strategies(compiled: CompiledRuleset, needs: Sequence[int], eligible: Sequence[Mask]) -> list[int]:
    """Strategies by the needs of their eligible practices, strongest first, compared one by one.

    Then the article's order.
    """
    keys = [
        sorted([needs[practice] for practice in practices if eligible[practice]], reverse=True)
        for _, practices in compiled.practices_of
    ]
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=True)


def order_practices(
    compiled: CompiledRuleset, needs: Sequence[int], eligible: Sequence[Mask], ranks: Sequence[int]
) -> list[int]:
    """Eligible practices by need, then their strategy's place, then the contract's order."""
    place = {strategy: i for i, strategy in enumerate(ranks)}
    keyed = sorted(
        [
            (-needs[practice], place[strategy], practice)
            for practice, strategy in enumerate(compiled.strategy_of)
            if strategy is not None and eligible[practice]
        ]
    )
    return [practice for _, _, practice in keyed]
