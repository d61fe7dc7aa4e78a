"""From answers to findings, verdicts of all rules, and what the fired ones make of each practice, as gates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.engine.conditions import Chosen, Clause, Condition, Leaf, clauses
from app.engine.ruleset import Finding, Gap, Need, Rule, Ruleset
from app.engine.vocabulary import PRACTICES
from verification.answered import Answered, decide
from verification.answers import WideGap
from verification.circuit import FALSE, TRUE, Circuit, Node

Levels = tuple[Node, ...]
"""For each value in order: whether it is reached. The first says, of a finding, whether it is known at all."""

Readings = Mapping[str, Levels]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules make of a view.

    `rules` are those whose condition is true, `capped` those that fire through the other's wish alone; `raised`
    insights rest on the viewer's own answers. `needs` says of each practice whether its need comes to slight, moderate,
    strong. Tones and practices may be withheld for both or privately.
    """

    findings: Readings
    rules: Mapping[str, Node]
    capped: Mapping[str, Node]
    raised: Mapping[str, Node]
    needs: Mapping[str, Levels]
    withheld: Mapping[str, Node]
    withheld_privately: Mapping[str, Node]
    tones: Mapping[str, Node]
    private_tones: Mapping[str, Node]


def judge_columns(circuit: Circuit, ruleset: Ruleset, own: Answered, pooled: Answered) -> Judged:
    """Add the gates of all findings, rules and insights, and of the gate that follows them."""
    mine = {finding.id: _derive(circuit, finding, own) for finding in ruleset.findings}
    theirs = {
        finding.id: tuple(map(circuit.swap, _derive(circuit, finding, pooled)))
        for finding in ruleset.findings
        if finding.label == "pooled"
    }
    gaps = {f.id: _gap(circuit, f.gap, pooled) for f in ruleset.findings if f.gap}
    met = {f.id: _meet(circuit, f, mine, theirs, gaps) for f in ruleset.findings}
    own_wish = met | {f.id: mine[f.id] for f in ruleset.findings if f.wish}
    alone = (
        mine | gaps | {f.id: _if_heard(circuit, own.heard, mine[f.id]) for f in ruleset.findings if f.both == "theirs"}
    )
    in_force = [rule for rule in ruleset.rules if rule.status != "retired"]
    rules = {rule.id: _holds(circuit, rule.when, met) for rule in in_force}
    capped = {
        rule.id: circuit.every((rules[rule.id], circuit.invert(_holds(circuit, rule.when, own_wish))))
        for rule in in_force
    }
    raised = {insight.id: _holds(circuit, insight.when, alone) for insight in ruleset.insights}
    private = {rule.id for rule in in_force if _is_private(rule, ruleset.findings)}
    for_both = [rule for rule in in_force if rule.id not in private]
    for_one = [rule for rule in in_force if rule.id in private]
    tones = {tone for rule in in_force for tone in rule.withholds_tones}
    return Judged(
        findings=met,
        rules=rules,
        capped=capped,
        raised=raised,
        needs={practice: _needs(circuit, practice, in_force, rules, capped) for practice in PRACTICES},
        withheld={practice: _withheld(circuit, practice, for_both, rules) for practice in PRACTICES},
        withheld_privately={practice: _withheld(circuit, practice, for_one, rules) for practice in PRACTICES},
        tones={tone: _toned(circuit, tone, for_both, rules) for tone in sorted(tones)},
        private_tones={tone: _toned(circuit, tone, for_one, rules) for tone in sorted(tones)},
    )


def _derive(circuit: Circuit, finding: Finding, answered: Answered) -> Levels:
    """The first value whose condition is true holds."""
    holding = dict.fromkeys(finding.values, FALSE)
    tried: list[tuple[Condition, Node]] = []
    for value, condition in finding.tries:
        true, _ = answered.truth(condition)
        earlier = [node for other, node in tried if not _exclude_each_other(condition, other)]
        holds = circuit.every((true, circuit.invert(circuit.some(earlier))))
        holding[value] = circuit.some((holding[value], holds))
        tried.append((condition, true))
    return _reached(circuit, [holding[value] for value in finding.values])


def _exclude_each_other(one: Condition, other: Condition) -> bool:
    """Two choices of one answer without a level in common."""
    return (
        isinstance(one, Chosen)
        and isinstance(other, Chosen)
        and one.path == other.path
        and not set(one.levels) & set(other.levels)
    )


def _reached(circuit: Circuit, holding: Sequence[Node]) -> Levels:
    levels: list[Node] = []
    for node in reversed(holding):
        levels.append(circuit.some((node, *levels[-1:])))
    return tuple(reversed(levels))


def _gap(circuit: Circuit, gap: Gap, pooled: Answered) -> Levels:
    """From the widest difference of two ratings of one thing; what the other keeps private is not compared."""
    told = circuit.invert(circuit.swap(pooled.kept(gap.of)))
    known, partial, mismatched = (
        circuit.every((circuit.input(WideGap(gap.of, least)), told)) for least in (0, gap.partial, gap.mismatched)
    )
    return known, circuit.some((partial, mismatched)), mismatched


def _meet(circuit: Circuit, finding: Finding, mine: Readings, theirs: Readings, gaps: Readings) -> Levels:
    """How the two meet in the viewer's view."""
    own = mine[finding.id]
    if finding.label == "private" or finding.both == "own":
        return own
    if finding.both == "gap":
        return gaps[finding.id]
    other = theirs[finding.id]
    if finding.both == "theirs":
        return other
    pairs = zip(own, other, strict=True)
    if finding.both == "own_first":
        unknown = circuit.invert(own[0])
        return tuple(circuit.some((a, circuit.every((unknown, b)))) for a, b in pairs)
    return tuple(circuit.some(pair) for pair in pairs)


def _if_heard(circuit: Circuit, heard: Node, levels: Levels) -> Levels:
    return tuple(circuit.every((level, heard)) for level in levels)


def _holds(circuit: Circuit, condition: Condition, readings: Readings) -> Node:
    def clause(leaf: Leaf) -> tuple[Node, Node]:
        if not isinstance(leaf, Clause):
            raise TypeError("a rule reads findings, not answers")
        levels = readings[leaf.finding]
        others = tuple(code for code in range(len(levels)) if code not in leaf.accepts)
        return is_one_of(circuit, levels, leaf.accepts), is_one_of(circuit, levels, others)

    return decide(circuit, condition, clause)[0]


def is_one_of(circuit: Circuit, levels: Levels, codes: Iterable[int]) -> Node:
    """A finding's value is known and among these: from each run of neighbours, reached but not gone beyond."""
    accepted, runs = set(codes), []
    for code in sorted(accepted):
        if code - 1 not in accepted:
            end = code
            while end in accepted:
                end += 1
            beyond = levels[end] if end < len(levels) else FALSE
            runs.append(circuit.every((levels[code], circuit.invert(beyond))))
    return circuit.some(runs)


def _needs(
    circuit: Circuit, practice: str, rules: Sequence[Rule], fired: Mapping[str, Node], capped: Mapping[str, Node]
) -> Levels:
    """The strongest reason's; what fires through the other's wish alone comes to moderate at most."""
    levels = []
    for need in Need:
        suggesting = [rule.id for rule in rules if rule.suggests == practice and (rule.need or 0) >= need]
        uncapped = [circuit.invert(capped[rule]) if need > Need.moderate else TRUE for rule in suggesting]
        levels.append(
            circuit.some(circuit.every((fired[rule], may)) for rule, may in zip(suggesting, uncapped, strict=True))
        )
    return tuple(levels)


def _withheld(circuit: Circuit, practice: str, rules: Iterable[Rule], fired: Mapping[str, Node]) -> Node:
    return circuit.some(fired[rule.id] for rule in rules if practice in rule.withholds)


def _toned(circuit: Circuit, tone: str, rules: Iterable[Rule], fired: Mapping[str, Node]) -> Node:
    return circuit.some(fired[rule.id] for rule in rules if tone in rule.withholds_tones)


def _is_private(rule: Rule, findings: Iterable[Finding]) -> bool:
    private = {finding.id for finding in findings if finding.label == "private"}
    return any(clause.finding in private for clause in clauses(rule.when))
