"""How long the proof takes: for the shipped rules, and for synthetic ones beside them, with ratios of one run.

python -m benchmarks.prove
"""

import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import NamedTuple

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import All, Clause
from app.engine.ruleset import Finding, Need, Rule, Ruleset
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.properties import PropertyKind
from verification.cells import Cells
from verification.counterexamples import MeansResult
from verification.solve import Solver

SIZES = (300, 1000)
SEED = 3
TIMEOUT_MS = 20_000
ON_RULES: tuple[PropertyKind, ...] = (
    "suggests",
    "withholds",
    "called_for",
    "alive",
    "counts",
    "bounded_wishes",
    "answers_add",
)
"""What is shown of rules; the rest depends on findings and activities alone, which do not grow here."""


class Round(NamedTuple):
    rules: int
    solver: dict[str, float]
    cells: dict[str, float]
    too_many: list[str]


def main() -> None:
    shipped = load_ruleset()
    first = measure(shipped)
    tell(first, first)
    for size in SIZES:
        tell(measure(with_more(shipped, size)), first)


def measure(library: Library) -> Round:
    """Seconds for each kind. A property that does not hold of synthetic rules is looked for to its end all the same."""
    solver, cells = Solver(library, TIMEOUT_MS), Cells(library)
    round_ = Round(len(library.ruleset.rules), {}, {}, [])
    for wanted in library.properties:
        if wanted.kind not in ON_RULES:
            continue
        add(round_.solver, wanted.kind, lambda wanted=wanted: solver.show(wanted))  # type: ignore[misc]
        shown = add(round_.cells, wanted.kind, lambda wanted=wanted: cells.show(wanted))  # type: ignore[misc]
        if any("too many" in broken.says for broken in shown.broken):
            round_.too_many.append(wanted.kind)
    return round_


def add(seconds: dict[str, float], kind: str, show: Callable[[], MeansResult]) -> MeansResult:
    started = time.perf_counter()
    shown = show()
    seconds[kind] = seconds.get(kind, 0.0) + time.perf_counter() - started
    return shown


def tell(round_: Round, first: Round) -> None:
    print(f"\n{round_.rules} rules")
    for kind in dict.fromkeys(ON_RULES):
        one, other = round_.solver[kind], first.solver[kind]
        cells = "too many cells" if kind in round_.too_many else f"{round_.cells[kind]:7.2f} s by cells"
        print(f"  {kind:20} {one:7.2f} s by z3 ({one / max(other, 1e-3):6.1f} times)   {cells}")
    whole, base = sum(round_.solver.values()), sum(first.solver.values())
    more = f"{whole / base:6.1f} times for {round_.rules / first.rules:.1f} times the rules"
    print(f"  {'in all':20} {whole:7.2f} s by z3 ({more})")


def with_more(shipped: Library, size: int) -> Library:
    """The shipped rules and so many random ones that there are `size` in all."""
    random, ruleset = Random(SEED), shipped.ruleset  # noqa: S311  the same rules in every run
    pooled = [finding for finding in ruleset.findings if finding.label == "pooled"]
    purposes = [purpose.id for purpose in ruleset.purposes if purpose.practice != "affection"]
    numbers = range(size - len(ruleset.rules))
    more = tuple(synthetic(random, number, pooled, purposes) for number in numbers)
    larger: Ruleset = replace(ruleset, rules=ruleset.rules + more)
    return replace(shipped, ruleset=larger, compiled=compile_ruleset(larger))


def synthetic(random: Random, number: int, findings: list[Finding], purposes: list[str]) -> Rule:
    read = random.sample(findings, random.choice((2, 2, 3)))
    clauses = []
    for finding in read:
        code = random.randrange(len(finding.values))
        clauses.append(Clause(finding.id, "==", (finding.values[code],), (code,)))
    return Rule(
        id=f"synthetic-{number}",
        status="draft",
        when=All(tuple(clauses)),
        suggests=random.choice(purposes),
        need=random.choice(tuple(Need)),
        withholds=(),
        withholds_asks=(),
        basis="editorial",
        claims=(),
        grade="D",
        scenarios=(),
    )


if __name__ == "__main__":
    main()
