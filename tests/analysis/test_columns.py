"""What the columns say of a couple is what a request would be told: bit by bit, over very many couples."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.analysis.answers import Block, Couple, decode, encode
from app.analysis.circuit import Circuit, Node, Runner
from app.analysis.columns import Decided, decide_columns
from app.analysis.population import Population
from app.engine.conditions import UNKNOWN
from app.engine.evaluate import evaluate
from app.engine.program import Program
from app.engine.self_report import pool
from app.engine.verdicts import gate
from app.engine.view import View
from app.engine.vocabulary import PRACTICES
from app.rulesets.library import Library
from benchmarks.larger import enlarge
from tests.engine.reports import random_report, seeded

COUPLES = 50_000
RANDOM_COUPLES = 3_000
LARGER_COUPLES = 600


class Columns:
    """A ruleset's circuit, with every gate looked at."""

    def __init__(self, program: Program) -> None:
        circuit = Circuit()
        self.decided: Decided = decide_columns(circuit, program)
        judged = self.decided.judged
        self.nodes: dict[str, Node] = {"support": self.decided.support, "suggestions": self.decided.suggestions}
        for name, group in {
            "rule": judged.rules,
            "capped": judged.capped,
            "raised": judged.raised,
            "withheld": judged.withheld,
            "privately": judged.withheld_privately,
            "suggested": self.decided.suggested,
            "leading": self.decided.leading,
            "shown": self.decided.shown,
        }.items():
            self.nodes |= {f"{name} {id_}": node for id_, node in group.items()}
        for name, levels in {"finding": judged.findings, "need": judged.needs}.items():
            self.nodes |= {f"{name} {id_} {i}": node for id_, each in levels.items() for i, node in enumerate(each)}
        self.nodes |= {f"before {a} {b}": node for (a, b), node in self.decided.before.items()}
        self.runner = Runner(circuit, self.nodes.values())

    def decide(self, block: Block) -> Mapping[str, NDArray[np.uint8]]:
        """For each gate a row of truth values for partners a, and one for partners b."""
        self.runner.run(block.words, block.read)
        return {
            name: np.unpackbits(self.runner.plane(node).view(np.uint8), bitorder="little").reshape(2, -1)
            for name, node in self.nodes.items()
        }


def expected(program: Program, view: View) -> dict[str, bool]:
    """The same of one view, read off the request path."""
    said = {"support": view.outcome == "support", "suggestions": view.outcome == "suggestions"}
    verdicts = view.verdicts
    if verdicts is None:
        return said
    gated = gate(program, verdicts)
    for finding, code in zip(program.findings, verdicts.codes, strict=True):
        said |= {f"finding {finding.id} {i}": code >= i and code != UNKNOWN for i in range(len(finding.values))}
    for i, rule in enumerate(program.rules):
        said[f"rule {rule.id}"] = bool(verdicts.true >> i & 1)
        said[f"capped {rule.id}"] = bool(verdicts.capped >> i & 1)
    for i, insight in enumerate(program.insights):
        said[f"raised {insight.id}"] = bool(verdicts.own_true >> len(program.rules) + i & 1)
        said[f"shown {insight.id}"] = insight.id in view.insights
    for i, practice in enumerate(PRACTICES):
        said |= {f"need {practice} {level}": gated.needs[i] > level for level in range(3)}
        said[f"withheld {practice}"] = bool(gated.withheld >> i & 1)
        said[f"privately {practice}"] = bool(gated.withheld_privately >> i & 1)
    ranks = {each.strategy: each.rank for each in view.strategies}
    for each in view.strategies:
        said[f"suggested {each.strategy}"] = each.standing != "not_now"
        said[f"leading {each.strategy}"] = each.standing == "leading"
        said |= {f"before {each.strategy} {o}": each.rank < rank for o, rank in ranks.items() if o != each.strategy}
    return said


def disagreements(program: Program, block: Block, couples: Sequence[Couple]) -> list[str]:
    columns = Columns(program).decide(block)
    names = list(columns)
    wrong: list[str] = []
    for viewer in (0, 1):
        rows, said = [], []
        for row, couple in enumerate(couples):
            mine, theirs = couple[viewer], couple[1 - viewer]
            if mine is not None:
                view = evaluate(program, mine, None if theirs is None else pool(theirs))
                rows.append(row)
                said.append(expected(program, view))
        for name in names:
            held = [(row, each[name]) for row, each in zip(rows, said, strict=True) if name in each]
            if held:
                at, wanted = np.array([row for row, _ in held]), np.array([value for _, value in held])
                differ = np.flatnonzero(columns[name][viewer, at] != wanted)
                wrong += [f"{name}, couple {at[i]}, view {'ab'[viewer]}" for i in differ[:3]]
    return wrong


def random_couples(count: int, seed: int) -> list[Couple]:
    random = seeded(seed)

    def report() -> Any:
        return random_report(random, is_safe=random.random() < 0.8)

    return [(report(), None if random.random() < 0.2 else report()) for _ in range(count)]


@pytest.mark.parametrize("number", range(4))
def test_columns_and_requests_agree_on_synthetic_couples(library: Library, number: int) -> None:
    block = Population(seed=11).block(number, COUPLES // 4)
    couples = [decode(block, row) for row in range(block.couples)]

    assert disagreements(library.program, block, couples) == []


def test_columns_and_requests_agree_on_random_reports(library: Library) -> None:
    couples = random_couples(RANDOM_COUPLES, 5)

    assert disagreements(library.program, encode(couples), couples) == []


@pytest.mark.parametrize("seed", range(3))
def test_columns_and_requests_agree_on_random_rulesets(library: Library, seed: int) -> None:
    larger = enlarge(library, 2, Random(seed))
    couples = random_couples(LARGER_COUPLES, seed)

    assert disagreements(larger.program, encode(couples), couples) == []


def test_reports_come_back_from_columns_as_they_went_in() -> None:
    couples = random_couples(400, 9)
    block = encode(couples)

    assert [decode(block, row) for row in range(len(couples))] == couples


def test_a_disagreement_would_be_seen(library: Library) -> None:
    couples = random_couples(200, 2)
    block = encode(couples)
    block.columns["conflict.level"][block.columns["conflict.level"] == 4] = 3

    assert disagreements(library.program, block, couples) != []
