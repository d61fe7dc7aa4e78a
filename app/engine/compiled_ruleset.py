"""A ruleset made ready to decide: compiled once when it is loaded, read by every request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.engine.activity_index import ActivityIndex, build_activity_index
from app.engine.bitset import Mask, from_flags
from app.engine.code_generation import Codes, Judge, Tables, compile_meeting, compile_reading, compile_rules
from app.engine.conditions import UNKNOWN, All, Chosen, Condition, Contains, Linear, clauses, leaves, positive
from app.engine.ruleset import Finding, Gap, Need, Rule, Ruleset
from app.engine.self_report import PooledReport, SelfReport
from app.engine.view import Reason, Wording
from app.engine.vocabulary import PRACTICES

RuleMask = int
"""A set of rules, one bit each."""

_LIMIT_QUESTIONS = ("busyness.longest_slot_minutes", "circumstances.budget")
"""Unanswered, a careful limit stands in for each of them; the answer decides that limit."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule as the engine needs it.

    `reads` gives what may be named as a reason, each finding's position with the codes that count; `named` the bits of
    these findings' values, `own_named` those that the viewer's own answers can decide.
    """

    id: str
    practice: int
    need: Need | None
    withholds: int
    tones: Mask
    reads: tuple[tuple[int, tuple[int, ...]], ...]
    named: int
    own_named: int
    is_private: bool
    reads_theirs: bool


class CompiledInsight(NamedTuple):
    """An insight; a general one holds for everyone."""

    id: str
    is_general: bool


class OpenQuestion(NamedTuple):
    """A finding that the viewer's own answers could decide.

    Its values' bits, the rules that read it, the questions it reads.
    """

    values: int
    rules: int
    questions: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class CompiledRuleset:
    """All that is worked out once. Findings stand in order: the pooled ones, then the private ones.

    `reasons` keeps those already made: a rule has few findings, so there are few ways to give it as a reason.
    `wordings` keeps the same ones by what they say, so that one kept elsewhere is the same object when it comes back.
    `calling` gives the rules that suggest each practice; of all these, those of a strong need are `strong`, those of a
    moderate or strong one `firm`.
    `limits_hanging` gives the questions for which a careful limit stands in, each with a bit beyond those of the rules.
    """

    ruleset: Ruleset
    index: ActivityIndex
    findings: tuple[Finding, ...]
    nobody: Codes
    read_pooled: Callable[[PooledReport], Codes]
    read_private: Callable[[SelfReport], Codes]
    meet: Callable[[Codes, Codes, Codes], Codes]
    gaps: tuple[tuple[int, Gap], ...]
    wishes: tuple[int, ...]
    tables: Tables
    judge: Judge
    reasons: dict[tuple[int, int, int], Reason]
    wordings: dict[Wording, Reason]
    rules: tuple[CompiledRule, ...]
    every_rule: RuleMask
    calling: tuple[RuleMask, ...]
    strong: RuleMask
    firm: RuleMask
    withholding: RuleMask
    askable_rules: RuleMask
    insights: tuple[CompiledInsight, ...]
    practice_masks: tuple[Mask, ...]
    practices_of: tuple[tuple[str, tuple[int, ...]], ...]
    strategy_of: tuple[int | None, ...]
    strategy_names: tuple[str | None, ...]
    questions: tuple[str, ...]
    openings: tuple[OpenQuestion, ...]
    limits_hanging: tuple[tuple[int, int], ...]
    position: Mapping[str, int]
    conflict: int
    start: int


def compile_ruleset(ruleset: Ruleset) -> CompiledRuleset:
    """Compile everything that the requests share."""
    pooled = tuple(f for f in ruleset.findings if f.label == "pooled")
    private = tuple(f for f in ruleset.findings if f.label == "private")
    findings = pooled + private
    position = {finding.id: i for i, finding in enumerate(findings)}
    sizes = {finding.id: len(finding.values) for finding in findings}
    rules = tuple(rule for rule in ruleset.rules if rule.status != "retired")
    conditions = tuple(positive(when, sizes) for when in [r.when for r in rules] + [i.when for i in ruleset.insights])
    tables, judge = compile_rules(conditions, findings)
    quality_time = frozenset(ruleset.strategies[0].practices)
    index = build_activity_index(ruleset.activities, quality_time)
    ready = tuple(
        _ready(rule, condition, findings, tables, index) for rule, condition in zip(rules, conditions, strict=False)
    )
    strategy_of = {practice: i for i, strategy in enumerate(ruleset.strategies) for practice in strategy.practices}
    askable = from_flags(_is_askable(condition, findings, position) for condition in conditions[: len(ready)])
    return CompiledRuleset(
        ruleset=ruleset,
        index=index,
        findings=findings,
        nobody=(UNKNOWN,) * len(pooled),
        read_pooled=compile_reading(pooled, PooledReport),
        read_private=compile_reading(private, SelfReport),
        meet=compile_meeting(pooled),
        gaps=tuple((i, finding.gap) for i, finding in enumerate(pooled) if finding.gap),
        wishes=tuple(i for i, finding in enumerate(pooled) if finding.wish),
        tables=tables,
        judge=judge,
        reasons={},
        wordings={},
        rules=ready,
        every_rule=(1 << len(ready)) - 1,
        calling=tuple(from_flags(rule.practice == practice for rule in ready) for practice in range(len(PRACTICES))),
        strong=from_flags(rule.need == Need.strong for rule in ready),
        firm=from_flags(rule.need in (Need.moderate, Need.strong) for rule in ready),
        withholding=from_flags(rule.need is None for rule in ready),
        askable_rules=askable,
        insights=tuple(CompiledInsight(insight.id, insight.when == All(())) for insight in ruleset.insights),
        practice_masks=tuple(index.by_practice.get(practice, 0) for practice in PRACTICES),
        practices_of=tuple((s.id, tuple(map(PRACTICES.index, s.practices))) for s in ruleset.strategies),
        strategy_of=tuple(strategy_of.get(practice) for practice in PRACTICES),
        strategy_names=tuple(
            next((s.id for s in ruleset.strategies if practice in s.practices), None) for practice in PRACTICES
        ),
        questions=ruleset.questions,
        openings=_openings(ruleset.questions, pooled, conditions[: len(rules)], askable, tables),
        limits_hanging=tuple(
            (ruleset.questions.index(question), 1 << (len(ready) + i)) for i, question in enumerate(_LIMIT_QUESTIONS)
        ),
        position=position,
        conflict=position["conflict"],
        start=position["start"],
    )


def _ready(
    rule: Rule, condition: Condition, findings: tuple[Finding, ...], tables: Tables, index: ActivityIndex
) -> CompiledRule:
    position = {finding.id: i for i, finding in enumerate(findings)}
    read = dict.fromkeys((position[clause.finding], clause.accepts) for clause in clauses(condition))
    of = [findings[i] for i, _ in read]
    named = {i: accepts for i, accepts in read if findings[i].both != "theirs"}
    tones = 0
    for tone in rule.withholds_tones:
        tones |= index.by_tone[tone]
    return CompiledRule(
        id=rule.id,
        practice=PRACTICES.index(rule.suggests) if rule.suggests else -1,
        need=rule.need,
        withholds=sum(1 << PRACTICES.index(practice) for practice in rule.withholds),
        tones=tones,
        reads=tuple(each for each in read if each[0] in named),
        named=sum(sum(tables.values[i]) for i in named),
        own_named=sum(sum(tables.values[i]) for i in named if findings[i].gap is None),
        is_private=any(finding.label == "private" for finding in of),
        reads_theirs=any(finding.both == "theirs" for finding in of),
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


def _openings(
    questions: tuple[str, ...],
    findings: tuple[Finding, ...],
    conditions: tuple[Condition, ...],
    askable: int,
    tables: Tables,
) -> tuple[OpenQuestion, ...]:
    openings = []
    for finding, values in zip(findings, tables.values, strict=False):
        rules = _rules_reading(finding.id, conditions) & askable
        if rules:
            asked = tuple(i for i, question in enumerate(questions) if question in paths_of(finding))
            openings.append(OpenQuestion(sum(values), rules, asked))
    return tuple(openings)


def _rules_reading(finding: str, conditions: tuple[Condition, ...]) -> RuleMask:
    return from_flags(any(clause.finding == finding for clause in clauses(condition)) for condition in conditions)
