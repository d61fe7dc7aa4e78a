"""A ruleset as a circuit over columns: from answers to findings, verdicts, needs, what fits, and strategies in order.

It reads the typed conditions themselves, not what the request path has compiled from them, so that the two can be held
against each other. Everything up to the order of strategies is here; which activity is picked is not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.ruleset import Strategy
from app.engine.vocabulary import PRACTICES
from verification.answered import Answered
from verification.circuit import FALSE, TRUE, Circuit, Node
from verification.fitting import Fitting
from verification.judged import Judged, judge_columns

_DANGERS = ("fear", "hurt", "injury", "threat", "forced", "control")

Before = Mapping[tuple[str, str], Node]
"""Of two strategies, whether the first stands before the second."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The gates of one ruleset, each a plane over views.

    A practice is `ranked` where it counts for the order of strategies, `eligible` where it is offered. `shown` are the
    insights that stand in the view.
    """

    judged: Judged
    support: Node
    unwilling: Node
    suggestions: Node
    ranked: Mapping[str, Node]
    eligible: Mapping[str, Node]
    suggested: Mapping[str, Node]
    leading: Mapping[str, Node]
    before: Before
    shown: Mapping[str, Node]


def decide_columns(circuit: Circuit, compiled: CompiledRuleset) -> Decided:
    """Add all gates of a ruleset to the circuit."""
    ruleset = compiled.ruleset
    own, pooled = Answered(circuit, holds_back=False), Answered(circuit, holds_back=True)
    judged = judge_columns(circuit, ruleset, own, pooled)
    support = _support(circuit, own)
    unwilling = own.is_any("private.willingness", ["no"])
    is_open = circuit.invert(circuit.some((support, unwilling)))
    ranked, offered = _eligible(circuit, Fitting(circuit, compiled.index, judged, own, pooled), judged)
    eligible = {practice: circuit.every((is_open, node)) for practice, node in offered.items()}
    suggested = {each.id: circuit.some(eligible[p] for p in each.practices) for each in ruleset.strategies}
    suggestions = circuit.some(suggested.values())
    before = _before(circuit, ruleset.strategies, judged, ranked, suggested)
    willing = circuit.invert(unwilling)
    before = {
        pair: circuit.some((unwilling, node)) if _is_first(ruleset.strategies, pair) else circuit.every((willing, node))
        for pair, node in before.items()
    }
    return Decided(
        judged=judged,
        support=support,
        unwilling=unwilling,
        suggestions=suggestions,
        ranked=ranked,
        eligible=eligible | {"affection": circuit.every((eligible["affection"], suggestions))},
        suggested=suggested,
        leading={
            each.id: circuit.every(
                (suggested[each.id], *(before[each.id, o.id] for o in ruleset.strategies if o is not each))
            )
            for each in ruleset.strategies
        },
        before=before,
        shown={
            insight.id: circuit.every(
                (judged.raised[insight.id], circuit.invert(support), suggestions if ready.is_general else TRUE)
            )
            for insight, ready in zip(ruleset.insights, compiled.insights, strict=True)
        },
    )


def _support(circuit: Circuit, own: Answered) -> Node:
    """The safety gate: any answer that asks for support."""
    asked = [own.is_any(f"safety.{danger}", ["yes"]) for danger in (*_DANGERS, "self_harm", "worried_about_own_acts")]
    return circuit.some((*asked, own.is_any("safety.humiliated", ["often"])))


def _eligible(circuit: Circuit, fitting: Fitting, judged: Judged) -> tuple[dict[str, Node], dict[str, Node]]:
    """Practices that are suggested, not withheld, and have a fitting activity: by what both told, and in the end."""
    ranked, offered = {}, {}
    for practice in PRACTICES:
        called_for = circuit.every((judged.needs[practice][0], circuit.invert(judged.withheld[practice])))
        not_privately = circuit.invert(judged.withheld_privately[practice])
        ranked[practice] = circuit.every((called_for, fitting.any_fits(practice, is_offered=False)))
        offered[practice] = circuit.every(
            (ranked[practice], not_privately, fitting.any_fits(practice, is_offered=True))
        )
    return ranked, offered


def _is_first(strategies: Sequence[Strategy], pair: tuple[str, str]) -> bool:
    order = [each.id for each in strategies]
    return order.index(pair[0]) < order.index(pair[1])


def _before(
    circuit: Circuit,
    strategies: Sequence[Strategy],
    judged: Judged,
    ranked: Mapping[str, Node],
    suggested: Mapping[str, Node],
) -> dict[tuple[str, str], Node]:
    """By the needs of ranked practices, strongest first; what is not suggested in the end stands behind what is."""
    keys = {each.id: _key(circuit, each.practices, judged, ranked) for each in strategies}
    before = {}
    for first, second in combinations([each.id for each in strategies], 2):
        as_ranked = _not_less(circuit, keys[first], keys[second])
        alone, other_alone = (
            circuit.every((suggested[a], circuit.invert(suggested[b]))) for a, b in ((first, second), (second, first))
        )
        stands = circuit.some((alone, circuit.every((as_ranked, circuit.invert(other_alone)))))
        before[first, second], before[second, first] = stands, circuit.invert(stands)
    return before


def _key(
    circuit: Circuit, practices: Sequence[str], judged: Judged, ranked: Mapping[str, Node]
) -> list[tuple[Node, ...]]:
    """Needs, strongest first: for each place whether the need there comes to slight, moderate, strong."""
    levels = range(len(judged.needs[practices[0]]))
    reached = [
        circuit.at_least([circuit.every((ranked[p], judged.needs[p][level])) for p in practices]) for level in levels
    ]
    return list(zip(*reached, strict=True))


def _not_less(circuit: Circuit, left: list[tuple[Node, ...]], right: list[tuple[Node, ...]]) -> Node:
    """Compared place by place, and a missing place is least."""
    less, equal = FALSE, TRUE
    for mine, theirs in _places(left, right):
        here = circuit.some(circuit.every((b, circuit.invert(a))) for a, b in zip(mine, theirs, strict=True))
        more = circuit.some(circuit.every((a, circuit.invert(b))) for a, b in zip(mine, theirs, strict=True))
        less = circuit.some((less, circuit.every((equal, here))))
        equal = circuit.every((equal, circuit.invert(here), circuit.invert(more)))
    return circuit.invert(less)


def _places(
    left: list[tuple[Node, ...]], right: list[tuple[Node, ...]]
) -> Iterator[tuple[tuple[Node, ...], tuple[Node, ...]]]:
    nothing = (FALSE,) * len((left or right)[0])
    for place in range(max(len(left), len(right))):
        yield left[place] if place < len(left) else nothing, right[place] if place < len(right) else nothing
