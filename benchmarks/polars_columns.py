"""The same gates as Polars expressions over a frame of the same columns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from verification.answers import Block
from verification.circuit import Circuit, Node

Counts = Mapping[Node, int]


def in_polars(circuit: Circuit, nodes: Sequence[Node], blocks: Sequence[Block]) -> Callable[[Sequence[Block]], Counts]:
    """A function that counts, for all blocks, in how many views each gate holds.

    What a gate reads off the answers comes as a column of truth values; each gate is one more column, worked out lazily
    and in layers, so that a gate that many read is worked out once. Swapped gates read the other partner's columns.
    """
    frames = {id(block): _frame(circuit, nodes, block) for block in blocks}
    wanted = list(dict.fromkeys(nodes))

    def count(these: Sequence[Block]) -> Counts:
        totals = dict.fromkeys(wanted, 0)
        for block in these:
            for node, held in _count(circuit, wanted, frames[id(block)]).items():
                totals[node] += held
        return totals

    return count


def _frame(circuit: Circuit, nodes: Sequence[Node], block: Block) -> pl.DataFrame:
    columns: dict[str, Any] = {}
    for node in circuit.needed_for(nodes):
        kind, named, _ = circuit.gate(node)
        if kind == "input":
            plane = np.zeros(block.words, np.uint64)
            block.read(named, plane)
            columns[str(node)] = np.unpackbits(plane.view(np.uint8), bitorder="little").view(np.bool_)
    return pl.DataFrame(columns)


def _count(circuit: Circuit, wanted: Sequence[Node], frame: pl.DataFrame) -> Counts:
    lazy, half = frame.lazy(), frame.height // 2
    layers: dict[Node, int] = {}
    by_layer: dict[int, list[pl.Expr]] = {}
    for node in circuit.needed_for(wanted):
        kind, _, _ = circuit.gate(node)
        reads = circuit.read_by(node)
        layers[node] = max((layers[each] + 1 for each in reads), default=0)
        if reads:
            by_layer.setdefault(layers[node], []).append(_expression(kind, reads, half).alias(str(node)))
        elif kind == "constant":
            by_layer.setdefault(0, []).append(pl.lit(bool(node)).alias(str(node)))
    for layer in sorted(by_layer):
        lazy = lazy.with_columns(by_layer[layer])
    sums = lazy.select(pl.col(str(node)).sum() for node in wanted).collect()
    return {node: int(sums[str(node)][0]) for node in wanted}


def _expression(kind: str, reads: Sequence[Node], half: int) -> pl.Expr:
    first = pl.col(str(reads[0]))
    if kind == "and":
        return first & pl.col(str(reads[1]))
    if kind == "or":
        return first | pl.col(str(reads[1]))
    if kind == "not":
        return ~first
    return first.slice(half).append(first.slice(0, half))
