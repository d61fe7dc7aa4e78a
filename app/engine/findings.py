"""Codes of findings: what answers amount to, and what the codes of two partners amount to together."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from app.engine.conditions import UNKNOWN, Leaf, Truth, answer_truth, truth
from app.engine.ruleset import Finding, Meeting


def first_true(finding: Finding, leaf_truth: Callable[[Leaf], Truth]) -> int | None:
    """Return the position of the first condition of a finding that is true, or None."""
    return next((i for i, (_, condition) in enumerate(finding.tries) if truth(condition, leaf_truth)), None)


def finding_code(finding: Finding, leaf_truth: Callable[[Leaf], Truth]) -> int:
    """Return the code of a finding, given the truth of the leaves that it reads."""
    position = first_true(finding, leaf_truth)
    return UNKNOWN if position is None else finding.values.index(finding.tries[position][0])


def code_of(finding: Finding, answers: Mapping[str, Any]) -> int:
    """Return the code of a finding that reads one partner's answers, given by their paths."""
    return finding_code(finding, lambda leaf: answer_truth(leaf, answers))


class CodeOperations(NamedTuple):
    """The operations by which two codes meet.

    `first_known` takes the first code unless it is unknown; `agreed` the worse of two that are both known.
    """

    first_known: Callable[[Any, Any], Any]
    worse: Callable[[Any, Any], Any]
    agreed: Callable[[Any, Any], Any]


PLAIN_CODES = CodeOperations(
    lambda mine, theirs: theirs if mine == UNKNOWN else mine,
    max,
    lambda mine, theirs: UNKNOWN if UNKNOWN in (mine, theirs) else max(mine, theirs),
)
"""The operations on codes as numbers."""


def meet(both: Meeting, mine: Any, theirs: Any, gap: Any, operations: CodeOperations = PLAIN_CODES) -> Any:
    """Return the code of a finding in one partner's view.

    `mine` and `theirs` are what each partner's answers amount to, `gap` the code of their difference: numbers,
    expressions or terms, as `operations` takes them.
    """
    match both:
        case "own":
            return mine
        case "theirs":
            return theirs
        case "gap":
            return gap
        case "own_first":
            return operations.first_known(mine, theirs)
        case "worse":
            return operations.worse(mine, theirs)
        case "agreed":
            return operations.agreed(mine, theirs)
