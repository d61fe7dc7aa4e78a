"""Two rulesets side by side on one block of couples: what differs in the views, counted, and who differs most.

Both become one circuit, so what they have in common is decided once, and where they agree for certain nothing is
counted at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.condition_parser import parse_derivation
from app.engine.view import View
from app.engine.vocabulary import PRACTICES
from verification.answered import Answered
from verification.answers import Block, Present, pack
from verification.circuit import FALSE, Circuit, Node, Runner
from verification.columns import Decided, decide_columns

SEGMENTS = Path(__file__).with_name("segments.yaml")
EVERYONE, ONE_PARTNER = "everyone", "one_partner_only"
NOTHING = "nothing_now"

Counts = NDArray[np.int64]
Way = tuple[int, int]
"""One way to differ: how much (the higher, the more), and which of the measures hold, a bit each."""

_WEIGHTS = {"outcome": 12, "leading": 8, "suggested": 4, "practice": 2, "order": 1, "need": 1, "insight": 1}
_KEPT = 240
_HEADLINES = ("views", "support", "changed", "outcome", "leading", "suggested", "order", "practice", "need", "insight")


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of couples."""

    id: str
    title: str


@dataclass(slots=True)
class Example:
    """A way to differ, how many views do, and the answers of the first couple among them; `viewer` is 0 or 1."""

    views: int
    place: tuple[int, int]
    viewer: int
    answers: bytes


@dataclass(slots=True)
class Tally:
    """What was counted: a row for each measure, a column for each segment, and the ways to differ most.

    Ways worse than `floor` are not kept. What is kept was never left out before, so its count is exact.
    """

    couples: int
    couples_changed: int
    counts: Counts
    ways: dict[Way, Example]
    floor: Way = (0, 0)

    def add(self, other: "Tally") -> None:
        """Take in what was counted elsewhere; the order does not matter."""
        self.couples += other.couples
        self.couples_changed += other.couples_changed
        self.counts += other.counts
        for way, example in other.ways.items():
            self.see(way, example)
        self.floor = max(self.floor, other.floor)
        self.trim()

    def see(self, way: Way, example: Example) -> None:
        mine = self.ways.get(way)
        if mine is None:
            self.ways[way] = example
            return
        first = example if example.place < mine.place else mine
        self.ways[way] = Example(mine.views + example.views, first.place, first.viewer, first.answers)

    def trim(self) -> None:
        """Keep the ways that differ most."""
        ranked = sorted(self.ways, reverse=True)
        if len(ranked) > _KEPT:
            self.floor = max(self.floor, ranked[_KEPT - 1])
        self.ways = {way: self.ways[way] for way in ranked if way >= self.floor}


class Comparison:
    """Two rulesets as one circuit, with everything that is counted. `measures` names the rows of a tally's counts."""

    def __init__(self, old: CompiledRuleset, new: CompiledRuleset) -> None:
        self.circuit = Circuit()
        self.old, self.new = decide_columns(self.circuit, old), decide_columns(self.circuit, new)
        self.segments, in_segment = self._segments()
        self._measures = {name: node for name, node in self._all_measures() if node != FALSE}
        self._signs = {name: node for name, node in self._all_signs() if node != FALSE}
        self.measures = tuple(self._measures)
        self.signs = tuple(self._signs)
        self._by_segment = [i for i, name in enumerate(self.measures) if _is_by_segment(name)]
        self._in_segment = in_segment
        told = [node for decided in (self.old, self.new) for node in _checked(decided)]
        self.runner = Runner(self.circuit, [*self._measures.values(), *self._signs.values(), *in_segment, *told])

    def count(self, block: Block, number: int, floor: Way = (0, 0)) -> Tally:
        """Decide a block by both rulesets and count."""
        self.runner.run(block.words, block.read)
        memory = self.runner.memory
        measured = memory[self.runner.rows(list(self._measures.values()))]
        counts = np.zeros((len(self.measures), len(self.segments)), np.int64)
        counts[:, 0] = _ones(measured)
        some = measured[self._by_segment]
        for column, segment in enumerate(self._in_segment[1:], 1):
            counts[self._by_segment, column] = _ones(some & self.runner.plane(segment))
        changed = self._measures.get("changed")
        couples_changed = 0
        if changed is not None:
            plane = self.runner.plane(changed)
            half = plane.size // 2
            couples_changed = int(_ones((plane[:half] | plane[half:])[None, :])[0])
        tally = Tally(block.couples, couples_changed, counts, {}, floor)
        if changed is not None:
            self._find_ways(block, number, tally)
        return tally

    def agrees(self, block: Block, place: tuple[int, int], before: View, after: View) -> bool:
        """Whether two views of the request path are what was decided of this view, for the block counted last."""
        return all(
            self._says(node, block, place) is holds
            for decided, view in ((self.old, before), (self.new, after))
            for node, holds in _told(decided, view)
        )

    def _says(self, node: Node, block: Block, place: tuple[int, int]) -> bool:
        viewer, couple = place
        at = viewer * block.present.shape[1] + couple
        return bool(int(self.runner.plane(node)[at // 64]) >> at % 64 & 1)

    def _find_ways(self, block: Block, number: int, tally: Tally) -> None:
        """Views that differ at least as much as the floor asks for, by the way they do."""
        signs = np.ascontiguousarray(self.runner.memory[self.runner.rows(list(self._signs.values()))])
        bits = signs.view(np.uint8)
        score = np.zeros(signs.shape[1] * 64, np.uint8)
        for name, plane in zip(self.signs, bits, strict=True):
            score += np.unpackbits(plane, bitorder="little") * np.uint8(_WEIGHTS[name.partition("/")[0]])
        rows = np.flatnonzero(score >= max(tally.floor[0], 1))
        which = np.zeros(rows.size, np.uint64)
        for i, plane in enumerate(bits):
            held = (plane[rows >> 3] >> (rows & 7).astype(np.uint8)) & np.uint8(1)
            which |= held.astype(np.uint64) << np.uint64(i)
        order = np.lexsort((rows, which, score[rows]))[::-1]
        rows, which = rows[order], which[order]
        ends = np.flatnonzero(np.append(which[1:] != which[:-1], True)) if rows.size else rows
        views = np.diff(ends, prepend=-1)
        length = signs.shape[1] * 32
        kept = rows[ends[:_KEPT]]
        packed = pack(block, [int(row) % length for row in kept])
        for end, count, answers in zip(ends.tolist(), views.tolist(), packed, strict=False):
            way, row = (int(score[rows[end]]), int(which[end])), int(rows[end])
            if way >= tally.floor:
                tally.see(way, Example(count, (number, row), row // length, answers))
        if len(ends) > _KEPT:
            last = int(ends[_KEPT - 1])
            tally.floor = max(tally.floor, (int(score[rows[last]]), int(which[last])))
        tally.trim()

    def _segments(self) -> tuple[tuple[Segment, ...], list[Node]]:
        circuit = self.circuit
        own = Answered(circuit, holds_back=False)
        segments, nodes = [Segment(EVERYONE, "Everyone")], [circuit.input(Present())]
        for id_, each in _declared_segments().items():
            true, _ = own.truth(parse_derivation(each["when"]))
            segments.append(Segment(id_, each["title"]))
            nodes.append(circuit.some((true, circuit.swap(true))))
        segments.append(Segment(ONE_PARTNER, "Only one of the two heard"))
        nodes.append(circuit.invert(own.heard))
        return tuple(segments), nodes

    def _all_measures(self) -> Iterator[tuple[str, Node]]:
        """Everything that is counted. What is equal in both rulesets is not even there."""
        circuit, old, new = self.circuit, self.old, self.new
        present = circuit.input(Present())
        here = circuit.every((present, circuit.invert(old.support)))
        signs = dict(self._all_signs())
        yield "views", present
        yield "support", circuit.every((present, old.support))
        yield "changed", circuit.some(signs.values())
        for kind in _HEADLINES[3:]:
            yield kind, circuit.some(node for name, node in signs.items() if name.partition("/")[0] == kind)
        told = circuit.every((here, circuit.invert(old.unwilling)))
        for before, after in product(self._places(old), self._places(new)):
            yield f"flow/{before[0]}/{after[0]}", circuit.every((told, before[1], after[1]))
        for practice in PRACTICES:
            was, is_ = old.eligible[practice], new.eligible[practice]
            yield f"practice/{practice}/old", circuit.every((here, was))
            yield f"practice/{practice}/new", circuit.every((here, is_))
            yield f"practice/{practice}/gained", circuit.every((here, is_, circuit.invert(was)))
            yield f"practice/{practice}/lost", circuit.every((here, was, circuit.invert(is_)))
        for rule in dict.fromkeys((*old.judged.rules, *new.judged.rules)):
            was, is_ = old.judged.rules.get(rule, FALSE), new.judged.rules.get(rule, FALSE)
            yield f"rule/{rule}/old", circuit.every((here, was))
            yield f"rule/{rule}/new", circuit.every((here, is_))
            yield f"rule/{rule}/changed", circuit.every((here, circuit.differ(was, is_)))

    def _places(self, decided: Decided) -> list[tuple[str, Node]]:
        """Where a view leads: to one of the strategies, or nowhere for now."""
        return [*decided.leading.items(), (NOTHING, self.circuit.invert(decided.suggestions))]

    def _all_signs(self) -> Iterator[tuple[str, Node]]:
        """The single differences that a view can have."""
        circuit, old, new = self.circuit, self.old, self.new
        here = circuit.every((circuit.input(Present()), circuit.invert(old.support)))

        def differs(kind: str, was: Mapping[str, Node], is_: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
            for id_ in dict.fromkeys((*was, *is_)):
                yield (
                    f"{kind}/{id_}",
                    circuit.every((here, circuit.differ(was.get(id_, FALSE), is_.get(id_, FALSE)))),
                )

        yield "outcome", circuit.every((here, circuit.differ(old.suggestions, new.suggestions)))
        yield from differs("leading", old.leading, new.leading)
        yield from differs("suggested", old.suggested, new.suggested)
        yield from differs("practice", old.eligible, new.eligible)
        yield "order", circuit.some(node for _, node in differs("", _named(old.before), _named(new.before)))
        yield (
            "need",
            circuit.some(
                circuit.every((here, old.eligible[practice], new.eligible[practice], circuit.differ(was, is_)))
                for practice in PRACTICES
                for was, is_ in zip(old.judged.needs[practice], new.judged.needs[practice], strict=True)
            ),
        )
        yield "insight", circuit.some(node for _, node in differs("", old.shown, new.shown))


def _checked(decided: Decided) -> list[Node]:
    return [decided.support, decided.suggestions, *decided.suggested.values(), *decided.leading.values()]


def _told(decided: Decided, view: View) -> Iterator[tuple[Node, bool]]:
    """What a view says, beside the gates that should say the same."""
    yield decided.support, view.outcome == "support"
    if view.outcome != "support":
        yield decided.suggestions, view.outcome == "suggestions"
        for strategy in view.strategies:
            yield decided.suggested[strategy.strategy], strategy.standing != "not_now"
            yield decided.leading[strategy.strategy], strategy.standing == "leading"


def _named(before: Mapping[tuple[str, str], Node]) -> dict[str, Node]:
    return {f"{first}/{second}": node for (first, second), node in before.items()}


def _is_by_segment(measure: str) -> bool:
    kind, *rest = measure.split("/")
    return not rest or (kind == "practice" and rest[-1] in ("gained", "lost"))


def _ones(planes: NDArray[np.uint64]) -> Counts:
    counts: Counts = np.bitwise_count(planes).sum(axis=1, dtype=np.int64)
    return counts


@cache
def _declared_segments() -> Mapping[str, Mapping[str, str]]:
    declared: Mapping[str, Mapping[str, str]] = yaml.safe_load(SEGMENTS.read_text(encoding="utf-8"))
    return declared
