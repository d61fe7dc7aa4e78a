"""What the columns say of a couple is what a request would be told: bit by bit, over very many couples."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, permutations
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.self_report import pool
from app.engine.verdicts import gate
from app.engine.view import View
from app.engine.vocabulary import PRACTICES
from app.rulesets.library import Library
from benchmarks.larger import enlarge
from tests.engine.reports import random_report, seeded
from verification.answers import Block, Couple, decode, encode, pack, unpack
from verification.circuit import Circuit, Node, Runner
from verification.columns import decide_columns
from verification.population import Population

COUPLES = 50_000
RANDOM_COUPLES = 3_000
LARGER_COUPLES = 600


Held = NDArray[np.bool_]


class Columns:
    """A ruleset's circuit, with every gate looked at; each group of gates is one table, a column for each gate."""

    def __init__(self, compiled: CompiledRuleset) -> None:
        circuit = Circuit()
        decided = decide_columns(circuit, compiled)
        judged = decided.judged
        rules, insights = [rule.id for rule in compiled.rules], [insight.id for insight in compiled.insights]
        strategies = [name for name, _ in compiled.practices_of]
        self.groups: dict[str, list[Node]] = {
            "outcome": [decided.support, decided.suggestions],
            "findings": [node for each in compiled.findings for node in judged.findings[each.id]],
            "rules": [judged.rules[id_] for id_ in rules],
            "capped": [judged.capped[id_] for id_ in rules],
            "raised": [judged.raised[id_] for id_ in insights],
            "needs": [node for practice in PRACTICES for node in judged.needs[practice]],
            "withheld": [judged.withheld[practice] for practice in PRACTICES],
            "privately": [judged.withheld_privately[practice] for practice in PRACTICES],
            "shown": [decided.shown[id_] for id_ in insights],
            "suggested": [decided.suggested[name] for name in strategies],
            "leading": [decided.leading[name] for name in strategies],
            "before": [decided.before[pair] for pair in permutations(strategies, 2)],
        }
        self.runner = Runner(circuit, chain(*self.groups.values()))

    def decide(self, block: Block) -> Mapping[str, Held]:
        """For each group: whose view, which couple, which gate."""
        self.runner.run(block.words, block.read)
        return {
            name: np.stack(
                [np.unpackbits(self.runner.plane(node).view(np.uint8), bitorder="little") for node in nodes], axis=-1
            ).reshape(2, -1, len(nodes))
            == 1
            for name, nodes in self.groups.items()
        }


class Told:
    """The same of one view, read off the request path: for each group a number with a bit for each gate."""

    def __init__(self, compiled: CompiledRuleset) -> None:
        self._program = compiled
        self._strategies = [name for name, _ in compiled.practices_of]
        self._values = [len(finding.values) for finding in compiled.findings]

    def of(self, view: View) -> dict[str, int]:
        verdicts, compiled = view.verdicts, self._program
        outcome = bits_of((view.outcome == "support", view.outcome == "suggestions"))
        if verdicts is None:
            return {"outcome": outcome}
        gated = gate(compiled, verdicts)
        ranks = {each.strategy: each.rank for each in view.strategies}
        standings = {each.strategy: each.standing for each in view.strategies}
        codes = zip(verdicts.codes, self._values, strict=True)
        return {
            "outcome": outcome,
            "findings": bits_of(code >= i for code, values in codes for i in range(values)),
            "rules": verdicts.true & compiled.every_rule,
            "capped": verdicts.capped & compiled.every_rule,
            "raised": verdicts.own_true >> len(compiled.rules),
            "needs": bits_of(need > level for need in gated.needs for level in range(3)),
            "withheld": gated.withheld,
            "privately": gated.withheld_privately,
            "shown": bits_of(insight.id in view.insights for insight in compiled.insights),
            "suggested": bits_of(standings[name] != "not_now" for name in self._strategies),
            "leading": bits_of(standings[name] == "leading" for name in self._strategies),
            "before": bits_of(ranks[a] < ranks[b] for a, b in permutations(self._strategies, 2)),
        }


def bits_of(truths: Iterable[bool]) -> int:
    return sum(1 << i for i, holds in enumerate(truths) if holds)


def table_of(numbers: Sequence[int], width: int) -> Held:
    size = -(-width // 8)
    joined = np.frombuffer(b"".join(number.to_bytes(size, "little") for number in numbers), np.uint8)
    held: Held = np.unpackbits(joined.reshape(-1, size), axis=1, bitorder="little")[:, :width] == 1
    return held


def disagreements(compiled: CompiledRuleset, block: Block, couples: Sequence[Couple]) -> list[str]:
    columns, told = Columns(compiled).decide(block), Told(compiled)
    wrong: list[str] = []
    for viewer in (0, 1):
        said: dict[str, dict[int, int]] = {name: {} for name in columns}
        for row, couple in enumerate(couples):
            mine, theirs = couple[viewer], couple[1 - viewer]
            if mine is not None:
                view = evaluate(compiled, mine, None if theirs is None else pool(theirs))
                for name, number in told.of(view).items():
                    said[name][row] = number
        for name, held in columns.items():
            expected = table_of(list(said[name].values()), held.shape[2])
            differ = np.argwhere(held[viewer, list(said[name])] != expected)
            wrong += [f"{name} {gate}, view {'ab'[viewer]} number {row}" for row, gate in differ[:3]]
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

    assert disagreements(library.compiled, block, couples) == []


def test_columns_and_requests_agree_on_random_reports(library: Library) -> None:
    couples = random_couples(RANDOM_COUPLES, 5)

    assert disagreements(library.compiled, encode(couples), couples) == []


@pytest.mark.parametrize("seed", range(3))
def test_columns_and_requests_agree_on_random_rulesets(library: Library, seed: int) -> None:
    larger = enlarge(library, 2, Random(seed))
    couples = random_couples(LARGER_COUPLES, seed)

    assert disagreements(larger.compiled, encode(couples), couples) == []


def test_reports_come_back_from_columns_as_they_went_in() -> None:
    couples = random_couples(400, 9)
    block = encode(couples)

    assert [decode(block, row) for row in range(len(couples))] == couples


def test_packed_couples_come_back() -> None:
    couples = random_couples(60, 10)
    block = encode(couples)

    assert [decode(unpack(each), 0) for each in pack(block, range(60))] == couples


def test_a_disagreement_would_be_seen(library: Library) -> None:
    couples = random_couples(200, 2)
    block = encode(couples)
    block.columns["conflict.level"][block.columns["conflict.level"] == 4] = 3

    assert disagreements(library.compiled, block, couples) != []
