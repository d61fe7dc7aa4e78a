"""What it costs to decide very many couples by two rulesets: as bit planes, and the same logic in Polars.

python -m benchmarks.population [--couples 1000000] [--rounds 7] [--check 1000000] [--memory]

The two rulesets are the content and a copy in which one rule weighs less. `--check` holds so many couples against the
request path, bit by bit. `--memory` says how much memory a whole simulation takes at a million and at ten millions.
"""

import resource
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from statistics import median
from time import process_time

import numpy as np

from app.engine.compiled_ruleset import CompiledRuleset, compile_ruleset
from app.engine.ruleset import Need
from app.rulesets.load import CONTENT, load_ruleset
from benchmarks.rounds import AGAIN, print_place_and_time, print_target, print_turns, take_turns
from verification.answers import BLOCK, Block, decode
from verification.circuit import Circuit, Node, Runner
from verification.columns import Decided, decide_columns
from verification.comparison import Comparison
from verification.population import Population
from verification.simulate import views_of

LIGHTER = "structure-first-when-talk-is-strained"
MOST_NANOSECONDS = 200
"""For a couple, by two rulesets: five millions a second."""
SIMULATED = (1_000_000, 10_000_000)


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description="What it costs to decide very many couples.")
    parser.add_argument("--couples", type=int, default=4 * BLOCK)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--check", type=int, default=0)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--simulate", type=int, default=0, help="one whole simulation, and its memory")
    asked = parser.parse_args()
    if asked.simulate:
        simulate_whole(asked.simulate)
        return
    print_place_and_time()
    old, new = rulesets()
    if asked.check:
        check(old, new, asked.check)
    measure(old, new, asked.couples, asked.rounds)
    if asked.memory:
        for couples in SIMULATED:
            subprocess.run([sys.executable, "-m", "benchmarks.population", "--simulate", str(couples)], check=True)


def rulesets() -> tuple[CompiledRuleset, CompiledRuleset]:
    """The content, and a copy in which one rule weighs less."""
    library = load_ruleset()
    rules = tuple(replace(rule, need=Need.slight) if rule.id == LIGHTER else rule for rule in library.ruleset.rules)
    return library.compiled, compile_ruleset(replace(library.ruleset, rules=rules))


def outputs(decided: Decided) -> list[Node]:
    """All that a view of the columns says."""
    judged = decided.judged
    return [
        decided.support,
        decided.suggestions,
        *judged.rules.values(),
        *decided.shown.values(),
        *decided.eligible.values(),
        *(node for levels in judged.needs.values() for node in levels),
        *decided.suggested.values(),
        *decided.leading.values(),
        *decided.before.values(),
    ]


def measure(old: CompiledRuleset, new: CompiledRuleset, couples: int, rounds: int) -> None:
    """The verdicts of two rulesets on columns of answers that are already there; then all of a simulation's parts."""
    population = Population(0)
    blocks = [population.block(number) for number in range(max(couples // BLOCK, 1))]
    circuit = Circuit()
    decided = [decide_columns(circuit, compiled) for compiled in (old, new)]
    nodes = [node for each in decided for node in outputs(each)]
    both, one = Runner(circuit, nodes), Runner(circuit, outputs(decided[0]))
    comparison = Comparison(old, new)
    contestants: dict[str, Callable[[], object]] = {
        "two rulesets": partial(_run, both, blocks),
        AGAIN: partial(_run, both, blocks),
        "one ruleset": partial(_run, one, blocks),
        "two rulesets, and counting what differs": lambda: [comparison.count(block, 0) for block in blocks],
        "making the couples": lambda: [population.block(number) for number in range(len(blocks))],
    }
    try:
        from benchmarks.polars_columns import in_polars  # noqa: PLC0415  Polars is there where make bench was run
    except ModuleNotFoundError:
        print("Polars is not installed: make bench installs it.")
    else:
        expressions = in_polars(circuit, nodes, blocks)
        _compare(both, nodes, blocks[0], expressions(blocks[:1]))
        contestants["two rulesets, in Polars on one thread"] = partial(expressions, blocks)
    count = len(blocks) * BLOCK
    turns = take_turns(contestants, rounds)
    print(f"\n{count:,} couples in blocks of {BLOCK:,}; {both.gates:,} gates for two rulesets, {one.gates:,} for one")
    print_turns(turns, "two rulesets", count, "couple")
    nanoseconds = median(turns["two rulesets"]) / count * 1e9
    print(f"  {1000 / nanoseconds:.1f} million couples a second and core")
    print_target("nanoseconds for a couple by two rulesets", nanoseconds, MOST_NANOSECONDS)


def _run(runner: Runner, blocks: Sequence[Block]) -> None:
    for block in blocks:
        runner.run(block.words, block.read)


def _compare(runner: Runner, nodes: Sequence[Node], block: Block, counted: Mapping[Node, int]) -> None:
    """Both count the same, or the run stops."""
    runner.run(block.words, block.read)
    for node in dict.fromkeys(nodes):
        ours = int(np.bitwise_count(runner.plane(node)).sum())
        if ours != counted[node]:
            raise SystemExit(f"gate {node}: {ours} here, {counted[node]} in Polars")


def check(old: CompiledRuleset, new: CompiledRuleset, couples: int) -> None:
    """Every couple through the request path as well, by both rulesets."""
    comparison, population, began = Comparison(old, new), Population(0), process_time()
    wrong = views = 0
    for number in range(-(-couples // BLOCK)):
        block = population.block(number, min(BLOCK, couples - number * BLOCK))
        comparison.count(block, number)
        for row in range(block.couples):
            couple = decode(block, row)
            pairs = zip(views_of(old, couple), views_of(new, couple), strict=True)
            for viewer, (before, after) in enumerate(pairs):
                if before is not None and after is not None:
                    views += 1
                    wrong += not comparison.agrees(block, (viewer, row), before, after)
    print(
        f"{couples:,} couples, {views:,} views by two rulesets against the request path: {wrong} differ"
        f" ({process_time() - began:.0f} s)"
    )


def simulate_whole(couples: int) -> None:
    """One simulation from beginning to end, in a process of its own so that its memory can be told."""
    from verification.simulate import Task, simulate  # noqa: PLC0415

    began = process_time()
    simulate(Task(CONTENT, "files", "files", couples), done=lambda _: None)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = process_time() - began
    print(f"{couples:>12,} couples simulated: {spent:.1f} s CPU, at most {most:.0f} MB of memory")


if __name__ == "__main__":
    main()
