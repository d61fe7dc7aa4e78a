"""How a finding is derived from answers: known where all is answered, the worst value first, in one direction."""

from collections.abc import Iterator
from functools import partial

from app.engine.conditions import UNKNOWN, answer_truth, truth
from app.engine.findings import code_of
from app.engine.ruleset import Finding
from app.rulesets.answer_space import AnswerSpace
from app.rulesets.properties import Property
from verification.counterexamples import Violation


def broken_in(space: AnswerSpace, finding: Finding, ordered: set[str], wanted: Property) -> Iterator[Violation]:
    """Yield what is wrong with one finding; `ordered` are the paths whose answers run from low to high."""
    codes = [(answers, code_of(finding, answers)) for answers in space.every]
    is_whole = (code == UNKNOWN and len(answers) == len(space.paths) for answers, code in codes)
    if finding.label != "mutual" and any(is_whole):
        yield Violation(f"{finding.id} is unknown though all is answered")
    if finding.id not in wanted.first_wins:
        for value, condition in finding.tries:
            calmer = (answers for answers, code in codes if code < finding.values.index(value))
            hidden = next((a for a in calmer if truth(condition, partial(answer_truth, answers=a))), None)
            if hidden is not None:
                yield Violation(f"{finding.id}: a calmer value hides {value}", (("a", hidden),))
    if finding.id not in wanted.bends:
        for path in ordered.intersection(space.paths):
            if {True, False} <= {*_turns(space, finding, path)}:
                yield Violation(f"{finding.id} rises and falls as {path} rises")


def _turns(space: AnswerSpace, finding: Finding, path: str) -> Iterator[bool]:
    """Yield for each step of one answer that changes a known code whether it rises."""
    for low, high in space.steps(path):
        for answers in (answers for answers in space.every if answers.get(path) == low):
            before, after = code_of(finding, answers), code_of(finding, {**answers, path: high})
            if UNKNOWN not in (before, after) and before != after:
                yield after > before
