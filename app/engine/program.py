"""A ruleset made ready to decide: compiled once when it is loaded, read by every request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.engine.catalogue import Catalogue, Mask, index
from app.engine.compile import (
    Codes,
    Judge,
    Literals,
    compile_judge,
    compile_meeting,
    compile_reading,
    positive,
    tabulate_literals,
)
from app.engine.conditions import All, Chosen, Condition, Contains, Linear, clauses, leaves
from app.engine.ruleset import Finding, Need, Rule, Ruleset
from app.engine.self_report import PooledReport, SelfReport
from app.engine.vocabulary import ANSWERS, PRACTICES

_LIMIT_QUESTIONS = ("busyness.longest_slot_minutes", "circumstances.budget")
"""Unanswered, a careful limit stands in for each of them; the answer decides that limit."""


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule as the engine needs it. `reads` gives, for each literal that may be named, its bit and its finding's position."""

    id: str
    practice: int
    need: Need | None
    withholds: int
    tones: Mask
    reads: tuple[tuple[int, int], ...]
    is_private: bool
    reads_theirs: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A pooled question, and the rules that hang on it while it is unanswered."""

    path: str
    rules: int
    findings: tuple[int, ...]
    is_limit: bool


@dataclass(frozen=True, slots=True)
class Program:
    """All that is worked out once. Findings stand in order: the pooled ones, then the private ones."""

    ruleset: Ruleset
    catalogue: Catalogue
    findings: tuple[Finding, ...]
    pooled: int
    read_pooled: Callable[[PooledReport], Codes]
    read_private: Callable[[SelfReport], Codes]
    meet: Callable[[Codes, Codes, Codes], Codes]
    gaps: tuple[int, ...]
    wishes: tuple[int, ...]
    literals: Literals
    judge: Judge
    rules: tuple[ReadyRule, ...]
    pooled_rules: int
    askable_rules: int
    insights: tuple[tuple[str, bool], ...]
    practice_masks: tuple[Mask, ...]
    practices_of: tuple[tuple[str, tuple[int, ...]], ...]
    strategy_of: tuple[int | None, ...]
    questions: tuple[Question, ...]
    position: Mapping[str, int]

    def finding(self, id_: str) -> int:
        """Where a finding stands."""
        return self.position[id_]


def prepare(ruleset: Ruleset) -> Program:
    """Compile everything that the requests share."""
    pooled = tuple(f for f in ruleset.findings if f.label == "pooled")
    private = tuple(f for f in ruleset.findings if f.label == "private")
    findings = pooled + private
    position = {finding.id: i for i, finding in enumerate(findings)}
    sizes = {finding.id: len(finding.values) for finding in findings}
    rules = tuple(rule for rule in ruleset.rules if rule.status != "retired")
    conditions = tuple(positive(each.when, sizes) for each in (*rules, *ruleset.insights))
    literals = tabulate_literals(conditions, findings)
    quality_time = frozenset(ruleset.strategies[0].practices)
    catalogue = index(ruleset.activities, quality_time)
    ready = tuple(
        _ready(rule, condition, findings, literals, catalogue) for rule, condition in zip(rules, conditions, strict=False)
    )
    strategy_of = {practice: i for i, strategy in enumerate(ruleset.strategies) for practice in strategy.practices}
    askable = _those(ready, lambda i: _is_askable(conditions[i], findings, position))
    return Program(
        ruleset=ruleset,
        catalogue=catalogue,
        findings=findings,
        pooled=len(pooled),
        read_pooled=compile_reading(pooled, PooledReport),
        read_private=compile_reading(private, SelfReport),
        meet=compile_meeting(pooled),
        gaps=tuple(i for i, finding in enumerate(pooled) if finding.gap),
        wishes=tuple(i for i, finding in enumerate(pooled) if finding.wish),
        literals=literals,
        judge=compile_judge(conditions, literals, len(findings)),
        rules=ready,
        pooled_rules=_those(ready, lambda i: not ready[i].is_private),
        askable_rules=askable,
        insights=tuple((insight.id, insight.when == All(())) for insight in ruleset.insights),
        practice_masks=tuple(catalogue.by_practice.get(practice, 0) for practice in PRACTICES),
        practices_of=tuple((s.id, tuple(map(PRACTICES.index, s.practices))) for s in ruleset.strategies),
        strategy_of=tuple(strategy_of.get(practice) for practice in PRACTICES),
        questions=_questions(ruleset, findings, conditions[: len(rules)], askable),
        position=position,
    )


def _those(rules: tuple[ReadyRule, ...], holds: Callable[[int], bool]) -> int:
    return sum(1 << i for i in range(len(rules)) if holds(i))


def _ready(
    rule: Rule, condition: Condition, findings: tuple[Finding, ...], literals: Literals, catalogue: Catalogue
) -> ReadyRule:
    by_id = {finding.id: i for i, finding in enumerate(findings)}
    read = dict.fromkeys((clause.finding, clause.accepts) for clause in clauses(condition))
    kinds = {findings[by_id[name]].label for name, _ in read}
    theirs = {name for name, _ in read if findings[by_id[name]].both == "theirs"}
    tones = 0
    for tone in rule.withholds_tones:
        tones |= catalogue.by_tone[tone]
    return ReadyRule(
        id=rule.id,
        practice=PRACTICES.index(rule.suggests) if rule.suggests else -1,
        need=rule.need,
        withholds=sum(1 << PRACTICES.index(practice) for practice in rule.withholds),
        tones=tones,
        reads=tuple((1 << literals.order.index(each), by_id[each[0]]) for each in read if each[0] not in theirs),
        is_private="private" in kinds,
        reads_theirs=bool(theirs),
    )


def _is_askable(condition: Condition, findings: tuple[Finding, ...], position: Mapping[str, int]) -> bool:
    """Whether the viewer's own pooled answers alone can decide the rule."""
    read = [findings[position[clause.finding]] for clause in clauses(condition)]
    return all(finding.label == "pooled" and finding.both not in ("gap", "theirs") for finding in read)


def paths_of(finding: Finding) -> frozenset[str]:
    """The answers that a finding reads."""
    paths: set[str] = {finding.gap.of} if finding.gap else set()
    for _, condition in finding.tries:
        for leaf in leaves(condition):
            if isinstance(leaf, Linear):
                paths.update(path for _, path in leaf.terms)
            elif isinstance(leaf, Chosen | Contains):
                paths.add(leaf.path)
    return frozenset(paths)


def _questions(
    ruleset: Ruleset, findings: tuple[Finding, ...], conditions: tuple[Condition, ...], askable: int
) -> tuple[Question, ...]:
    made = []
    for path in ruleset.questions:
        if path not in ANSWERS or not ANSWERS[path].is_pooled:
            continue
        reading = tuple(i for i, finding in enumerate(findings) if path in paths_of(finding))
        names = {findings[i].id for i in reading}
        rules = sum(
            1 << i
            for i, condition in enumerate(conditions)
            if askable >> i & 1 and any(clause.finding in names for clause in clauses(condition))
        )
        if rules or path in _LIMIT_QUESTIONS:
            made.append(Question(path, rules, reading, path in _LIMIT_QUESTIONS))
    return tuple(made)


def answer_at(report: PooledReport, path: str) -> Any:  # noqa: ANN401  an answer is of any shape
    """One answer of a report by its path; None when it is not there."""
    group, _, name = path.partition(".")
    answers = getattr(report, group)
    return answers if not name or answers is None else getattr(answers, name)
