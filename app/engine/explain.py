"""Explanations: why something is suggested to one partner or not, and the least that would change it.

Like a view, an explanation is decided by what both answered and put into words from the reader's own answers alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import (
    MAX_CHANGES,
    Alternative,
    Evaluation,
    Target,
    TargetStatus,
    evaluate_for_explanation,
    is_suggested,
    nearest,
    offered,
    repairs,
    unmet,
    would_change,
)
from app.engine.evaluate import is_left_alone
from app.engine.history import NO_MOMENT, Moment, on_cooldown
from app.engine.offer import Reading, excluded_by_history, loved_by_all
from app.engine.reactions import resting
from app.engine.say import PLAIN, against, reasons_for_activity, reasons_for_strategy, withholding_rules
from app.engine.self_report import NO_AGREEMENT, Agreed, PooledReport, SelfReport, support_kinds
from app.engine.unmet_constraints import PRIVATE_LIMIT, SHARED, UnmetConstraint
from app.engine.view import NOT_THE_MOMENT, NOT_WILLING, Reason
from app.engine.vocabulary import PRACTICES

VETO, GIVEN, NOT_YOURS_ALONE = "why_none_veto", "why_none_given", "why_none_not_yours_alone"
TOO_MUCH, NOT_CALLED_FOR, OTHERS_FIRST = "why_none_too_much", "why_none_not_called_for", "why_none_others_first"
YOUR_CHOICE, RESTING, PUT_ASIDE = "why_none_your_choice", "why_none_resting", "why_none_put_aside"
NOT_FOR_US, PUT_OFF, DONE_LATELY = (Reason(name) for name in ("not_for_us", "put_off", "done_lately"))

_ACTIONABLE_LIMITS = frozenset(
    {"longest_slot_minutes", "minutes_per_week", "budget", "comfort_zone", "counts_as_quality_time"}
)


class Explanation(NamedTuple):
    """The answer to a reader's question about one target.

    `why_none` is the id of a phrase that tells why no small change would help, or None.
    """

    status: TargetStatus
    because: tuple[Reason, ...] = ()
    blocked_by: tuple[UnmetConstraint, ...] = ()
    would_change: tuple[Alternative, ...] = ()
    why_none: str | None = None


SUPPORT_RESPONSE = Explanation("withheld")
"""The answer about any target to a partner who needs support now."""
NOT_NOW = Explanation("withheld", (PLAIN[NOT_WILLING],), (PRIVATE_LIMIT,), (), NOT_YOURS_ALONE)
"""The answer about any target to a partner who is not willing now."""
QUIET_RESPONSE = Explanation("withheld", (PLAIN[NOT_THE_MOMENT],), why_none=NOT_YOURS_ALONE)
"""The answer in a quiet view about a target that a private answer or choice keeps out."""


def targets_of(compiled: CompiledRuleset) -> dict[str, Target]:
    """Return the possible targets by id."""
    index = compiled.index
    strategies = {s.id: Target(s.id, "strategy", s.activities) for s in compiled.strategies}
    practices = {name: Target(name, "practice", index.by_practice[name]) for name in PRACTICES}
    activities = {a.id: Target(a.id, "activity", 1 << i) for i, a in enumerate(index.order)}
    return activities | practices | strategies


def explain(  # noqa: PLR0913  (what a view is made from, and what is asked about)
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | Reading | None,
    target: Target,
    agreed: Agreed = NO_AGREEMENT,
    moment: Moment = NO_MOMENT,
    *,
    quiet: bool = False,
    disclosed: SelfReport | None = None,
) -> Explanation:
    """Return one partner's explanation of one target, of the view with the same `quiet` and `disclosed`."""
    disclosed = disclosed or mine
    if is_left_alone(mine):
        if quiet or not is_left_alone(disclosed):
            return QUIET_RESPONSE
        return SUPPORT_RESPONSE if support_kinds(disclosed.safety) else NOT_NOW
    evaluation = evaluate_for_explanation(compiled, mine, theirs, agreed, moment, quiet=quiet, disclosed=disclosed)
    if is_suggested(evaluation, target):
        return Explanation("suggested", _reasons_for(evaluation, target))
    aside = _excluded_by_history(evaluation, target)
    if (aside and (quiet or target.id in moment.history.silent)) or _is_taken_away_silently(evaluation, target):
        return QUIET_RESPONSE
    if aside:
        return aside
    explanation = _cut(evaluation, target) if offered(evaluation, target) else _kept_out(evaluation, target)
    changes = would_change(evaluation, target)
    return explanation._replace(would_change=changes, why_none=None if changes else explanation.why_none)


def _reasons_for(evaluation: Evaluation, target: Target) -> tuple[Reason, ...]:
    reader = evaluation.reader
    strategies = reader.compiled.strategies
    here = [i for i, strategy in enumerate(strategies) if not target.activities & ~strategy.activities]
    if target.kind == "activity":
        # Without an own reason, what holds for everyone is said.
        return reasons_for_activity(reader, target.position) or tuple(reader.compiled.general_reasons[i] for i in here)
    return tuple(reason for i in here for reason in reasons_for_strategy(reader, i, target.activities))


def _excluded_by_history(evaluation: Evaluation, target: Target) -> Explanation | None:
    """Return the explanation of an activity that this partner's history keeps out; None for any other."""
    if target.kind != "activity":
        return None
    # The partner's own word counts before the days since it was done.
    offer, history = evaluation.offer, evaluation.offer.moment.history
    if target.id in history.unwanted:
        return Explanation("withheld", (NOT_FOR_US,), why_none=YOUR_CHOICE)
    if target.id in history.put_off:
        return Explanation("withheld", (PUT_OFF,), why_none=YOUR_CHOICE)
    if on_cooldown(offer.compiled.index, history, loved_by_all(offer)) & target.activities:
        return Explanation("withheld", (DONE_LATELY,), why_none=RESTING)
    # What was said of it is not repeated: pressure and refusals are named nowhere.
    if resting(offer.compiled.index, history) & target.activities:
        return Explanation("withheld", (PLAIN[NOT_THE_MOMENT],), why_none=RESTING)
    return None


def _is_taken_away(evaluation: Evaluation, target: Target) -> bool:
    """Tell whether something private alone keeps the target out."""
    return bool(evaluation.offer.eligible & target.activities) and not offered(evaluation, target)


def _is_taken_away_silently(evaluation: Evaluation, target: Target) -> bool:
    """Tell whether something private that this reader may not be told of keeps the target out."""
    would_stand = bool(target.activities & evaluation.shown & ~evaluation.stands.eligible)
    return (evaluation.is_quiet or would_stand) and _is_taken_away(evaluation, target)


def _cut(evaluation: Evaluation, target: Target) -> Explanation:
    """Explain a target that fits but is not shown, because others came first."""
    is_add_on = target.activities & evaluation.offer.compiled.index.by_practice["affection"]
    return Explanation(
        "outranked", _reasons_for(evaluation, target), why_none=NOT_YOURS_ALONE if is_add_on else OTHERS_FIRST
    )


def _kept_out(evaluation: Evaluation, target: Target) -> Explanation:
    because = _own_rules_against(evaluation, target)
    position = target.position if target.kind == "activity" else nearest(evaluation, target)
    failing = () if position is None else unmet(evaluation, position)
    if _is_taken_away(evaluation, target) and PRIVATE_LIMIT not in failing:
        # Something of the reader's own stands in the way: then nothing is said of the two together.
        failing = (*(constraint for constraint in failing if constraint != SHARED), PRIVATE_LIMIT)
    called = target.activities & evaluation.offer.pair.called
    status: TargetStatus = "withheld" if called or because else "not_suggested"
    if not because and not any(constraint.is_named for constraint in failing):
        because = (PLAIN[NOT_THE_MOMENT],)
    return Explanation(status, because, failing, why_none=_why_none(evaluation, target, because, failing))


def _own_rules_against(evaluation: Evaluation, target: Target) -> tuple[Reason, ...]:
    reader = evaluation.reader
    if target.kind != "strategy":
        return withholding_rules(reader, target.activities)
    i = next(i for i, strategy in enumerate(reader.compiled.strategies) if strategy.id == target.id)
    return tuple(reason for reason in against(reader, 1 << i) if reason is not PLAIN[NOT_THE_MOMENT])


def _why_none(
    evaluation: Evaluation, target: Target, because: Sequence[Reason], failing: Sequence[UnmetConstraint]
) -> str:
    """Return the phrase that tells why no small change would help."""
    compiled = evaluation.offer.compiled
    if target.activities & compiled.index.by_practice["affection"] or PRIVATE_LIMIT in failing:
        return NOT_YOURS_ALONE
    if failing:
        return _why_limits_stay(evaluation, target, failing)
    if target.activities & excluded_by_history(evaluation.offer):
        return NOT_YOURS_ALONE if evaluation.is_quiet else PUT_ASIDE
    rules = {rule.id: rule for rule in compiled.rules}
    withholding = [rules[reason.id] for reason in because if reason.id in rules]
    if any(i in compiled.reading.wishes for rule in withholding for i, _ in rule.reads):
        return NOT_YOURS_ALONE
    return GIVEN if withholding else NOT_CALLED_FOR


def _why_limits_stay(evaluation: Evaluation, target: Target, failing: Sequence[UnmetConstraint]) -> str:
    named = {constraint.constraint for constraint in failing if constraint.is_named}
    if "likes" in named:
        return VETO
    if named - _ACTIONABLE_LIMITS:
        return GIVEN
    if SHARED in failing:
        return NOT_YOURS_ALONE
    if not target.activities & evaluation.offer.pair.called:
        return NOT_CALLED_FOR
    position = target.position if target.kind == "activity" else nearest(evaluation, target)
    base = None if position is None else repairs(evaluation, position)
    return TOO_MUCH if base is not None and len(base) > MAX_CHANGES else NOT_YOURS_ALONE
