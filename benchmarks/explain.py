"""What an explanation costs beside the view it explains, in the process: the median of each in the same run.

python -m benchmarks.explain [--reports 400] [--rounds 5]
"""

from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from random import Random
from statistics import median, quantiles
from time import process_time_ns

from app.engine.evaluate import evaluate
from app.engine.explain import Explanation, explain, targets_of
from app.engine.self_report import pool
from app.rulesets.load import load_ruleset
from benchmarks.reports import SEED, pairs_of_reports, read_report
from benchmarks.rounds import print_place_and_time, print_target

MOST_FOR_AN_EXPLANATION = 1000
TARGETS_OF_EACH = 4


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description="What an explanation costs.")
    parser.add_argument("--reports", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    compiled = load_ruleset().compiled
    chance = Random(SEED)  # noqa: S311  repeatable
    everything = list(targets_of(compiled).values())
    cases = [
        (read_report(a), pool(read_report(b)), target)
        for a, b in pairs_of_reports(asked.reports)
        for target in chance.sample(everything, TARGETS_OF_EACH)
    ]
    views: list[float] = []
    explanations: list[tuple[float, Explanation]] = []
    for mine, theirs, target in cases:
        views.append(least(partial(evaluate, compiled, mine, theirs), asked.rounds))
        cost = least(partial(explain, compiled, mine, theirs, target), asked.rounds)
        explanations.append((cost, explain(compiled, mine, theirs, target)))
    print_place_and_time()
    print(f"{len(cases)} explanations drawn with seed {SEED}; of each the least of {asked.rounds} tries.")
    print(f"  {'':44} {'µs CPU':>9} {'ratio':>7} {'90 %':>8} {'most':>8} {'of them':>8}")
    print_spread("one view, decided", views, views)
    print_spread("one explanation", [cost for cost, _ in explanations], views)
    for status in ("suggested", "withheld", "not_suggested", "outranked"):
        print_spread(f"  {status}", [cost for cost, each in explanations if each.status == status], views)
    changing = [cost for cost, each in explanations if each.would_change]
    print_spread("  with would_change", changing, views)
    print_target("an explanation with would_change, µs", median(changing), MOST_FOR_AN_EXPLANATION)


def least(run: Callable[[], object], tries: int) -> float:
    """The least CPU time of a few tries, in microseconds."""
    spent = []
    for _ in range(tries):
        began = process_time_ns()
        run()
        spent.append(process_time_ns() - began)
    return min(spent) / 1000


def print_spread(name: str, costs: list[float], views: list[float]) -> None:
    """The median, as a multiple of the view's, and how far costs reach."""
    middle, ninety = median(costs), quantiles(costs, n=10)[-1]
    print(f"  {name:44} {middle:9.1f} {middle / median(views):7.2f} {ninety:8.0f} {max(costs):8.0f} {len(costs):8}")


if __name__ == "__main__":
    main()
