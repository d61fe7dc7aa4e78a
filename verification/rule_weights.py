"""The weight of each rule: how often it decides alone, the rules that undo it, and those that always do as much.

Deciding alone is counted over boundary scenarios, each decided by the engine with and without the rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import UNKNOWN
from app.engine.evaluate import evaluate
from app.engine.ruleset import Rule
from app.engine.self_report import pool
from app.engine.verdicts import Gate, gate
from app.engine.view import Verdicts
from app.engine.vocabulary import PRACTICES
from app.rulesets.library import Library
from app.rulesets.plain_reports import report_of
from app.rulesets.review import rules_in_force
from app.rulesets.shadows import Shadow, shadows_among
from verification.decision_table import PracticeFate
from verification.scenarios import ScenarioCouple


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

    Wherever the rule fires, one of `shadowed_by` does no less, or one of `undone_by` withholds what it suggests.
    """

    fires: int
    alone: int
    such_as: Effect | None
    shadowed_by: tuple[str, ...]
    shadows: tuple[str, ...]
    undone_by: tuple[str, ...]


def weigh(library: Library, couples: Sequence[ScenarioCouple]) -> Mapping[str, Weight]:
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
    shadowed_by, undone_by = _shadowed(library, rules)
    return {
        rule.id: Weight(
            fires[rule.id],
            len(alone[rule.id]),
            min(alone[rule.id], key=_plainness, default=None),
            shadowed_by.get(rule.id, ()),
            tuple(other for other, by in shadowed_by.items() if rule.id in by),
            undone_by.get(rule.id, ()),
        )
        for rule in rules
    }


def _shadowed(library: Library, rules: Sequence[Rule]) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return the rules all of whose effects others have too, and those whose suggestion others withhold."""
    by_id = {rule.id: rule for rule in rules}
    shadows: dict[str, list[Shadow]] = {}
    for shadow in shadows_among(tuple(rules), library.ruleset.findings):
        shadows.setdefault(shadow.rule, []).append(shadow)
    shadowed_by: dict[str, tuple[str, ...]] = {}
    undone_by: dict[str, tuple[str, ...]] = {}
    for id_, of_rule in shadows.items():
        rule, by = by_id[id_], tuple(dict.fromkeys(other for shadow in of_rule for other in shadow.by))
        if rule.suggests and all(rule.suggests in by_id[other].withholds for other in by):
            undone_by[id_] = by
        elif rule.suggests or len(of_rule) == len(rule.withholds) + len(rule.withholds_tones):
            shadowed_by[id_] = by
    return shadowed_by, undone_by


def _plainness(effect: Effect) -> tuple[bool, int, int]:
    # A practice tells more than a tone, a whole need more than one that a wish leaves, few findings more than many.
    return not effect.practice, -effect.becomes, len(effect.codes)


def _judge(compiled: CompiledRuleset, couple: ScenarioCouple) -> Verdicts:
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
