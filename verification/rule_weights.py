"""The weight of each rule: how often it decides alone, the rules that undo it, and those that always do as much.

Deciding alone is counted over boundary scenarios, each decided by the engine with and without the rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.engine.bitset import Mask, positions
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask
from app.engine.conditions import UNKNOWN
from app.engine.ruleset import Need, Rule
from app.rulesets.library import Library
from app.rulesets.review import rules_in_force
from app.rulesets.shadows import Shadow, shadows_among
from verification.decision_table import PurposeFate
from verification.judged import Judged
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
        judged = judge_couple(library.compiled, couple)
        for i in positions(judged.fired):
            id_ = library.compiled.rules[i].id
            fires[id_] += 1
            effect = next(_effects(judged, i), None)
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
    for shadow in shadows_among(tuple(rules), library.ruleset.findings, library.ruleset.purposes):
        shadows.setdefault(shadow.rule, []).append(shadow)
    shadowed_by: dict[str, tuple[str, ...]] = {}
    undone_by: dict[str, tuple[str, ...]] = {}
    for id_, of_rule in shadows.items():
        rule, by = by_id[id_], tuple(dict.fromkeys(other for shadow in of_rule for other in shadow.by))
        if rule.suggests and all(
            {rule.suggests, library.ruleset.practice_of(rule.suggests)} & {*by_id[other].withholds} for other in by
        ):
            undone_by[id_] = by
        elif rule.suggests or len(of_rule) == len(rule.withholds) + len(rule.withholds_asks):
            shadowed_by[id_] = by
    return shadowed_by, undone_by


def _plainness(effect: Effect) -> tuple[bool, int, int]:
    # A purpose tells more than an ask, a whole need more than one that a wish leaves, few findings more than many.
    return not effect.purpose, -effect.becomes, len(effect.codes)


def _effects(judged: Judged, rule: int) -> Iterator[Effect]:
    """Yield what would differ without one rule that fires. A call for what is withheld makes no difference."""
    compiled, without = judged.offer.compiled, judged.fired & ~(1 << rule)
    codes = judged.offer.pair.codes + judged.reader.verdict.codes[len(judged.offer.pair.codes) :]
    known = {f.id: code for f, code in zip(compiled.findings, codes, strict=True) if code != UNKNOWN}
    for purpose in compiled.purposes:
        if purpose.activities & (compiled.rules[rule].calls | compiled.rules[rule].withholds):
            before, after = (_fate(judged, fired, purpose.activities) for fired in (without, judged.fired))
            if before != after and not (compiled.rules[rule].calls and after >= PurposeFate.withheld_privately):
                yield Effect(known, purpose.id, before, after)
    if compiled.rules[rule].withholds & ~_withheld(compiled, without) & judged.offer.pair.called:
        yield Effect(known, "", PurposeFate.uncalled, PurposeFate.withheld)


def _fate(judged: Judged, fired: RuleMask, activities: Mask) -> PurposeFate:
    """Return the fate of a purpose by these rules. Withholding has no effect on one that no rule calls for."""
    compiled, capped = judged.offer.compiled, judged.offer.pair.capped
    needs = [
        min(rule.need, Need.moderate) if capped >> i & 1 else rule.need
        for i, rule in ((i, compiled.rules[i]) for i in positions(fired))
        if rule.calls & activities
    ]
    if needs and not activities & ~_withheld(compiled, fired & ~compiled.rules_that.private):
        return PurposeFate.withheld
    if needs and not activities & ~_withheld(compiled, fired):
        return PurposeFate.withheld_privately
    return PurposeFate(max(needs, default=0))


def _withheld(compiled: CompiledRuleset, fired: RuleMask) -> Mask:
    withheld = 0
    for i in positions(fired):
        withheld |= compiled.rules[i].withholds
    return withheld
