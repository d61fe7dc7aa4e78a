"""How a finding is derived from answers: known where all is answered, the worst value first, in one direction."""

from collections.abc import Iterator, Mapping

from app.engine.conditions import (
    UNKNOWN,
    Condition,
    answer_truth,
    truth,
)
from app.engine.findings import code_of
from app.engine.ruleset import Finding
from app.rulesets.answer_space import AnswerSpace
from app.rulesets.plain_reports import Answers
from app.rulesets.properties import Property
from verification.counterexamples import Violation


def broken_in(space: AnswerSpace, finding: Finding, ordered: set[str], wanted: Property) -> Iterator[Violation]:
    """Yield what is wrong with one finding; `ordered` are the paths whose answers run from low to high."""
    codes = {frozenset(answers.items()): code_of(finding, answers) for answers in space.every}
    is_whole = (code == UNKNOWN and len(answers) == len(space.paths) for answers, code in codes.items())
    if finding.label != "mutual" and any(is_whole):
        yield Violation(f"{finding.id} is unknown though all is answered")
    if finding.id not in wanted.first_wins:
        for value, condition in finding.tries:
            for answers in space.every:
                if codes[frozenset(answers.items())] < finding.values.index(value) and _is_true(condition, answers):
                    yield Violation(f"{finding.id}: a calmer value hides {value}", (("a", answers),))
                    break
    if finding.id not in wanted.bends:
        for path in ordered.intersection(space.paths):
            turns = set(_turns(space, path, codes))
            if {True, False} <= turns:
                yield Violation(f"{finding.id} rises and falls as {path} rises")


def _is_true(condition: Condition, answers: Answers) -> bool:
    return truth(condition, lambda leaf: answer_truth(leaf, answers)) is True


def _turns(space: AnswerSpace, path: str, codes: Mapping[frozenset[tuple[str, object]], int]) -> Iterator[bool]:
    """Yield for each step of one answer that changes a known code whether it rises."""
    steps = dict(space.steps(path))
    for answers in space.every:
        if answers.get(path) in steps and path in answers:
            before = codes[frozenset(answers.items())]
            after = codes[frozenset({**answers, path: steps[answers[path]]}.items())]
            if UNKNOWN not in (before, after) and before != after:
                yield after > before
