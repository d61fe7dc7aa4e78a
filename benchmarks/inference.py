"""How often one partner's list tells two answers of the other apart, though no sentence says so.

    python -m benchmarks.inference [--couples 2000]

Each sampled couple is taken with one pooled answer of A replaced by that of the next A who gave another one, all else
and the draw alike. Counted is in how many of these pairs the list that B is shown holds other activities or another
order. An answer that changes nothing cannot be worked out from one look; one that does may be, by who knows the rest.
"""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.history import Moment
from app.engine.self_report import PooledReport, SelfReport, agree, pool
from app.rulesets.comparison import shown_view
from app.rulesets.load import load_ruleset
from app.rulesets.sampling import SampledCouple, sample_couples
from benchmarks.rounds import print_place_and_time

MOST_SHOWN = 6


def main() -> None:
    """Count and print, the most telling answers first."""
    parser = ArgumentParser(description="How often a list tells two answers of the other apart.")
    parser.add_argument("--couples", type=int, default=2_000)
    asked = parser.parse_args()
    print_place_and_time()
    compiled = load_ruleset().compiled
    couples = [couple for couple in sample_couples(range(asked.couples)) if couple.b is not None]
    tried, told = Counter[str](), Counter[str]()
    for couple, following in pairwise(couples):
        for path, changes in tell_apart(compiled, couple, following.a):
            tried[path] += 1
            told[path] += changes
    print(
        f"  {sum(told.values()) / sum(tried.values()):.0%} of {sum(tried.values()):,} changed answers changed the list"
    )
    shares = sorted(((told[path] / tried[path], path) for path in tried), reverse=True)
    for share, path in (*shares[:MOST_SHOWN], *shares[-MOST_SHOWN:]):
        print(f"  {share:6.0%}  {path}")


def tell_apart(compiled: CompiledRuleset, couple: SampledCouple, other: SelfReport) -> Iterator[tuple[str, bool]]:
    """Yield each pooled answer of A that `other` gave otherwise, and whether it changes B's list."""
    pooled = pool(couple.a)
    before = listed(compiled, couple, pooled)
    for path, changed in one_answer_changed(pooled, pool(other)):
        yield path, listed(compiled, couple, changed) != before


def one_answer_changed(pooled: PooledReport, other: PooledReport) -> Iterator[tuple[str, PooledReport]]:
    """Yield reports with one answer of the other in place of one's own."""
    for group in fields(pooled):
        mine: Any = getattr(pooled, group.name)
        theirs: Any = getattr(other, group.name)
        if not hasattr(mine, "__dataclass_fields__") or theirs is None:
            continue
        for answer in fields(mine):
            if getattr(mine, answer.name) != getattr(theirs, answer.name):
                changed: Any = replace(mine, **{answer.name: getattr(theirs, answer.name)})
                yield f"{group.name}.{answer.name}", replace(pooled, **{group.name: changed})


def listed(compiled: CompiledRuleset, couple: SampledCouple, theirs: PooledReport) -> tuple[str, ...]:
    """Return the ids of what B is shown."""
    a, b = couple.a, couple.b
    if b is None:
        return ()
    view = evaluate(compiled, b, theirs, agree(a.mutual, b.mutual), Moment(seed=f"couple {couple.number}"))
    return shown_view(compiled, view).activities


if __name__ == "__main__":
    main()
