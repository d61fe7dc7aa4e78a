"""Logic as a circuit: `and`, `or`, `not` and `swap` over planes, where a plane is one bit for each of many views.

A view is one partner's. A plane holds the views of all partners a first and of all partners b behind them, so `swap`
turns what is mine into what is my partner's. Sixty-four views fit into a word: a gate decides them at once, with whole
numbers only. Equal gates are made once, also across two rulesets; what two rulesets share is decided once.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Node = int
"""The number of a gate. A gate only reads gates with smaller numbers."""

Plane = NDArray[np.uint64]
Gate = Literal["constant", "input", "and", "or", "not", "swap"]

FALSE: Node = 0
TRUE: Node = 1


class Circuit:
    """Grows gate by gate; what is already there, or follows from constants, is not made again."""

    def __init__(self) -> None:
        self._gates: list[tuple[Gate, Hashable, Node]] = [("constant", 0, 0), ("constant", 1, 0)]
        self._known: dict[tuple[Gate, Hashable, Node], Node] = {}

    def __len__(self) -> int:
        return len(self._gates)

    def gate(self, node: Node) -> tuple[Gate, Hashable, Node]:
        """What a node is: its kind, and what it reads."""
        return self._gates[node]

    def input(self, named: Hashable) -> Node:
        """Something that is read off the answers."""
        return self._make("input", named)

    def invert(self, node: Node) -> Node:
        if node in (FALSE, TRUE):
            return TRUE - node
        kind, inner, _ = self._gates[node]
        return inner if kind == "not" and isinstance(inner, int) else self._make("not", node)

    def swap(self, node: Node) -> Node:
        """The same as the other partner has it."""
        if node in (FALSE, TRUE):
            return node
        kind, inner, _ = self._gates[node]
        return inner if kind == "swap" and isinstance(inner, int) else self._make("swap", node)

    def every(self, nodes: Iterable[Node]) -> Node:
        joined = TRUE
        for node in nodes:
            joined = self._both(joined, node)
        return joined

    def some(self, nodes: Iterable[Node]) -> Node:
        joined = FALSE
        for node in nodes:
            joined = self._either(joined, node)
        return joined

    def differ(self, left: Node, right: Node) -> Node:
        """Exactly one of the two."""
        if left == right:
            return FALSE
        return self.some((self.every((left, self.invert(right))), self.every((right, self.invert(left)))))

    def at_least(self, nodes: Sequence[Node]) -> tuple[Node, ...]:
        """For each count from one to all of them: whether at least so many hold."""
        counts: list[Node] = []
        for node in nodes:
            more = [self._both(fewer, node) for fewer in (TRUE, *counts)]
            counts = [self._either(a, b) for a, b in zip((*counts, FALSE), more, strict=True)]
        return tuple(counts)

    def _both(self, left: Node, right: Node) -> Node:
        if right in (left, TRUE):
            return left
        if left == TRUE:
            return right
        if FALSE in (left, right) or self.invert(left) == right:
            return FALSE
        return self._make("and", min(left, right), max(left, right))

    def _either(self, left: Node, right: Node) -> Node:
        if right in (left, FALSE):
            return left
        if left == FALSE:
            return right
        if TRUE in (left, right) or self.invert(left) == right:
            return TRUE
        return self._make("or", min(left, right), max(left, right))

    def _make(self, kind: Gate, left: Hashable, right: Node = 0) -> Node:
        key = (kind, left, right)
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = len(self._gates)
            self._gates.append(key)
        return node

    def needed_for(self, outputs: Iterable[Node]) -> list[Node]:
        """Every gate that the outputs hang on, in an order in which they can be decided."""
        needed, open_ = set[Node](), list(outputs)
        while open_:
            node = open_.pop()
            if node not in needed:
                needed.add(node)
                open_ += self.read_by(node)
        return sorted(needed)

    def read_by(self, node: Node) -> tuple[Node, ...]:
        """The gates that one gate reads."""
        kind, left, right = self._gates[node]
        if kind in ("constant", "input") or not isinstance(left, int):
            return ()
        return (left,) if kind in ("not", "swap") else (left, right)


Read = Callable[[Hashable, Plane], None]
"""Writes an input's plane."""


class _Step(NamedTuple):
    kind: Gate
    reads: tuple[int, ...]
    writes: int
    named: Hashable


class Runner:
    """Decides chosen outputs, block by block, in the same few planes of memory."""

    def __init__(self, circuit: Circuit, outputs: Iterable[Node]) -> None:
        wanted = tuple(dict.fromkeys(outputs))
        order = circuit.needed_for((FALSE, TRUE, *wanted))
        self.gates = len(order)
        self._place, self._steps, self._planes = _lay_out(circuit, order, wanted)
        self._memory: NDArray[np.uint64] = np.zeros((0, 0), np.uint64)

    def run(self, words: int, read: Read) -> None:
        """Decide all gates for as many views as fit into these words; `read` fills in the inputs."""
        if self._memory.shape[1] != words:
            self._memory = np.zeros((self._planes, words), np.uint64)
        planes = list(self._memory)
        planes[self._place[FALSE]][:] = 0
        planes[self._place[TRUE]][:] = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
        half = words // 2
        for kind, reads, writes, named in self._steps:
            out = planes[writes]
            if kind == "and":
                np.bitwise_and(planes[reads[0]], planes[reads[1]], out)
            elif kind == "or":
                np.bitwise_or(planes[reads[0]], planes[reads[1]], out)
            elif kind == "not":
                np.invert(planes[reads[0]], out)
            elif kind == "input":
                read(named, out)
            else:
                other = planes[reads[0]]
                out[:half], out[half:] = other[half:], other[:half]

    def plane(self, node: Node) -> Plane:
        """What was decided for an output; it holds until the next run."""
        plane: Plane = self._memory[self._place[node]]
        return plane

    def rows(self, nodes: Sequence[Node]) -> list[int]:
        """Where in `memory` these outputs stand."""
        return [self._place[node] for node in nodes]

    @property
    def memory(self) -> NDArray[np.uint64]:
        """All planes of the last run."""
        return self._memory


def _lay_out(
    circuit: Circuit, order: Sequence[Node], outputs: Sequence[Node]
) -> tuple[dict[Node, int], list[_Step], int]:
    """Steps and places: a plane is written anew once nobody reads it any more, so that few of them stay warm."""
    last_use = {node: position for position, node in enumerate(order)}
    for position, node in enumerate(order):
        last_use.update(dict.fromkeys(circuit.read_by(node), position))
    last_use |= dict.fromkeys((FALSE, TRUE, *outputs), len(order))
    place: dict[Node, int] = {}
    steps: list[_Step] = []
    free: list[int] = []
    planes = 0
    for position, node in enumerate(order):
        if not free:
            free.append(planes)
            planes += 1
        place[node] = free.pop()
        kind, named, _ = circuit.gate(node)
        reads = circuit.read_by(node)
        if kind != "constant":
            steps.append(_Step(kind, tuple(place[each] for each in reads), place[node], named))
        free += [place[each] for each in dict.fromkeys(reads) if last_use[each] == position]
    return place, steps, planes
