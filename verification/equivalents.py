"""Equivalence of mutants, proved by trying everything that the changed part reads."""

from collections.abc import Collection, Iterable, Mapping
from itertools import product

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import UNKNOWN, clauses, rule_truth
from app.engine.findings import code_of, meet
from app.engine.ruleset import Finding, Need, Rule, Ruleset
from app.rulesets.answer_space import AnswerSpace
from app.rulesets.library import Library
from verification.finding_answers import FindingAnswers
from verification.judged import conditions_of
from verification.mutants import Mutant, survivors
from verification.scenarios import ScenarioCouple, Suite, decide


def unseen(library: Library, suite: Suite, chosen: Iterable[Mutant]) -> list[str]:
    """Return the names of those mutants that no scenario shows and that are not proved equivalent."""
    # An equivalent mutant would be tried on every scenario in vain, so equivalence is looked for first.
    telling = (mutant for mutant in chosen if not is_equivalent(library, mutant))
    return [mutant.name for mutant in survivors(library, suite, telling)]


def is_equivalent(library: Library, mutant: Mutant) -> bool:
    """Return whether everything that there is to try comes out the same.

    A finding has the same value however its answers are given; or every rule that reads it calls for as much, whoever
    wishes it; or its owner alone decides it, and it is read alike as pooled and as private.
    """
    if not mutant.of.startswith("findings/"):
        return False
    name = mutant.of.removeprefix("findings/")
    one, two = (next(f for f in ruleset.findings if f.id == name) for ruleset in (library.ruleset, mutant.ruleset))
    if (one.both, one.gap) != (two.both, two.gap):
        return False
    if one.label != two.label:
        return _is_read_alike(library, mutant, one)
    if one.wish != two.wish:
        return _calls_alike(library.ruleset, mutant.ruleset, name)
    return _has_same_value(one, two)


def _has_same_value(one: Finding, two: Finding) -> bool:
    return all(code_of(one, answers) == code_of(two, answers) for answers in AnswerSpace([one, two]).every)


def _calls_alike(one: Ruleset, two: Ruleset, name: str) -> bool:
    """Return whether each strong rule that reads a finding calls for as much, whatever the two answer and wish."""
    findings = {finding.id: finding for finding in one.findings}
    wishes = [frozenset(finding.id for finding in ruleset.findings if finding.wish) for ruleset in (one, two)]
    for rule in one.rules:
        read = sorted({clause.finding for clause in clauses(rule.when)})
        if rule.status == "retired" or rule.need != Need.strong or name not in read:
            continue
        for pair in product(*(_both(findings[other]) for other in read)):
            both_codes = dict(zip(read, pair, strict=True))
            if _presses(rule, findings, both_codes, wishes[0]) != _presses(rule, findings, both_codes, wishes[1]):
                return False
    return True


def _both(finding: Finding) -> Iterable[tuple[int, int]]:
    """Return the codes that two answers can amount to, each by itself."""
    codes = range(UNKNOWN, len(finding.values))
    return product(codes, codes)


def _presses(
    rule: Rule, findings: Mapping[str, Finding], both_codes: Mapping[str, tuple[int, int]], wishes: Collection[str]
) -> bool:
    """Return whether a strong rule fires by the wish of each of the two."""

    def fires(by: int | None) -> bool:
        """Return whether it fires from either side; `by`: whose wishes count, or None for both together."""
        for one in range(2):
            codes = {
                name: pair[by]
                if by is not None and name in wishes
                else meet(findings[name].both, pair[one], pair[1 - one], pair[0])
                for name, pair in both_codes.items()
            }
            if rule_truth(rule.when, codes) is True:
                return True
        return False

    return fires(None) and fires(0) and fires(1)


def _is_read_alike(library: Library, mutant: Mutant, finding: Finding) -> bool:
    """Return whether only insights and openings read the finding, and every view is alike however it is answered."""
    for name, when in conditions_of(library.ruleset):
        is_said_alone = name.startswith(("insights/", "openings/"))
        if not is_said_alone and any(clause.finding == finding.id for clause in clauses(when)):
            return False
    changed = compile_ruleset(mutant.ruleset)
    couples = (
        ScenarioCouple(answers, theirs)
        for answers, _ in FindingAnswers(finding).every
        for theirs in (None, {}, answers)
    )
    return all(decide(library.compiled, couple) == decide(changed, couple) for couple in couples)
