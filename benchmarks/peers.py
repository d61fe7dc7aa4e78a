"""The same rules in other rule engines, translated from our typed conditions.

Every engine gets the same thing: one mapping from a finding's id to the position of its value, -1 where it is
unknown. Nothing but `==`, `>=` and membership is written, on conditions freed of `not`, so an unknown finding
satisfies no clause in any engine. Each engine reads the rules once, before it is timed, and answers with the list of
those that fire.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from app.engine.conditions import All, AnyOf, Clause, Condition, clause_truth, positive, truth
from app.engine.ruleset import Finding, Rule

Codes = Mapping[str, int]
Fired = list[str]
Engine = Callable[[Codes], Fired]


class Peer(NamedTuple):
    """An engine from the package index: how it is called here, its module, and how it is made from rules."""

    name: str
    module: str
    make: Callable[[Mapping[str, Condition], Mapping[str, int]], Engine]


def engines(rules: Sequence[Rule], findings: Sequence[Finding]) -> dict[str, Engine]:
    """Every peer that is installed, ready to judge, and a plain interpreter of the conditions."""
    sizes = {finding.id: len(finding.values) for finding in findings}
    conditions = {rule.id: positive(rule.when, sizes) for rule in rules}
    made = {peer.name: peer.make(conditions, sizes) for peer in PEERS if find_spec(peer.module)}
    return {"plain interpreter of the conditions": _interpreter(rules), **made}


def missing() -> list[str]:
    """The peers that are not installed."""
    return [peer.name for peer in PEERS if not find_spec(peer.module)]


def _interpreter(rules: Sequence[Rule]) -> Engine:
    def fire(codes: Codes) -> Fired:
        return [rule.id for rule in rules if truth(rule.when, lambda leaf: clause_truth(leaf, codes))]  # type: ignore[arg-type]

    return fire


def _zen_list(conditions: Mapping[str, Condition], sizes: Mapping[str, int]) -> Engine:
    """All conditions as one expression that gives a list of truth values: the least overhead the engine allows."""
    names = tuple(conditions)
    text = ", ".join(_in_words(condition, sizes) for condition in conditions.values())
    expression = import_module("zen").compile_expression(f"[{text}]")

    def fire(codes: Codes) -> Fired:
        return [name for name, holds in zip(names, expression.evaluate(codes), strict=True) if holds]

    return fire


def _zen_table(conditions: Mapping[str, Condition], sizes: Mapping[str, int]) -> Engine:
    """A decision table, a row each rule, all that match collected: the form its editor makes."""
    rows = [
        {"_id": name, "when": _in_words(condition, sizes), "fired": json.dumps(name)}
        for name, condition in conditions.items()
    ]
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": "when", "name": "when"}],
        "outputs": [{"id": "fired", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    at = {"x": 0, "y": 0}
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": at},
            {"id": "table", "name": "table", "type": "decisionTableNode", "position": at, "content": table},
            {"id": "out", "name": "out", "type": "outputNode", "position": at},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }
    engine = import_module("zen").ZenEngine({"loader": {"type": "static", "content": {"rules": graph}}})

    def fire(codes: Codes) -> Fired:
        return [row["rule"] for row in engine.evaluate("rules", codes)["result"]]

    return fire


def _json_logic(conditions: Mapping[str, Condition], sizes: Mapping[str, int]) -> Engine:
    holds = import_module("json_logic").jsonLogic
    rules = [(name, _in_json(condition, sizes)) for name, condition in conditions.items()]

    def fire(codes: Codes) -> Fired:
        return [name for name, rule in rules if holds(rule, codes)]

    return fire


def _in_words(condition: Condition, sizes: Mapping[str, int]) -> str:
    """The expression language of zen."""
    match condition:
        case All(()):
            return "true"
        case All(parts):
            return f"({' and '.join(_in_words(part, sizes) for part in parts)})"
        case AnyOf(parts):
            return f"({' or '.join(_in_words(part, sizes) for part in parts)})"
        case Clause(finding, _, _, (code,)):
            return f"{finding} == {code}"
        case Clause(finding, _, _, accepts) if _runs_to_the_end(accepts, sizes[finding]):
            return f"{finding} >= {accepts[0]}"
        case Clause(finding, _, _, accepts):
            return f"{finding} in [{', '.join(map(str, accepts))}]"
        case _:
            raise TypeError("the conditions of rules are clauses on findings")


def _in_json(condition: Condition, sizes: Mapping[str, int]) -> Any:
    match condition:
        case All(()):
            return True
        case All(parts):
            return {"and": [_in_json(part, sizes) for part in parts]}
        case AnyOf(parts):
            return {"or": [_in_json(part, sizes) for part in parts]}
        case Clause(finding, _, _, (code,)):
            return {"==": [{"var": finding}, code]}
        case Clause(finding, _, _, accepts) if _runs_to_the_end(accepts, sizes[finding]):
            return {">=": [{"var": finding}, accepts[0]]}
        case Clause(finding, _, _, accepts):
            return {"in": [{"var": finding}, list(accepts)]}
        case _:
            raise TypeError("the conditions of rules are clauses on findings")


def _runs_to_the_end(accepts: tuple[int, ...], size: int) -> bool:
    return accepts == tuple(range(accepts[0], size))


PEERS = (
    Peer("zen-engine, one list expression", "zen", _zen_list),
    Peer("zen-engine, decision table", "zen", _zen_table),
    Peer("json-logic-qubit", "json_logic", _json_logic),
)
