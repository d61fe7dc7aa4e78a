"""A ruleset made ready to decide: compiled once when it is loaded, read by every request."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import and_, itemgetter
from typing import NamedTuple, get_args

from app.engine.activity_index import ActivityIndex, build_activity_index, digest_of
from app.engine.bitset import Mask, Unions, from_flags, positions
from app.engine.causes import Causes, conditions_of_causes
from app.engine.code_generation import Codes, Judge, compile_meeting, compile_reading, compile_rules
from app.engine.conditions import UNKNOWN, Chosen, Condition, Contains, Linear, alternatives, clauses, leaves, positive
from app.engine.ruleset import Finding, FindingLabel, Gap, Insight, Lead, Need, Opening, Rule, Ruleset, Strategy
from app.engine.selector import Selector
from app.engine.self_report import PooledReport, SelfReport
from app.engine.shares import NO_SHARES, Shares
from app.engine.view import Because, Reason

RuleMask = int
"""A set of rules: bit `i` stands for the rule at position `i`."""

Ways = tuple[tuple[tuple[int, tuple[int, ...]], ...], ...]
"""The ways in which a condition can hold: of each the positions of its findings and the codes that they may have."""


def holds_in_a_way(ways: Ways, codes: Sequence[int]) -> bool:
    """Tell whether a condition is true of these findings."""
    for way in ways:
        for at, accepts in way:
            if codes[at] not in accepts:
                break
        else:
            return True
    return False


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with positions and bits in place of ids.

    `calls` and `withholds` are the activities that it calls for or keeps out, `closes` the strategies of which it keeps
    out a whole practice. `need` is 0 for a rule that withholds. `reads` holds the positions of its findings and the
    codes that make its clauses true; `codes_read` takes the codes of these findings.
    """

    id: str
    need: int
    calls: Mask
    withholds: Mask
    closes: int
    speaks_to_purpose: bool
    reads: tuple[tuple[int, tuple[int, ...]], ...]
    ways: Ways
    codes_read: Callable[[Codes], object]
    is_private: bool
    is_mutual: bool

    def holds(self, codes: Sequence[int]) -> bool:
        """Tell whether the condition is true of these findings."""
        return holds_in_a_way(self.ways, codes)


class CompiledStrategy(NamedTuple):
    """A strategy with the activities of its practices, and the rules that call for one of them."""

    id: str
    activities: Mask
    calling: RuleMask


class CompiledPurpose(NamedTuple):
    """A purpose with its activities, and the number by which it takes part in a lot."""

    id: str
    activities: Mask
    digest: int


HARD_TIME = "hard_time"
"""The finding that tells of a loss, an illness or a baby just born."""


class Made(NamedTuple):
    """The activities that a lead begins a list with; see `Lead`.

    `is_for_hard_time` is true of a lead that reads what hard time the two go through.
    """

    best_first: tuple[Mask, ...]
    all: Mask
    lasts: bool
    life_event: bool
    is_for_hard_time: bool


class CompiledLead(NamedTuple):
    """A lead: the activities that a list begins with, and rules that call for one of them.

    `near` are those of the rules that read what the lead reads.
    """

    made: Made
    near: RuleMask
    calling: RuleMask


class Signs(NamedTuple):
    """The bits of the conditions that choosing reads, beyond the rules.

    `precedences` pairs each with the position of the strategy that it puts first among equals. The last bits are those
    of `leads`, from `first_lead` on. `own_leads` have the ways in which one's own findings fulfil them instead of a
    bit, and the activities that a list begins with. `lasting` are the activities of leads that last.
    """

    begin_small: int
    keep_short: int
    hour: int
    afternoon: int
    precedences: tuple[tuple[int, int], ...]
    first_lead: int
    leads: tuple[CompiledLead, ...]
    own_leads: tuple[tuple[Ways, Made], ...]
    lasting: Mask
    welcome: Mask


class Readings(NamedTuple):
    """The readings of reports: the codes of the findings of each label, and of nothing answered.

    `of_two` are the positions of the findings that take the other's answers, or those of both.
    """

    nobody: Codes
    nothing_private: Codes
    no_agreement: Codes
    pooled: Callable[[PooledReport], Codes]
    private: Callable[[SelfReport], Codes]
    mutual: Callable[[SelfReport], Codes]
    meet: Callable[[Codes, Codes, Codes], Codes]
    of_two: tuple[int, ...]
    gaps: tuple[tuple[int, Gap], ...]
    wishes: tuple[int, ...]


class RuleSets(NamedTuple):
    """The rules by what they do: call for something with a need, or withhold.

    `wishing` are those of a strong need that read a wish, `tellable` those that are reasons: they read something, and
    nothing private. `suggesting` are the tellable ones that call for something, `naming` those that name a purpose,
    which is closer to an activity than its practice. `on_quarrels` are those that call for an activity on quarrels.
    """

    every: RuleMask
    private: RuleMask
    tellable: RuleMask
    suggesting: RuleMask
    naming: RuleMask
    strong: RuleMask
    moderate: RuleMask
    slight: RuleMask
    on_quarrels: RuleMask
    withholding: RuleMask
    wishing: RuleMask


@dataclass(frozen=True, slots=True, repr=False)
class CompiledRuleset:
    """A ruleset with everything that does not depend on a request computed once.

    `findings` are the pooled ones, then the private, then the mutual ones; `position` gives their places by id. The
    conditions that `judge` decides are those of the rules, then the insights, the openings, the causes, and from
    `first_sign` on the signs. Rules stand in the order in which they are told: by their need, then by that in which
    their purposes are declared. `calling` are the rules that call for each activity, by its position; `reach` joins
    what rules call for or withhold. `little` is what the quiet view of least width may hold: what every private rule
    leaves. `reasons` is a cache: a rule names few findings, so a reason is made once for every combination of their
    values. `restored` are those that came back from records.
    """

    ruleset: Ruleset
    index: ActivityIndex
    findings: tuple[Finding, ...]
    reading: Readings
    judge: Judge
    rules: tuple[CompiledRule, ...]
    rules_that: RuleSets
    calling: tuple[RuleMask, ...]
    reach: Unions
    little: Mask
    insights: tuple[str, ...]
    every_insight: int
    safety_insights: int
    openings: tuple[Opening, ...]
    first_opening: int
    every_opening: int
    signs: Signs
    first_sign: int
    strategies: tuple[CompiledStrategy, ...]
    purposes: tuple[CompiledPurpose, ...]
    position: Mapping[str, int]
    conflict: int
    causes: Causes
    general_reasons: tuple[Reason, ...]
    shares: Shares
    reasons: dict[tuple[int, object], Reason] = field(default_factory=dict)
    restored: dict[tuple[str, tuple[Because, ...]], Reason] = field(default_factory=dict)


def compile_ruleset(ruleset: Ruleset, shares: Shares = NO_SHARES) -> CompiledRuleset:
    """Compile everything that requests share."""
    by_label = [tuple(f for f in ruleset.findings if f.label == label) for label in get_args(FindingLabel)]
    findings = tuple(chain.from_iterable(by_label))
    position = {finding.id: i for i, finding in enumerate(findings)}
    index = build_activity_index(ruleset)
    selector = Selector(ruleset, index)
    in_force = tuple(sorted([rule for rule in ruleset.rules if rule.status != "retired"], key=selector.rank_of))
    causes = conditions_of_causes(position)
    conditions = _conditions_of(ruleset, in_force, causes)
    rules = tuple(_compile_rule(*pair, findings, selector) for pair in zip(in_force, conditions, strict=False))
    first_opening = len(rules) + len(ruleset.insights)
    first_cause = first_opening + len(ruleset.openings)
    return CompiledRuleset(
        ruleset=ruleset,
        index=index,
        findings=findings,
        reading=_readings_of(*by_label),
        judge=compile_rules(conditions, findings),
        rules=rules,
        rules_that=_rule_sets(rules, findings, index),
        calling=_calling(rules, len(index.order)),
        reach=Unions.of([rule.calls | rule.withholds for rule in rules]),
        little=_least_width(index, rules),
        insights=tuple(insight.id for insight in ruleset.insights),
        every_insight=(1 << len(ruleset.insights)) - 1,
        safety_insights=from_flags(insight.basis == "safety_policy" for insight in ruleset.insights),
        openings=ruleset.openings,
        first_opening=first_opening,
        every_opening=(1 << len(ruleset.openings)) - 1,
        signs=_signs(ruleset, index, position, rules),
        first_sign=first_cause + len(causes),
        strategies=tuple(_compile_strategy(strategy, rules, selector) for strategy in ruleset.strategies),
        purposes=tuple(CompiledPurpose(p.id, index.by_purpose[p.id], digest_of(p.id)) for p in ruleset.purposes),
        position=position,
        conflict=position["conflict"],
        causes=Causes(**{name: 1 << first_cause + i for i, name in enumerate(causes)}),
        general_reasons=tuple(Reason(strategy.id) for strategy in ruleset.strategies),
        shares=shares,
    )


def _conditions_of(
    ruleset: Ruleset, in_force: tuple[Rule, ...], causes: Mapping[str, Condition]
) -> tuple[Condition, ...]:
    """Return all conditions that are judged, in the order of their bits."""
    choosing = ruleset.choosing
    judged: tuple[Rule | Insight | Opening, ...] = (*in_force, *ruleset.insights, *ruleset.openings)
    precedences, leads = (one.when for one in choosing.precedences), (one.when for one in choosing.leads)
    signs = (*choosing.sizes, *precedences, *leads)
    sizes = {finding.id: len(finding.values) for finding in ruleset.findings}
    return tuple(positive(condition, sizes) for condition in (*(one.when for one in judged), *causes.values(), *signs))


def _readings_of(pooled: tuple[Finding, ...], private: tuple[Finding, ...], mutual: tuple[Finding, ...]) -> Readings:
    return Readings(
        nobody=(UNKNOWN,) * len(pooled),
        nothing_private=(UNKNOWN,) * len(private),
        no_agreement=(UNKNOWN,) * len(mutual),
        pooled=compile_reading(pooled, PooledReport),
        private=compile_reading(private, SelfReport),
        mutual=compile_reading(mutual, SelfReport),
        meet=compile_meeting(pooled),
        of_two=tuple(i for i, finding in enumerate(pooled) if finding.both in ("theirs", "gap")),
        gaps=tuple((i, finding.gap) for i, finding in enumerate(pooled) if finding.gap),
        wishes=tuple(i for i, finding in enumerate(pooled) if finding.wish),
    )


def _rule_sets(rules: tuple[CompiledRule, ...], findings: tuple[Finding, ...], index: ActivityIndex) -> RuleSets:
    return RuleSets(
        every=(1 << len(rules)) - 1,
        private=from_flags(rule.is_private for rule in rules),
        tellable=from_flags(bool(rule.reads) and not rule.is_private for rule in rules),
        suggesting=from_flags(bool(rule.reads and rule.need) and not rule.is_private for rule in rules),
        naming=from_flags(rule.speaks_to_purpose for rule in rules),
        strong=from_flags(rule.need == Need.strong for rule in rules),
        moderate=from_flags(rule.need == Need.moderate for rule in rules),
        slight=from_flags(rule.need == Need.slight for rule in rules),
        on_quarrels=from_flags(bool(rule.calls & index.on_quarrels) for rule in rules),
        withholding=from_flags(not rule.need for rule in rules),
        wishing=from_flags(_is_strong_wish(rule, findings) for rule in rules),
    )


def _calling(rules: tuple[CompiledRule, ...], activities: int) -> tuple[RuleMask, ...]:
    calling = [0] * activities
    for i, rule in enumerate(rules):
        for position in positions(rule.calls):
            calling[position] |= 1 << i
    return tuple(calling)


def _least_width(index: ActivityIndex, rules: tuple[CompiledRule, ...]) -> Mask:
    little = index.little
    for rule in rules:
        if rule.is_private:
            little &= ~rule.withholds
    return little


def _precedences(ruleset: Ruleset) -> Iterable[tuple[int, int]]:
    strategies = [strategy.id for strategy in ruleset.strategies]
    for i, precedence in enumerate(ruleset.choosing.precedences, len(ruleset.choosing.sizes)):
        yield 1 << i, strategies.index(precedence.strategy)


def _ways_of(condition: Condition, position: Mapping[str, int]) -> Ways:
    return tuple(tuple((position[clause.finding], clause.accepts) for clause in way) for way in alternatives(condition))


def _signs(
    ruleset: Ruleset, index: ActivityIndex, position: Mapping[str, int], rules: tuple[CompiledRule, ...]
) -> Signs:
    choosing = ruleset.choosing
    sizes = {finding.id: len(finding.values) for finding in ruleset.findings}

    def made_by(lead: Lead) -> Made:
        best_first = tuple(index.bit_of[id_] for id_ in lead.activities)
        is_for_hard_time = any(clause.finding == HARD_TIME for clause in clauses(lead.when))
        return Made(best_first, sum(best_first), lead.lasts, lead.life_event, is_for_hard_time)

    def compiled(lead: Lead) -> CompiledLead:
        made, read = made_by(lead), {position[clause.finding] for clause in clauses(lead.when)}
        calling = [bool(rule.calls & made.all) for rule in rules]
        near = [any(i in read for i, _ in rule.reads) for rule in rules]
        return CompiledLead(made, from_flags(map(and_, calling, near)), from_flags(calling))

    leads = tuple(map(compiled, choosing.leads))
    return Signs(
        1,
        2,
        4,
        8,
        precedences=tuple(_precedences(ruleset)),
        first_lead=len(choosing.sizes) + len(choosing.precedences),
        leads=leads,
        own_leads=tuple((_ways_of(positive(lead.when, sizes), position), made_by(lead)) for lead in choosing.own_leads),
        lasting=sum({bit for lead in leads if lead.made.lasts for bit in lead.made.best_first}),
        welcome=sum(index.bit_of[id_] for id_ in choosing.welcome),
    )


def _is_strong_wish(rule: CompiledRule, findings: tuple[Finding, ...]) -> bool:
    return rule.need == max(Need) and any(findings[i].wish for i, _ in rule.reads)


def _compile_strategy(strategy: Strategy, rules: tuple[CompiledRule, ...], selector: Selector) -> CompiledStrategy:
    activities = selector.of(strategy.practices)
    return CompiledStrategy(strategy.id, activities, from_flags(bool(rule.calls & activities) for rule in rules))


def _compile_rule(rule: Rule, condition: Condition, findings: tuple[Finding, ...], selector: Selector) -> CompiledRule:
    position = {finding.id: i for i, finding in enumerate(findings)}
    reads = tuple(dict.fromkeys((position[clause.finding], clause.accepts) for clause in clauses(condition)))
    calls = selector.of([rule.suggests] if rule.suggests else ())
    return CompiledRule(
        id=rule.id,
        need=int(rule.need or 0),
        calls=calls,
        withholds=selector.withheld_by(rule),
        closes=selector.closed_by(rule),
        speaks_to_purpose=rule.suggests in selector.index.by_purpose,
        reads=reads,
        ways=_ways_of(condition, position),
        codes_read=itemgetter(*dict.fromkeys(i for i, _ in reads) or (slice(0),)),
        is_private=any(findings[i].label == "private" for i, _ in reads),
        is_mutual=any(findings[i].label == "mutual" for i, _ in reads),
    )


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
