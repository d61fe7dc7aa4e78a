"""What a view costs in the process: by itself, beside other rule engines, and with ten times the rules and
activities.

python -m benchmarks.engine [--reports 2000] [--rounds 9]
"""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from random import Random
from statistics import mean, median, quantiles
from time import process_time_ns
from typing import NamedTuple

from app.api.recommendations.renderer import DEPTHS, Renderer
from app.api.recommendations.view_shapes import Explain
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.history import Moment
from app.engine.self_report import PooledReport, SelfReport, pool
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.load import load_ruleset
from benchmarks import peers
from benchmarks.larger import enlarge
from benchmarks.reports import SEED, pairs_of_reports, read_report
from benchmarks.rounds import AGAIN, print_place_and_time, print_target, print_turns, ratios, take_turns

TODAY = date(2026, 1, 1)
COUNTRY = "US"
MOST_FOR_A_VIEW, HOPED_FOR_A_VIEW, MOST_FOR_VERDICTS, MOST_GROWTH = 150, 60, 5, 2.3
TIMES = 10


class Case(NamedTuple):
    """One partner's report, the other's, and what of the other's is pooled."""

    mine: SelfReport
    theirs: SelfReport
    pooled: PooledReport


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description="What a view costs in the process.")
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    library = load_ruleset()
    cases = [
        Case(mine, theirs, pool(theirs))
        for a, b in pairs_of_reports(asked.reports)
        for mine, theirs in [(read_report(a), read_report(b))]
    ]
    print_place_and_time()
    print(f"{len(cases)} pairs of synthetic reports, seed {SEED}; {asked.rounds} rounds after one to warm up.")
    measure_views(library, cases, asked.rounds)
    measure_peers(library, cases, asked.rounds)
    measure_growth(library, cases, asked.rounds)


def measure_views(library: Library, cases: Sequence[Case], rounds: int) -> None:
    """A view with its reasons, from reports in the engine's form to bytes, and the parts of that."""
    renderer = Renderer(library, SOURCE_LOCALE)
    compiled = library.compiled
    codes = codes_of(compiled, cases)
    one = viewing(compiled, renderer, cases, "reasons")
    asked = Moment(most_rules=DEPTHS["reasons"].most_rules)

    def both() -> None:
        """Half of the cases, two views each, as a request asks for them."""
        for case in cases[::2]:
            for view in evaluate_both(compiled, case.mine, case.theirs, (asked, asked)):
                renderer.view(view, COUNTRY, "reasons", TODAY)

    def decide() -> None:
        for case in cases:
            evaluate(compiled, case.mine, case.pooled)

    def judge() -> None:
        for each in codes:
            compiled.judge(each)

    view, plain, verdicts = "one view with reasons, to bytes", "  without its reasons written", "  its verdicts alone"
    turns = take_turns(
        {
            view: one,
            AGAIN: one,
            "  of both views at once": both,
            "  decided, not written": decide,
            plain: viewing(compiled, renderer, cases, "none"),
            verdicts: judge,
        },
        rounds,
    )
    print("\nOne view")
    print_turns(turns, view, len(cases), "view")
    spread = cost_of_each(renderer, compiled, cases)
    print(
        f"  by report: half of them under {spread[49]:.0f} µs, 90 % under {spread[89]:.0f}, 99 % under {spread[98]:.0f}"
    )
    cost = median(turns[view]) / len(cases) * 1e6
    print_target("a view with reasons, µs", cost, MOST_FOR_A_VIEW)
    print_target("the same, as far as we hope to get", cost, HOPED_FOR_A_VIEW)
    print_target("its verdicts, µs", median(turns[verdicts]) / len(codes) * 1e6, MOST_FOR_VERDICTS)


def measure_peers(library: Library, cases: Sequence[Case], rounds: int) -> None:
    """Which rules fire: the same rules and findings in other engines, each of which has to agree about every report."""
    compiled = library.compiled
    names = [finding.id for finding in compiled.findings]
    ids = [rule.id for rule in compiled.rules]
    rules = [rule for rule in library.ruleset.rules if rule.status != "retired"]
    codes = codes_of(compiled, cases)
    findings = [dict(zip(names, each, strict=True)) for each in codes]

    def fire(each: tuple[int, ...]) -> list[str]:
        left = compiled.judge(each) & compiled.rules_that.every
        fired = []
        while left:
            low = left & -left
            fired.append(ids[low.bit_length() - 1])
            left ^= low
        return fired

    ours, bits = "ours, as a list of the rules that fire", "ours, as bits"
    expected = [fire(each) for each in codes]
    others = peers.engines(rules, compiled.findings)
    for name, engine in others.items():
        if fire_all(engine, findings) != expected:
            raise AssertionError(f"{name} does not agree with our verdicts")

    contestants: dict[str, Callable[[], object]] = {
        ours: lambda: [fire(each) for each in codes],
        AGAIN: lambda: [fire(each) for each in codes],
        bits: lambda: [compiled.judge(each) for each in codes],
    }
    contestants |= {name: partial(fire_all, engine, findings) for name, engine in others.items()}
    turns = take_turns(contestants, rounds)
    fired = mean(map(len, expected))
    print(
        f"\nThe same {len(rules)} rules in other engines; all agree on {len(codes)} reports, "
        f"on which {fired:.0f} rules fire on average"
    )
    print_turns(turns, ours, len(codes), "report")
    for name in peers.missing():
        print(f"  {name}: not installed")


def fire_all(engine: peers.Engine, findings: Sequence[peers.Codes]) -> list[peers.Fired]:
    """What one engine makes of all findings."""
    return [engine(each) for each in findings]


def measure_growth(library: Library, cases: Sequence[Case], rounds: int) -> None:
    """The same reports under the ruleset and under one several times as large."""
    larger = enlarge(library, TIMES, Random(SEED))  # noqa: S311  repeatable
    both = {"the ruleset as it is": library, f"{TIMES} times its rules and activities": larger}
    contestants: dict[str, Callable[[], object]] = {}
    print("\nGrowth")
    for name, each in both.items():
        renderer = Renderer(each, SOURCE_LOCALE)
        contestants[name] = viewing(each.compiled, renderer, cases, "reasons")
        print(f"  {name}: {described(each, renderer, cases)}")
    here, there = both
    turns = take_turns({here: contestants[here], AGAIN: contestants[here], there: contestants[there]}, rounds)
    print_turns(turns, here, len(cases), "view")
    print_target("times the cost", median(ratios(turns, there, here)), MOST_GROWTH)


def viewing(
    compiled: CompiledRuleset, renderer: Renderer, cases: Sequence[Case], explain: Explain
) -> Callable[[], None]:
    """One view of each case, decided and written."""
    asked = Moment(most_rules=DEPTHS[explain].most_rules)

    def run() -> None:
        for case in cases:
            renderer.view(evaluate(compiled, case.mine, case.pooled, moment=asked), COUNTRY, explain, TODAY)

    return run


def codes_of(compiled: CompiledRuleset, cases: Sequence[Case]) -> list[tuple[int, ...]]:
    """The findings of every view that judges rules, as the views' own codes."""
    views = (evaluate(compiled, case.mine, case.pooled) for case in cases)
    return [view.verdict.codes for view in views if view.verdict]


def cost_of_each(renderer: Renderer, compiled: CompiledRuleset, cases: Sequence[Case], tries: int = 3) -> list[float]:
    """The percentiles of the views' cost in microseconds; of each view the least of a few tries counts."""
    costs, asked = [], Moment(most_rules=DEPTHS["reasons"].most_rules)
    for case in cases:
        spent = []
        for _ in range(tries):
            began = process_time_ns()
            renderer.view(evaluate(compiled, case.mine, case.pooled, moment=asked), COUNTRY, "reasons", TODAY)
            spent.append(process_time_ns() - began)
        costs.append(min(spent) / 1000)
    return quantiles(costs, n=100)


def described(library: Library, renderer: Renderer, cases: Sequence[Case]) -> str:
    """What a library makes of the cases, so that the reader sees whether two of them do comparable work."""
    compiled = library.compiled
    views = [evaluate(compiled, case.mine, case.pooled) for case in cases]
    suggesting = sum(view.outcome == "suggestions" for view in views)
    fired = mean((v.verdict.true & compiled.rules_that.every).bit_count() for v in views if v.verdict)
    size = mean(len(renderer.view(view, COUNTRY, "reasons", TODAY)) for view in views)
    return (
        f"{len(compiled.rules)} rules, {len(compiled.index.order)} activities; "
        f"{suggesting / len(views):.0%} of the views suggest; {fired:.0f} rules fire, {size / 1000:.0f} kB a view"
    )


if __name__ == "__main__":
    main()
