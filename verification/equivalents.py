"""Equivalence of mutants, proved by trying everything that the changed part reads."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations, product
from typing import Any

from app.engine.compiled_ruleset import compile_ruleset, paths_of
from app.engine.conditions import UNKNOWN, Contains, Leaf, Linear, answer_truth, clauses, leaves, rule_truth
from app.engine.findings import code_of
from app.engine.ruleset import Finding, Need, Rule, Ruleset
from app.engine.vocabulary import ANSWERS
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers
from verification.finding_answers import FindingAnswers
from verification.mutants import Mutant, fates
from verification.scenarios import ScenarioCouple, Suite, decide

SAME_VALUE = "same_value"
"""The finding has the same value however its answers are given."""
NO_STRONG_NEED = "no_strong_need"
"""Whoever wishes it, every rule that reads the finding calls for as much: none calls for more than a moderate need."""
READ_BY_ONE = "read_by_one"
"""A finding that its owner alone decides is read alike, whether it counts as pooled or as private."""

_QUARTERS = 4


def unseen(library: Library, suite: Suite, chosen: Iterable[Mutant]) -> list[str]:
    """Return the names of those mutants that no scenario shows and that are not proved equivalent."""
    alive = (fate.mutant for fate in fates(library, suite, chosen) if fate.by_suite is None)
    return [mutant.name for mutant in alive if why_equivalent(library, mutant) is None]


def why_equivalent(library: Library, mutant: Mutant) -> str | None:
    """Return the reason, if everything that there is to try comes out the same; else None."""
    if not mutant.of.startswith("findings/"):
        return None
    name = mutant.of.removeprefix("findings/")
    one, two = (next(f for f in ruleset.findings if f.id == name) for ruleset in (library.ruleset, mutant.ruleset))
    if (one.both, one.gap) != (two.both, two.gap):
        return None
    if one.label != two.label:
        return READ_BY_ONE if _is_read_alike(library, mutant, one) else None
    if one.wish != two.wish:
        return NO_STRONG_NEED if _calls_alike(library.ruleset, mutant.ruleset, name) else None
    return SAME_VALUE if _has_same_value(library, one, two) else None


def _has_same_value(library: Library, one: Finding, two: Finding) -> bool:
    return all(code_of(one, answers) == code_of(two, answers) for answers in every_way(library, (one, two)))


def every_way(library: Library, findings: tuple[Finding, ...]) -> Iterator[Answers]:
    """Yield all answers that these findings could tell apart.

    Levels, truth values and members without exception; of numbers, over all that may be given, one pair from each field
    between the lines that the findings draw.
    """
    read = tuple(leaf for finding in findings for _, condition in finding.tries for leaf in leaves(condition))
    paths = sorted(frozenset().union(*map(paths_of, findings)))
    numbers = [path for path in paths if ANSWERS[path].shape in ("number", "integer")]
    others = [path for path in paths if path not in numbers]
    for numbered in _every_number(library, numbers, read):
        for values in product(*(_every_value(path, read) for path in others)):
            named = {path: value for path, value in zip(others, values, strict=True) if value is not None}
            yield {**numbered, **named}


def _every_value(path: str, read: Iterable[Leaf]) -> tuple[Any, ...]:
    answer = ANSWERS[path]
    match answer.shape:
        case "yes_no":
            return None, False, True
        case "scale":
            return None, *map(int, answer.levels)
        case "choices":
            named = tuple(
                dict.fromkeys(leaf.member for leaf in read if isinstance(leaf, Contains) and leaf.path == path)
            )
            chosen = chain.from_iterable(combinations(named, count) for count in range(len(named) + 1))
            return None, *map(frozenset, chosen)
        case _:
            return None, *answer.levels


def _every_number(library: Library, paths: list[str], read: tuple[Leaf, ...]) -> Iterator[Answers]:
    """Yield one combination of numbers for each way in which the lines can turn out."""
    linear = tuple(leaf for leaf in read if isinstance(leaf, Linear))
    seen = set()
    for numbers in _at_lines(library, paths, linear):
        answers = {path: number for path, number in numbers.items() if number is not None}
        pattern = tuple(answer_truth(leaf, answers) for leaf in linear)
        if pattern not in seen:
            seen.add(pattern)
            yield answers


def _at_lines(library: Library, paths: list[str], linear: tuple[Linear, ...]) -> Iterator[dict[str, float | None]]:
    """Yield all numbers of all paths but the last, and of that one those around every line."""
    if not paths:
        yield {}
        return
    *before, last = paths
    scale = _QUARTERS if ANSWERS[last].shape == "number" else 1
    for numbers in product(*((None, *_numbers(library, path)) for path in before)):
        assigned: dict[str, float | None] = dict(zip(before, numbers, strict=True))
        highest = max(_numbers(library, last)) * scale
        around = {0.0, highest}
        for leaf in linear:
            factors = {path: factor for factor, path in leaf.terms}
            if last in factors and all(assigned.get(path) is not None for path in factors if path != last):
                rest = sum(factor * (assigned[path] or 0) * scale for path, factor in factors.items() if path != last)
                line = (leaf.constant - rest) // factors[last]
                around |= {line - 1, line, line + 1, line + 2}
        yield {**assigned, last: None}
        yield from ({**assigned, last: number / scale} for number in around if 0 <= number <= highest)


def _numbers(library: Library, path: str) -> list[float]:
    question = next(question for question in library.questions if question.id == path)
    scale = _QUARTERS if ANSWERS[path].shape == "number" else 1
    return [number / scale for number in range(int((question.maximum or 0) * scale) + 1)]


def _calls_alike(one: Ruleset, two: Ruleset, name: str) -> bool:
    """Return whether each rule calls for as much, whatever the two answer and whoever of them wishes it."""
    findings = {finding.id: finding for finding in one.findings}
    wishes = [{finding.id for finding in ruleset.findings if finding.wish} for ruleset in (one, two)]
    for rule in one.rules:
        read = {clause.finding for clause in clauses(rule.when)}
        if rule.status == "retired" or rule.need is None or name not in read:
            continue
        for met in product(*(range(UNKNOWN, len(findings[name].values)) for name in sorted(read))):
            for own in product(*(_own(findings[name], code) for name, code in zip(sorted(read), met, strict=True))):
                codes, alone = (dict(zip(sorted(read), name, strict=True)) for name in (met, own))
                if _need(rule, codes, alone, wishes[0]) != _need(rule, codes, alone, wishes[1]):
                    return False
    return True


def _own(finding: Finding, met: int) -> Iterable[int]:
    """Return the codes of the viewer's own answers that are possible where this is the code of both."""
    match finding.both:
        case "own":
            return (met,)
        case "own_first":
            return (met, UNKNOWN)
        case "worse":
            return range(UNKNOWN, met + 1)
        case _:
            return range(UNKNOWN, len(finding.values))


def _need(rule: Rule, met: Mapping[str, int], own: Mapping[str, int], wishes: set[str]) -> int:
    if rule.need is None or rule_truth(rule.when, met) is not True:
        return 0
    alone = {name: own[name] if name in wishes else code for name, code in met.items()}
    return rule.need if rule_truth(rule.when, alone) is True else min(rule.need, Need.moderate)


def _is_read_alike(library: Library, mutant: Mutant, finding: Finding) -> bool:
    """Return whether insights alone read the finding, and decide alike however it is answered, whoever was heard."""
    if any(clause.finding == finding.id for rule in library.ruleset.rules for clause in clauses(rule.when)):
        return False
    changed = compile_ruleset(mutant.ruleset)
    couples = (
        ScenarioCouple(answers, theirs)
        for answers, _ in FindingAnswers(finding).every
        for theirs in (None, {}, answers)
    )
    return all(_seen(library.compiled, couple) == _seen(changed, couple) for couple in couples)


def _seen(compiled: Any, couple: ScenarioCouple) -> object:
    decided = decide(compiled, couple)
    return sorted(decided.finds.items()), decided.fires, decided.insights, decided.suggested, decided.order
