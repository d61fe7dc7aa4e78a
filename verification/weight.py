"""The weight of each rule: how often it decides alone, the rules that undo it, and those that always do as much.

Deciding alone is counted over boundary scenarios, each decided by the engine with and without the rule. Shadows are
found by trying all values of the findings that two rules read, unknown among them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import UNKNOWN, All
from app.engine.evaluate import evaluate
from app.engine.ruleset import Rule
from app.engine.self_report import pool
from app.engine.verdicts import Gate, gate
from app.engine.view import Verdicts
from app.engine.vocabulary import PRACTICES
from app.rulesets.library import Library
from app.rulesets.plain_reports import report_of
from app.rulesets.review import rules_in_force
from verification.decision_table import PracticeFate, is_private
from verification.scenarios import Couple
from verification.ways import assignments, holds


class Effect(NamedTuple):
    """The effect of one rule alone in a scenario, where findings have these codes.

    `practice` is empty where the rule holds back a tone.
    """

    codes: Mapping[str, int]
    practice: str
    without: PracticeFate
    becomes: PracticeFate


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight of one rule; `alone` counts the scenarios where it has an effect, `such_as` is the plainest of them.

    Wherever the rule fires, those of `shadowed_by` fire and do no less, those of `undone_by` withhold what it suggests.
    """

    fires: int
    alone: int
    such_as: Effect | None
    shadowed_by: tuple[str, ...]
    shadows: tuple[str, ...]
    undone_by: tuple[str, ...]


def weigh(library: Library, couples: Sequence[Couple]) -> Mapping[str, Weight]:
    """Weigh the rules in force over these couples."""
    rules = rules_in_force(library)
    fires = dict.fromkeys((rule.id for rule in rules), 0)
    alone: dict[str, list[Effect]] = {rule.id: [] for rule in rules}
    for couple in couples:
        verdicts = _judge(library.compiled, couple)
        for i in positions(verdicts.true & library.compiled.every_rule):
            id_ = library.compiled.rules[i].id
            fires[id_] += 1
            effect = _effect(library.compiled, verdicts, i)
            if effect:
                alone[id_].append(effect)
    implied = [(one, two) for one in rules for two in rules if one is not two and _may_shadow(one, two)]
    implied = [(one, two) for one, two in implied if is_implied(library, one, two)]
    private = {rule.id for rule in rules if is_private(rule, {f.id: f for f in library.ruleset.findings})}
    shadows = [(one.id, two.id) for one, two in implied if _does_no_less(two, one, private)]
    return {
        rule.id: Weight(
            fires[rule.id],
            len(alone[rule.id]),
            min(alone[rule.id], key=_plainness, default=None),
            tuple(two for one, two in shadows if one == rule.id),
            tuple(one for one, two in shadows if two == rule.id),
            tuple(two.id for one, two in implied if one is rule and rule.suggests in two.withholds),
        )
        for rule in rules
    }


def is_implied(library: Library, one: Rule, two: Rule) -> bool:
    """Return whether the second rule fires wherever the first does, for all values of the findings they read."""
    sizes = {finding.id: len(finding.values) for finding in library.ruleset.findings}
    both = All((one.when, two.when))
    return all(holds(two.when, codes) is True for codes in assignments(both, sizes) if holds(one.when, codes) is True)


def _plainness(effect: Effect) -> tuple[bool, int, int]:
    # A practice tells more than a tone, a whole need more than one that a wish leaves, few findings more than many.
    return not effect.practice, -effect.becomes, len(effect.codes)


def _may_shadow(one: Rule, two: Rule) -> bool:
    # Both speak of one practice, or withhold the same.
    if one.suggests:
        return one.suggests in (two.suggests, *two.withholds)
    return {*one.withholds} <= {*two.withholds} and {*one.withholds_tones} <= {*two.withholds_tones}


def _does_no_less(two: Rule, one: Rule, private: set[str]) -> bool:
    if one.suggests:
        return one.suggests == two.suggests and (two.need or 0) >= (one.need or 0)
    return one.id in private or two.id not in private


def _judge(compiled: CompiledRuleset, couple: Couple) -> Verdicts:
    theirs = None if couple.theirs is None else pool(report_of(couple.theirs))
    return cast(Verdicts, evaluate(compiled, report_of(couple.mine), theirs).verdicts)


def _effect(compiled: CompiledRuleset, verdicts: Verdicts, rule: int) -> Effect | None:
    """Return what would differ without one rule that fires."""
    becomes, without = gate(compiled, verdicts), gate(compiled, verdicts._replace(true=verdicts.true & ~(1 << rule)))
    return next(_effects(compiled, verdicts, without, becomes), None)


def _effects(compiled: CompiledRuleset, verdicts: Verdicts, without: Gate, becomes: Gate) -> Iterator[Effect]:
    codes = {f.id: code for f, code in zip(compiled.findings, verdicts.codes, strict=True) if code != UNKNOWN}
    for practice, name in enumerate(PRACTICES):
        before, after = _fate(without, practice), _fate(becomes, practice)
        if before != after:
            yield Effect(codes, name, before, after)
    if (without.tones, without.private_tones) != (becomes.tones, becomes.private_tones):
        yield Effect(codes, "", PracticeFate.uncalled, PracticeFate.withheld)


def _fate(gated: Gate, practice: int) -> PracticeFate:
    # Withholding has no effect on a practice that no rule calls for.
    if gated.needs[practice] and gated.withheld >> practice & 1:
        return PracticeFate.withheld
    if gated.needs[practice] and gated.withheld_privately >> practice & 1:
        return PracticeFate.withheld_privately
    return PracticeFate(gated.needs[practice])
