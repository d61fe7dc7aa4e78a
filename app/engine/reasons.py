"""Reasons, read from the bits of the verdicts: why, why not now, and why this one."""

from collections.abc import Mapping
from itertools import chain
from typing import cast

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRule, CompiledRuleset, RuleMask
from app.engine.ruleset import NO_SUPPORT, NOTHING_FITS
from app.engine.self_report import Liking, PooledReport
from app.engine.verdicts import Gate
from app.engine.view import NOT_WILLING, PRIVATE, TASTE, Because, Reason, Verdicts

PLAIN = {name: Reason(name, name) for name in (NOTHING_FITS, NO_SUPPORT, NOT_WILLING)}
DOES_NOT_FIT = Reason(NOTHING_FITS, "does_not_fit")
NOT_FOR_US, PUT_OFF, DONE_LATELY = (Reason(name, name) for name in ("not_for_us", "put_off", "done_lately"))
WITHHELD_PRIVATELY = Reason(PRIVATE, "withheld_private")
_TASTES = {level: (Reason(TASTE, f"taste_{level}", (Because(TASTE, level),)),) for level in ("love", "like")}
_FIXED = {
    reason.wording: reason for reason in (*PLAIN.values(), WITHHELD_PRIVATELY, *chain.from_iterable(_TASTES.values()))
}


def reasons_for(
    compiled: CompiledRuleset, verdicts: Verdicts, rules: RuleMask, most: int | None = None
) -> tuple[Reason, ...]:
    """These rules as reasons, the strongest first; at most so many.

    The same reason is the same object: it depends on the rule, and on the values of its findings, met and own.
    """
    known, held, own_held = compiled.reasons, verdicts.held, verdicts.own_held
    reasons = []
    for i in _strongest_first(compiled, rules, verdicts.capped)[:most]:
        rule = compiled.rules[i]
        key = i, held & rule.named, own_held & rule.own_named
        reason = known.get(key)
        if reason is None:
            reason = known[key] = the_one(compiled, _make(compiled, verdicts, rule))
        reasons.append(reason)
    return tuple(reasons)


def _strongest_first(compiled: CompiledRuleset, rules: RuleMask, capped: RuleMask) -> list[int]:
    """What fires through the other's wish alone is moderate at most, here too."""
    strong = rules & compiled.strong & ~capped
    firm = rules & compiled.firm & ~strong
    return [*positions(strong), *positions(firm), *positions(rules & ~(strong | firm))]


def why_not(
    compiled: CompiledRuleset, verdicts: Verdicts, gated: Gate, practices: tuple[int, ...]
) -> tuple[Reason, ...]:
    """The rules that withhold these practices; else that nothing suggested fits; else that nothing calls for them."""
    here = sum(1 << practice for practice in practices)
    withholding = sum(1 << i for i in positions(gated.withholding) if compiled.rules[i].withholds & here)
    reasons = list(dict.fromkeys(reasons_for(compiled, verdicts, withholding)))
    left = here & ~gated.withheld & ~gated.withheld_privately
    if any(gated.needs[practice] and left >> practice & 1 for practice in practices):
        reasons.append(PLAIN[NOTHING_FITS])
    return tuple(reasons or [PLAIN[NO_SUPPORT]])


def likes_in(report: PooledReport) -> Mapping[str, Liking]:
    """What a report says of kinds of activities; empty where it says nothing."""
    preferences = report.activity_preferences
    return cast("Mapping[str, Liking]", (preferences and preferences.likes) or {})


def taste(kinds: tuple[str, ...], likes: Mapping[str, Liking]) -> tuple[Reason, ...]:
    """The viewer's own word about this kind of thing; nothing is said of the other's."""
    liked = [likes.get(kind) for kind in kinds]
    return _TASTES["love"] if "love" in liked else _TASTES["like"] if "like" in liked else ()


def the_one(compiled: CompiledRuleset, reason: Reason) -> Reason:
    """The reason that says the same and was there first."""
    return _FIXED.get(reason.wording) or compiled.wordings.setdefault(reason.wording, reason)


def _make(compiled: CompiledRuleset, verdicts: Verdicts, rule: CompiledRule) -> Reason:
    if rule.is_private:
        return WITHHELD_PRIVATELY if rule.need is None else Reason(PRIVATE, rule.id)
    because, is_shared = [], rule.reads_theirs
    for i, accepts in rule.reads:
        code = verdicts.codes[i]
        if code in accepts:
            is_own = verdicts.own_codes[i] == code
            finding = compiled.findings[i]
            because.append(Because(finding.id, finding.values[code] if is_own else None))
            is_shared = is_shared or not is_own
    return Reason(rule.id, rule.id, tuple(because), is_shared)
