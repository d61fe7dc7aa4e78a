"""Conditions as a tree of data for programs."""

from collections.abc import Mapping
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from app.engine.conditions import All, AnyOf, Chosen, Clause, Condition, Contains, Leaf, Linear, Not, Rated
from app.engine.vocabulary import ANSWERS, questions_behind

AnswerLevel = str | int | bool
# The engine counts hours in quarters, to add them as whole numbers.
QUARTERS = 4


class TermOut(TypedDict):
    """An answer in a sum."""

    factor: int
    answer: str


class ConditionOut(TypedDict):
    """A node of a condition. An unknown finding or answer makes it neither true nor false.

    `all` and `any` join their `parts`, `not` negates its one part; an empty `all` is always true. `finding` holds
    where the finding has one of the values in `holds_for` (`op` and `values` are as its author wrote it), `answer`
    where the answer is one of `holds_for`, `member` where the set of answers has this member, `sum` where the sum of
    the `terms` compares with the constant as `op` says.
    """

    kind: Literal["all", "any", "not", "finding", "answer", "member", "sum"]
    parts: NotRequired[list["ConditionOut"]]
    finding: NotRequired[str]
    answer: NotRequired[str]
    op: NotRequired[str]
    values: NotRequired[list[str]]
    holds_for: NotRequired[list[AnswerLevel]]
    member: NotRequired[str]
    terms: NotRequired[list[TermOut]]
    constant: NotRequired[float]


def condition_out(condition: Condition, values_of: Mapping[str, tuple[str, ...]]) -> ConditionOut:
    """Return a condition as data. `values_of` maps the id of a finding to its values, in order."""
    match condition:
        case All(parts):
            return {"kind": "all", "parts": [condition_out(part, values_of) for part in parts]}
        case AnyOf(parts):
            return {"kind": "any", "parts": [condition_out(part, values_of) for part in parts]}
        case Not(part):
            return {"kind": "not", "parts": [condition_out(part, values_of)]}
        case _:
            return _leaf_out(condition, values_of)


def _leaf_out(leaf: Leaf, values_of: Mapping[str, tuple[str, ...]]) -> ConditionOut:
    match leaf:
        case Clause(finding, op, values, accepts):
            holds_for: list[AnswerLevel] = [values_of[finding][position] for position in accepts]
            return {"kind": "finding", "finding": finding, "op": op, "values": list(values), "holds_for": holds_for}
        case Chosen(path, levels) if path not in ANSWERS:
            return _of_every_question(path, levels)
        case Chosen(path, levels):
            return {"kind": "answer", "answer": path, "holds_for": [as_sent(path, level) for level in levels]}
        case Contains(path, member):
            return {"kind": "member", "answer": path, "member": member}
        case Linear():
            return _sum_out(leaf)
        case Rated():
            raise TypeError("no rule and no derivation reads a rating")


def _of_every_question(path: str, levels: tuple[str, ...]) -> ConditionOut:
    skipped: list[ConditionOut] = [
        {"kind": "answer", "answer": question, "holds_for": ["skip"]} for question in questions_behind(path)
    ]
    together: ConditionOut = {"kind": "all", "parts": skipped}
    return together if "true" in levels else {"kind": "not", "parts": [together]}


def as_sent(path: str, level: str) -> AnswerLevel:
    """Return a level as a self-report holds it: a number on a scale, a boolean for yes or no, else a string."""
    match ANSWERS[path].shape:
        case "scale" | "map_of_scales":
            return int(level)
        case "yes_no":
            return level == "true"
        case _:
            return level


def _sum_out(linear: Linear) -> ConditionOut:
    is_hours = any(ANSWERS[path].shape == "number" for _, path in linear.terms)
    return {
        "kind": "sum",
        "terms": [{"factor": factor, "answer": path} for factor, path in linear.terms],
        "op": linear.op,
        "constant": linear.constant / QUARTERS if is_hours else linear.constant,
    }
