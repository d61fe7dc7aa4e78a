"""Answers as gates of a circuit, and the conditions that read them."""

from collections.abc import Callable, Iterable

from app.engine.conditions import All, AnyOf, Chosen, Condition, Contains, Leaf, Linear, Not
from app.engine.vocabulary import ANSWERS
from verification.answers import KEEP_PRIVATE, AtLeast, Bit, Compares, Present, Rated, bits_of, set_bit
from verification.circuit import FALSE, Circuit, Node


class Answered:
    """Answers as gates: what is true of them, and what is false; neither where they are unknown.

    `holds_back` reads them as the other partner's view may: without what is kept private.
    """

    def __init__(self, circuit: Circuit, *, holds_back: bool) -> None:
        self._circuit = circuit
        self._holds_back = holds_back
        self.heard = circuit.swap(circuit.input(Present()))
        """The other partner answered too."""

    def truth(self, condition: Condition) -> tuple[Node, Node]:
        """Where a condition is true, and where it is false."""
        return decide(self._circuit, condition, self._leaf)

    def is_any(self, path: str, levels: Iterable[str]) -> Node:
        """One of these levels was chosen, or is in the set."""
        if ANSWERS[path].shape == "choices":
            return self._circuit.some(self._member(path, level) for level in levels)
        return self._circuit.some(self._level(path, level) for level in levels)

    def is_known(self, path: str) -> Node:
        match ANSWERS[path].shape:
            case "choices":
                known = self._circuit.input(Bit(path, set_bit(path)))
            case "number" | "integer":
                known = self._circuit.input(AtLeast(path, 0))
            case _:
                known = self._circuit.some(self._circuit.input(Bit(path, i)) for i in range(bits_of(path)))
        return self._told(known, path)

    def is_at_least(self, path: str, least: int) -> Node:
        return self._told(self._circuit.input(AtLeast(path, least)), path)

    def is_rated(self, path: str, kinds: Iterable[str], codes: tuple[int, ...]) -> Node:
        """One of these kinds is rated so."""
        return self._circuit.some(self._told(self._circuit.input(Rated(path, kind, codes)), path) for kind in kinds)

    def _leaf(self, leaf: Leaf) -> tuple[Node, Node]:
        match leaf:
            case Chosen(path, levels):
                others = tuple(level for level in _levels_of(path) if level not in levels)
                return self.is_any(path, levels), self.is_any(path, others)
            case Contains(path, member):
                holds = self._member(path, member)
                return holds, self._circuit.every((self.is_known(path), self._circuit.invert(holds)))
            case Linear(terms):
                holds = self._circuit.input(Compares(leaf))
                for _, path in terms:
                    holds = self._told(holds, path)
                known = self._circuit.every(self.is_known(path) for _, path in terms)
                return holds, self._circuit.every((known, self._circuit.invert(holds)))
            case _:
                raise TypeError("a finding reads answers, not findings")

    def _level(self, path: str, level: str) -> Node:
        """The binary digits of the level's code."""
        code = _levels_of(path).index(level) + 1
        digits = [self._circuit.input(Bit(path, i)) for i in range(bits_of(path))]
        held = (digit if code >> i & 1 else self._circuit.invert(digit) for i, digit in enumerate(digits))
        return self._told(self._circuit.every(held), path)

    def _member(self, path: str, member: str) -> Node:
        return self._told(self._circuit.input(Bit(path, ANSWERS[path].levels.index(member))), path)

    def _told(self, node: Node, path: str) -> Node:
        return self._circuit.every((node, self._circuit.invert(self.kept(path)))) if self._holds_back else node

    def kept(self, path: str) -> Node:
        """Where this answer is kept private."""
        if path not in ANSWERS[KEEP_PRIVATE].levels:
            return FALSE
        return self._circuit.input(Bit(KEEP_PRIVATE, ANSWERS[KEEP_PRIVATE].levels.index(path)))


def _levels_of(path: str) -> tuple[str, ...]:
    return ("false", "true") if ANSWERS[path].shape == "yes_no" else ANSWERS[path].levels


def decide(circuit: Circuit, condition: Condition, leaf: Callable[[Leaf], tuple[Node, Node]]) -> tuple[Node, Node]:
    """Where a condition is true, and where it is false (Kleene): the rest is unknown."""
    match condition:
        case All(parts):
            both = [decide(circuit, part, leaf) for part in parts]
            return circuit.every(true for true, _ in both), circuit.some(false for _, false in both)
        case AnyOf(parts):
            both = [decide(circuit, part, leaf) for part in parts]
            return circuit.some(true for true, _ in both), circuit.every(false for _, false in both)
        case Not(part):
            true, false = decide(circuit, part, leaf)
            return false, true
        case _:
            return leaf(condition)
