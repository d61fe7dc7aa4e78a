"""A ruleset made ready to decide: compiled once when it is loaded, read by every request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from app.engine.activity_index import ActivityIndex, build_activity_index
from app.engine.bitset import Mask, from_flags
from app.engine.code_generation import Codes, Judge, Tables, compile_meeting, compile_reading, compile_rules
from app.engine.conditions import UNKNOWN, All, Chosen, Condition, Contains, Linear, clauses, leaves, positive
from app.engine.ruleset import Finding, FindingLabel, Gap, Insight, Need, Rule, Ruleset
from app.engine.self_report import PooledReport, SelfReport
from app.engine.view import Reason, Wording
from app.engine.vocabulary import PRACTICES

RuleMask = int
"""A set of rules: bit `i` stands for the rule at position `i`."""

_LIMIT_QUESTIONS = ("busyness.longest_slot_minutes", "circumstances.budget")
"""The questions whose missing answer is replaced by a careful limit."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with positions and bits in place of ids.

    `practice` is -1 for a rule that withholds; `withholds` is a set of practices. `reads` holds the findings that may
    be named in a reason: their positions, and the codes that make the rule's clause true. `named` are the bits of these
    findings' values, `own_named` those of them that the viewer's own answers can decide.
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
    """An insight; a general one has no condition."""

    id: str
    is_general: bool


class OpenQuestion(NamedTuple):
    """A finding that the viewer's own answers could decide.

    `values` are the bits of its values, `rules` the askable rules that read it, `questions` the positions of the
    questions that it reads.
    """

    values: int
    rules: int
    questions: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class CompiledRuleset:
    """A ruleset with everything that does not depend on a request computed once.

    `findings` are the pooled ones, then the private ones; `position` gives their places by id. `calling` holds, for
    every practice, the rules that suggest it; of all rules, `strong` are those of a strong need, `firm` those of a
    moderate or strong one. `limits_hanging` are the questions for which a careful limit stands in, each with a bit
    beyond those of the rules.

    `reasons` and `wordings` are caches. A rule names few findings, so a reason is made once for every combination of
    their values (`reasons`), and two reasons with the same wording are one object (`wordings`).
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
    openings: tuple[OpenQuestion, ...]
    limits_hanging: tuple[tuple[int, int], ...]
    position: Mapping[str, int]
    conflict: int
    reasons: dict[tuple[int, int, int], Reason] = field(default_factory=dict)
    wordings: dict[Wording, Reason] = field(default_factory=dict)


def compile_ruleset(ruleset: Ruleset) -> CompiledRuleset:
    """Compile everything that requests share."""
    pooled, private = (tuple(f for f in ruleset.findings if f.label == label) for label in get_args(FindingLabel))
    findings = pooled + private
    position = {finding.id: i for i, finding in enumerate(findings)}
    rules_in_force = tuple(rule for rule in ruleset.rules if rule.status != "retired")
    conditions = _conditions((*rules_in_force, *ruleset.insights), findings)
    tables, judge = compile_rules(conditions, findings)
    index = build_activity_index(ruleset.activities, frozenset(ruleset.strategies[0].practices))
    rules = _compile_each(rules_in_force, conditions, findings, tables, index)
    askable = from_flags(_is_askable(condition, findings, position) for condition in conditions[: len(rules)])
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
        rules=rules,
        every_rule=(1 << len(rules)) - 1,
        calling=tuple(from_flags(rule.practice == practice for rule in rules) for practice in range(len(PRACTICES))),
        strong=from_flags(rule.need == Need.strong for rule in rules),
        firm=from_flags(rule.need in (Need.moderate, Need.strong) for rule in rules),
        withholding=from_flags(rule.need is None for rule in rules),
        askable_rules=askable,
        insights=tuple(CompiledInsight(insight.id, insight.when == All(())) for insight in ruleset.insights),
        practice_masks=tuple(index.by_practice.get(practice, 0) for practice in PRACTICES),
        practices_of=tuple((s.id, tuple(map(PRACTICES.index, s.practices))) for s in ruleset.strategies),
        strategy_of=_strategy_of(ruleset),
        strategy_names=tuple(None if i is None else ruleset.strategies[i].id for i in _strategy_of(ruleset)),
        openings=_openings(ruleset.questions, pooled, conditions[: len(rules)], askable, tables),
        limits_hanging=_limits_hanging(ruleset.questions, len(rules)),
        position=position,
        conflict=position["conflict"],
    )


def _conditions(declared: tuple[Rule | Insight, ...], findings: tuple[Finding, ...]) -> tuple[Condition, ...]:
    sizes = {finding.id: len(finding.values) for finding in findings}
    return tuple(positive(rule.when, sizes) for rule in declared)


def _compile_each(
    rules: tuple[Rule, ...],
    conditions: tuple[Condition, ...],
    findings: tuple[Finding, ...],
    tables: Tables,
    index: ActivityIndex,
) -> tuple[CompiledRule, ...]:
    # The conditions of the insights stand behind those of the rules, so they are left over.
    return tuple(
        _compile_rule(rule, condition, findings, tables, index)
        for rule, condition in zip(rules, conditions, strict=False)
    )


def _strategy_of(ruleset: Ruleset) -> tuple[int | None, ...]:
    strategy_of = {practice: i for i, strategy in enumerate(ruleset.strategies) for practice in strategy.practices}
    return tuple(strategy_of.get(practice) for practice in PRACTICES)


def _limits_hanging(questions: tuple[str, ...], rules: int) -> tuple[tuple[int, int], ...]:
    # A limit counts like one more rule when the questions are compared, so it has a bit behind theirs.
    return tuple((questions.index(question), 1 << (rules + i)) for i, question in enumerate(_LIMIT_QUESTIONS))


def _compile_rule(
    rule: Rule, condition: Condition, findings: tuple[Finding, ...], tables: Tables, index: ActivityIndex
) -> CompiledRule:
    position = {finding.id: i for i, finding in enumerate(findings)}
    read = dict.fromkeys((position[clause.finding], clause.accepts) for clause in clauses(condition))
    of = [findings[i] for i, _ in read]
    # To name a finding about the other partner would tell their answer.
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
        reads=tuple((i, accepts) for i, accepts in read if i in named),
        named=sum(sum(tables.values[i]) for i in named),
        # A gap needs the ratings of both, so the viewer alone decides no value of it.
        own_named=sum(sum(tables.values[i]) for i in named if findings[i].gap is None),
        is_private=any(finding.label == "private" for finding in of),
        reads_theirs=any(finding.both == "theirs" for finding in of),
    )


def _is_askable(condition: Condition, findings: tuple[Finding, ...], position: Mapping[str, int]) -> bool:
    """Tell whether the viewer's own pooled answers alone can decide a rule."""
    # No answer of the viewer settles a gap or a finding about the other partner.
    read = [findings[position[clause.finding]] for clause in clauses(condition)]
    return all(finding.label == "pooled" and finding.both not in ("gap", "theirs") for finding in read)


def paths_of(finding: Finding) -> frozenset[str]:
    """Return the paths of the answers that a finding reads."""
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
            read = tuple(i for i, question in enumerate(questions) if question in paths_of(finding))
            openings.append(OpenQuestion(sum(values), rules, read))
    return tuple(openings)


def _rules_reading(finding: str, conditions: tuple[Condition, ...]) -> RuleMask:
    return from_flags(any(clause.finding == finding for clause in clauses(condition)) for condition in conditions)
