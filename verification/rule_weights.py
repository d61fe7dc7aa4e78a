"""The weight of each rule: how often it decides alone, and the effects of it that change nothing.

Deciding alone is counted over boundary scenarios, each decided by the engine with and without the rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.engine.bitset import Mask, positions
from app.engine.compiled_ruleset import RuleMask
from app.engine.conditions import UNKNOWN
from app.engine.ruleset import Need
from app.rulesets.library import Library
from app.rulesets.review import rules_in_force
from app.rulesets.shadows import shadows_among
from verification.decision_table import PurposeFate
from verification.judged import Judged, withheld_by
from verification.scenarios import ScenarioCouple, judge_couple


class Effect(NamedTuple):
    """The effect of one rule alone in a scenario, where findings have these codes.

    `purpose` is empty where the rule holds back what asks for something.
    """

    codes: Mapping[str, int]
    purpose: str
    without: PurposeFate
    becomes: PurposeFate


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight of one rule; `alone` counts the scenarios where it has an effect, `such_as` is the plainest of them.

    `shadows` says of each effect that changes nothing which rules always do as much, or undo it.
    """

    fires: int
    alone: int
    such_as: Effect | None
    shadows: tuple[str, ...]


def weigh(library: Library, couples: Sequence[ScenarioCouple]) -> Mapping[str, Weight]:
    """Weigh the rules in force over these couples."""
    rules = rules_in_force(library)
    fires = dict.fromkeys((rule.id for rule in rules), 0)
    alone: dict[str, list[Effect]] = {rule.id: [] for rule in rules}
    for couple in couples:
        judged = judge_couple(library.compiled, couple)
        for i in positions(judged.fired):
            id_ = library.compiled.rules[i].id
            fires[id_] += 1
            effect = next(_effects(judged, i), None)
            if effect:
                alone[id_].append(effect)
    shadows = [*shadows_among(rules, library.ruleset.findings, library.ruleset.purposes)]
    return {
        rule.id: Weight(
            fires[rule.id],
            len(alone[rule.id]),
            min(alone[rule.id], key=_plainness, default=None),
            tuple(shadow.effect for shadow in shadows if shadow.rule == rule.id),
        )
        for rule in rules
    }


def _plainness(effect: Effect) -> tuple[bool, int, int]:
    # A purpose tells more than an ask, a whole need more than one that a wish leaves, few findings more than many.
    return not effect.purpose, -effect.becomes, len(effect.codes)


def _effects(judged: Judged, rule: int) -> Iterator[Effect]:
    """Yield what would differ without one rule that fires. A call for what is withheld makes no difference."""
    compiled, without = judged.offer.compiled, judged.fired & ~(1 << rule)
    known = {f.id: code for f, code in zip(compiled.findings, judged.codes, strict=True) if code != UNKNOWN}
    for purpose in compiled.purposes:
        if purpose.activities & (compiled.rules[rule].calls | compiled.rules[rule].withholds):
            before, after = (_fate(judged, fired, purpose.activities) for fired in (without, judged.fired))
            if before != after and not (compiled.rules[rule].calls and after >= PurposeFate.withheld_privately):
                yield Effect(known, purpose.id, before, after)
    if compiled.rules[rule].withholds & ~withheld_by(compiled, without) & judged.offer.pair.called:
        yield Effect(known, "", PurposeFate.uncalled, PurposeFate.withheld)


def _fate(judged: Judged, fired: RuleMask, activities: Mask) -> PurposeFate:
    """Return the fate of a purpose by these rules. Withholding has no effect on one that no rule calls for."""
    compiled, capped = judged.offer.compiled, judged.offer.pair.capped
    needs = [
        min(rule.need, Need.moderate) if capped >> i & 1 else rule.need
        for i, rule in ((i, compiled.rules[i]) for i in positions(fired))
        if rule.calls & activities
    ]
    if needs and not activities & ~withheld_by(compiled, fired & ~compiled.rules_that.private):
        return PurposeFate.withheld
    if needs and not activities & ~withheld_by(compiled, fired):
        return PurposeFate.withheld_privately
    return PurposeFate(max(needs, default=0))
