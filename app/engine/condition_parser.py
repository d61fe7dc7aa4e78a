"""The closed grammar of conditions: text in, a typed tree out. The text is parsed, never run.

    condition := clause | condition "and" condition | condition "or" condition | "not" condition | "(" condition ")"

A clause of a rule compares a finding with its values (`talk == strained`, `busy >= full`, `closeness in (mid, low)`), a
clause of a derivation compares answers (`conflict.level == chronic`, `lonely in closeness.feelings`, `a - b >= 1`).
"""

import ast
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from app.engine.conditions import (
    QUARTERS,
    All,
    AnyOf,
    Chosen,
    Clause,
    Condition,
    Contains,
    Linear,
    Not,
    Operator,
    is_compared,
)
from app.engine.vocabulary import ANSWERS, READABLE, Answer

_OPERATORS: Mapping[type[ast.cmpop], Operator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
}


class ConditionError(ValueError):
    """Raised when a condition cannot be read. `offset` is the place in its text, from 0."""

    def __init__(self, reason: str, offset: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


def parse_rule_condition(text: str, findings: Mapping[str, tuple[str, ...]]) -> Condition:
    """Read a condition on findings; each finding's values are given in their order. Raises `ConditionError`."""

    def clause(node: ast.Compare) -> Condition:
        return _finding_clause(node, findings)

    return _parse(text, clause)


def parse_derivation(text: str) -> Condition:
    """Read a condition on answers. Raises `ConditionError`."""
    return _parse(text, _answer_clause)


def nearest(word: str, known: "Mapping[str, Any] | tuple[str, ...]", *, named: str = "one of") -> str:
    """The words to add to an error: the nearest known word, and the known ones where they are few."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    guess = f" did you mean `{close[0]}`?" if close else ""
    few = 12
    return f"{guess} {named}: {', '.join(known)}" if len(known) <= few else guess


def _parse(text: str, clause: Callable[[ast.Compare], Condition]) -> Condition:
    try:
        tree = ast.parse(text.replace("\n", " ").strip(), mode="eval").body
    except SyntaxError as error:
        raise ConditionError(_unread(text, error.msg), max((error.offset or 1) - 1, 0)) from None
    except (ValueError, RecursionError, MemoryError):
        raise ConditionError("this is not a condition") from None
    return _condition(tree, clause)


def _unread(text: str, why: str) -> str:
    """The slips that everyone makes, by name."""
    if apart := re.fullmatch(r"\s*(\w+)(?:\s*:\s*|\s+)(\w+)\s*", text):
        return f"`{text}` is not a condition: write `{apart[1]} == {apart[2]}`"
    if re.search(r"=[<>]", text):
        return f"`{text}` is not a condition: write `>=` or `<=`"
    if re.search(r"(?<![<>=!])=(?!=)", text):
        return f"`{text}` is not a condition: equal is written `==`"
    return f"`{text}` is not a condition: {why}"


def _condition(node: ast.expr, clause: Callable[[ast.Compare], Condition]) -> Condition:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return All(tuple(_condition(value, clause) for value in values))
        case ast.BoolOp(op=ast.Or(), values=values):
            return AnyOf(tuple(_condition(value, clause) for value in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_condition(operand, clause))
        case ast.Compare(ops=[_], comparators=[_]):
            return clause(node)
        case ast.Compare():
            raise ConditionError("one comparison at a time: join them with `and`", node.col_offset)
        case _:
            raise ConditionError(f"`{ast.unparse(node)}` is not allowed in a condition", node.col_offset)


def _operator(node: ast.Compare) -> Operator:
    op = _OPERATORS.get(type(node.ops[0]))
    if op is None:
        raise ConditionError("use one of == != < <= > >= in", node.col_offset)
    return op


def _word(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_word(value)}.{attr}"
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            return str(number)
        case _:
            raise ConditionError(f"`{ast.unparse(node)}` is not a name", node.col_offset)


def _words(node: ast.expr) -> tuple[tuple[str, int], ...]:
    elements = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    return tuple((_word(element), element.col_offset) for element in elements)


def _values(node: ast.Compare, op: Operator, known: tuple[str, ...], owner: str) -> tuple[str, ...]:
    if op != "in" and isinstance(node.comparators[0], ast.Tuple | ast.List):
        raise ConditionError("several values go with `in`", node.comparators[0].col_offset)
    words = _words(node.comparators[0])
    for word, offset in words:
        if word not in known:
            raise ConditionError(f"`{word}` is not a value of `{owner}`;{nearest(word, known, named='values')}", offset)
    return tuple(word for word, _ in words)


def _accepted(op: Operator, values: tuple[str, ...], known: tuple[str, ...]) -> tuple[int, ...]:
    if op == "in":
        return tuple(position for position, value in enumerate(known) if value in values)
    right = known.index(values[0])
    return tuple(position for position in range(len(known)) if is_compared(op, position, right))


def _finding_clause(node: ast.Compare, findings: Mapping[str, tuple[str, ...]]) -> Condition:
    op = _operator(node)
    finding = _word(node.left)
    known = findings.get(finding)
    if known is None and finding in ANSWERS:
        raise ConditionError(f"`{finding}` is an answer: name a finding that reads it", node.left.col_offset)
    if known is None:
        raise ConditionError(f"there is no finding `{finding}`;{nearest(finding, findings)}", node.left.col_offset)
    values = _values(node, op, known, finding)
    accepts = _accepted(op, values, known)
    if not accepts or len(accepts) == len(known):
        raise ConditionError(f"this is {'always' if accepts else 'never'} true of `{finding}`", node.col_offset)
    return Clause(finding, op, values, accepts)


def _answer(node: ast.expr) -> Answer:
    path = _word(node)
    answer = READABLE.get(path)
    if answer is None:
        raise ConditionError(f"there is no answer `{path}`;{nearest(path, ANSWERS)}", node.col_offset)
    return answer


def _answer_clause(node: ast.Compare) -> Condition:
    op = _operator(node)
    if op == "in" and not isinstance(node.comparators[0], ast.Tuple | ast.List):
        return _membership(node)
    if isinstance(node.left, ast.BinOp) or _answer(node.left).shape in ("number", "integer"):
        return _linear(node, op)
    answer = _answer(node.left)
    if answer.shape == "yes_no":
        answer = Answer(answer.path, "choice", ("false", "true"))
    if answer.shape not in ("choice", "scale"):
        raise ConditionError(f"`{answer.path}` holds several answers; ask `… in {answer.path}`", node.col_offset)
    values = _values(node, op, answer.levels, answer.path)
    accepted = _accepted(op, values, answer.levels)
    return Chosen(answer.path, tuple(answer.levels[position] for position in accepted))


def _membership(node: ast.Compare) -> Condition:
    answer = _answer(node.comparators[0])
    if answer.shape != "choices":
        raise ConditionError(f"`{answer.path}` is not a set of answers", node.comparators[0].col_offset)
    member = _word(node.left)
    if member not in answer.levels:
        raise ConditionError(
            f"`{member}` is not in `{answer.path}`;{nearest(member, answer.levels)}", node.left.col_offset
        )
    return Contains(answer.path, member)


def _linear(node: ast.Compare, op: Operator) -> Condition:
    left, right = _sum(node.left), _sum(node.comparators[0])
    terms = dict(left[0])
    for path, factor in right[0].items():
        terms[path] = terms.get(path, 0) - factor
    if not any(terms.values()):
        raise ConditionError("the answers cancel each other out", node.col_offset)
    shapes = {ANSWERS[path].shape for path in terms}
    if shapes not in ({"number"}, {"integer"}):
        raise ConditionError("hours and counts do not add up", node.col_offset)
    constant = (right[1] - left[1]) * (QUARTERS if shapes == {"number"} else 1)
    if constant != int(constant):
        raise ConditionError("hours come in quarters", node.col_offset)
    return Linear(tuple((factor, path) for path, factor in terms.items() if factor), op, int(constant))


def _sum(node: ast.expr) -> tuple[dict[str, int], float]:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return {}, number
        case ast.BinOp(left=ast.Constant(value=int() as factor), op=ast.Mult(), right=right):
            return {_answer(right).path: factor}, 0
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            (terms, constant), (less, less_constant) = _sum(left), _sum(right)
            return terms | {
                path: terms.get(path, 0) - factor for path, factor in less.items()
            }, constant - less_constant
        case _:
            return {_answer(node).path: 1}, 0
