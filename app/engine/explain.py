"""Explanations: why something is suggested to one partner or not, and the least that would change it.

They are read from the same verdicts, limits and ranks as the view, and like the view they are a function of the
viewer's own report and of what the other pooled.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from app.engine.activity_index import EFFORT_BANDS, GRADES
from app.engine.bitset import Mask, positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import (
    MAX_CHANGES,
    Alternative,
    Evaluation,
    Target,
    TargetStatus,
    evaluate_for_explanation,
    is_suggested,
    offered,
    repairs,
    shown,
    withholding_rules,
    would_change,
)
from app.engine.evaluate import excluded_by_history, is_left_alone, liked_by_all
from app.engine.history import NO_HISTORY, History, on_cooldown
from app.engine.reasons import (
    DOES_NOT_FIT,
    DONE_LATELY,
    MAX_REASONS_PER_ACTIVITY,
    NOT_FOR_US,
    PLAIN,
    PUT_OFF,
    WITHHELD_PRIVATELY,
    calling_for,
    likes_in,
    reasons_for,
    strategy_standings,
    taste,
    why_not,
)
from app.engine.ruleset import NO_SUPPORT, NOTHING_FITS
from app.engine.selection import AFFECTION, MAX_PER_PRACTICE, tiers_of_liking, whose_turn
from app.engine.self_report import PooledReport, SelfReport, support_kinds
from app.engine.unmet_constraints import (
    PRIVATE_LIMIT,
    SHARED,
    UnmetConstraint,
    find_unmet_constraints,
    passive_hindrance,
)
from app.engine.verdicts import read
from app.engine.view import NOT_WILLING, PRIVATE, Reason
from app.engine.vocabulary import PRACTICES

VETO, GIVEN, NOT_YOURS_ALONE = "why_none_veto", "why_none_given", "why_none_not_yours_alone"
TOO_MUCH, NOT_CALLED_FOR, OTHERS_FIRST = "why_none_too_much", "why_none_not_called_for", "why_none_others_first"
YOUR_CHOICE, RESTING, PUT_ASIDE = "why_none_your_choice", "why_none_resting", "why_none_put_aside"

_ACTIONABLE_LIMITS = frozenset(
    {"longest_slot_minutes", "minutes_per_week", "budget", "comfort_zone", "counts_as_quality_time"}
)
_LIKINGS = 2
"""The tiers of one liking: counted as time together, and not."""


class Outranked(NamedTuple):
    """The reason for an activity's lower rank: the first part that differs, and the activity that is shown instead."""

    component: str
    by: str | None


class Explanation(NamedTuple):
    """The answer to a viewer's question about one target.

    `why_none` is the id of a phrase that tells why no small change would help, or None.
    """

    status: TargetStatus
    because: tuple[Reason, ...] = ()
    blocked_by: tuple[UnmetConstraint, ...] = ()
    outranked_by: Outranked | None = None
    would_change: tuple[Alternative, ...] = ()
    why_none: str | None = None


SUPPORT_RESPONSE = Explanation("withheld")
"""The answer about any target to a partner who needs support now."""
NOT_NOW = Explanation("withheld", (PLAIN[NOT_WILLING],), (PRIVATE_LIMIT,), None, (), NOT_YOURS_ALONE)
"""The answer about any target to a partner who is not willing now."""
QUIET_RESPONSES = {
    kind: Explanation("withheld", (reason,), why_none=NOT_YOURS_ALONE)
    for kind, reason in (
        ("activity", DOES_NOT_FIT),
        ("practice", PLAIN[NOTHING_FITS]),
        ("strategy", PLAIN[NOTHING_FITS]),
    )
}
"""The answers in a quiet view about targets that a private answer or choice keeps out."""


def targets_of(compiled: CompiledRuleset) -> dict[str, Target]:
    """Return the possible targets by id."""
    order = compiled.index.order
    strategies = {name: Target(name, "strategy", -1, practices) for name, practices in compiled.practices_of}
    practices = {name: Target(name, "practice", -1, (i,)) for i, name in enumerate(PRACTICES)}
    activities = {a.id: Target(a.id, "activity", i, (PRACTICES.index(a.practice),)) for i, a in enumerate(order)}
    return activities | practices | strategies


def explain(  # noqa: PLR0913  (what a view is made from, and what is asked about)
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    target: Target,
    limit: int = 5,
    past: History = NO_HISTORY,
    *,
    quiet: bool = False,
) -> Explanation:
    """Return one partner's explanation of one target, in a view of at most `limit` activities."""
    if is_left_alone(mine):
        return QUIET_RESPONSES[target.kind] if quiet else SUPPORT_RESPONSE if support_kinds(mine.safety) else NOT_NOW
    evaluation = evaluate_for_explanation(
        compiled, mine, None if theirs is None else read(compiled, theirs), limit, past, quiet=quiet
    )
    if is_suggested(evaluation, target):
        return Explanation("suggested", _reasons_for(evaluation, target))
    aside = _excluded_by_history(evaluation, target)
    if quiet and (aside or _is_taken_away(evaluation, target)):
        return QUIET_RESPONSES[target.kind]
    if aside:
        return aside
    explanation = _cut(evaluation, target) if offered(evaluation, target) else _kept_out(evaluation, target)
    changes = would_change(evaluation, target)
    return explanation._replace(would_change=changes, why_none=None if changes else explanation.why_none)


def _reasons_for(evaluation: Evaluation, target: Target) -> tuple[Reason, ...]:
    situation, gated, offer = evaluation
    compiled, verdicts = situation.compiled, situation.verdicts
    reasons = reasons_for(compiled, verdicts, calling_for(target.practices, gated, offer))
    if target.kind != "activity":
        return reasons
    kinds = compiled.index.order[target.position].kinds
    return reasons[:MAX_REASONS_PER_ACTIVITY] + taste(kinds, likes_in(situation.own.report))


def _excluded_by_history(evaluation: Evaluation, target: Target) -> Explanation | None:
    """Return the explanation of an activity that this partner's history keeps out; None for any other."""
    if target.kind != "activity":
        return None
    # The partner's own word counts before the days since it was done.
    situation, past = evaluation.situation, evaluation.situation.past
    if target.id in past.unwanted:
        return Explanation("withheld", (NOT_FOR_US,), why_none=YOUR_CHOICE)
    if target.id in past.put_off:
        return Explanation("withheld", (PUT_OFF,), why_none=YOUR_CHOICE)
    if on_cooldown(situation.compiled.index, past, liked_by_all(situation)) >> target.position & 1:
        return Explanation("withheld", (DONE_LATELY,), why_none=RESTING)
    return None


def _is_taken_away(evaluation: Evaluation, target: Target) -> bool:
    """Tell whether only something private keeps the target out of a quiet view."""
    before = 0
    for practice in target.practices:
        before |= evaluation.offer.before[practice]
    if target.kind == "activity":
        before &= 1 << target.position
    return bool(before) and not offered(evaluation, target)


def _cut(evaluation: Evaluation, target: Target) -> Explanation:
    """Explain a target that fits but is not shown, because others came first."""
    why_none = NOT_YOURS_ALONE if AFFECTION in target.practices else OTHERS_FIRST
    return Explanation(
        "outranked", _reasons_for(evaluation, target), outranked_by=_outranked(evaluation, target), why_none=why_none
    )


def _kept_out(evaluation: Evaluation, target: Target) -> Explanation:
    if target.kind == "activity":
        because, failing = _against_activity(evaluation, target), _failing(evaluation, target.position)
    else:
        because = _against_practices(evaluation, target)
        failing = _nearest(evaluation, target)[1] if PLAIN[NOTHING_FITS] in because else ()
        if WITHHELD_PRIVATELY in because and PRIVATE_LIMIT not in failing:
            failing = (*failing, PRIVATE_LIMIT)
    status: TargetStatus = "not_suggested" if because == (PLAIN[NO_SUPPORT],) else "withheld"
    return Explanation(status, because, failing, why_none=_why_none(evaluation, target, because, failing))


def _against_activity(evaluation: Evaluation, target: Target) -> tuple[Reason, ...]:
    """Return the rules that withhold the activity, then that it does not fit, then that nothing calls for it."""
    situation, rules = evaluation.situation, withholding_rules(evaluation, target)
    reasons = list(reasons_for(situation.compiled, situation.verdicts, rules))
    failing = _failing(evaluation, target.position)
    if PRIVATE_LIMIT in failing:
        reasons.append(WITHHELD_PRIVATELY)
    if any(constraint is not PRIVATE_LIMIT for constraint in failing):
        reasons.append(DOES_NOT_FIT)
    if not evaluation.gated.needs[target.practices[0]]:
        reasons.append(PLAIN[NO_SUPPORT])
    return tuple(dict.fromkeys(reasons))


def _against_practices(evaluation: Evaluation, target: Target) -> tuple[Reason, ...]:
    if target.kind == "practice":
        return why_not(evaluation.situation.compiled, evaluation.situation.verdicts, evaluation.gated, target.practices)
    views = strategy_standings(evaluation.situation, evaluation.gated, evaluation.offer)
    return next(view.withheld_by for view in views if view.strategy == target.id)


def _failing(evaluation: Evaluation, position: int) -> tuple[UnmetConstraint, ...]:
    """Return all constraints that an activity does not meet; a private rule that withholds it is one of them."""
    situation, gated, bit = evaluation.situation, evaluation.gated, 1 << position
    compiled = situation.compiled
    practice = PRACTICES.index(compiled.index.order[position].practice)
    failing = find_unmet_constraints(situation, position)
    here = compiled.practice_masks[practice] & evaluation.offer.fitting & ~gated.tones & ~gated.private_tones
    here &= ~excluded_by_history(situation)
    if situation.takes_small_steps:
        here &= compiled.index.small_steps
    # Only where nothing of its practice may come first does being passive keep an activity out.
    if gated.needs[practice] and not here & ~evaluation.offer.passive:
        failing = (*failing, *passive_hindrance(situation, evaluation.offer, position))
    if gated.withheld_privately >> practice & 1 or gated.private_tones & bit:
        failing = (*failing, PRIVATE_LIMIT)
    return (
        # A limit of the other partner and a private one are told once, without their number.
        *(constraint for constraint in dict.fromkeys(failing) if constraint.is_named),
        *(constraint for constraint in (SHARED, PRIVATE_LIMIT) if constraint in failing),
    )


def _nearest(evaluation: Evaluation, target: Target) -> tuple[int, tuple[UnmetConstraint, ...]]:
    """Return the called-for activity with the fewest unmet constraints, and these."""
    here = _called_for(evaluation, target)
    here = here & ~excluded_by_history(evaluation.situation) or here
    near = [(position, _failing(evaluation, position)) for position in positions(here)]
    return min(near, key=lambda candidate: (len(candidate[1]), candidate[0]))


def _called_for(evaluation: Evaluation, target: Target) -> Mask:
    """Return the target's called-for activities, without withheld tones where there is anything else."""
    gated, compiled = evaluation.gated, evaluation.situation.compiled
    withheld = gated.withheld | gated.withheld_privately
    here = 0
    for practice in target.practices:
        if gated.needs[practice] and not withheld >> practice & 1:
            here |= compiled.practice_masks[practice]
    return here & ~(gated.tones | gated.private_tones) or here


def _why_none(
    evaluation: Evaluation, target: Target, because: Sequence[Reason], failing: Sequence[UnmetConstraint]
) -> str:
    """Return the phrase that tells why no small change would help."""
    # One phrase serves for what is private and for what is the other partner's, so that it tells neither.
    if AFFECTION in target.practices or any(reason.rule == PRIVATE for reason in because):
        return NOT_YOURS_ALONE
    if failing:
        return _why_limits_stay(evaluation, target, failing)
    if PLAIN[NOTHING_FITS] in because and _called_for(evaluation, target) & excluded_by_history(evaluation.situation):
        return PUT_ASIDE if evaluation.situation.full_report is None else NOT_YOURS_ALONE
    compiled = evaluation.situation.compiled
    withholding = [compiled.rules[i] for i in positions(withholding_rules(evaluation, target))]
    if any(i in compiled.wishes for rule in withholding for i, _ in rule.reads):
        return NOT_YOURS_ALONE
    return GIVEN if withholding else NOT_CALLED_FOR


def _why_limits_stay(evaluation: Evaluation, target: Target, failing: Sequence[UnmetConstraint]) -> str:
    named = {unmet.constraint for unmet in failing if unmet.is_named}
    if "likes" in named:
        return VETO
    if named - _ACTIONABLE_LIMITS:
        return GIVEN
    if len(named) < len(failing):
        return NOT_YOURS_ALONE
    if target.kind == "activity" and not evaluation.gated.needs[target.practices[0]]:
        return NOT_CALLED_FOR
    position = target.position if target.kind == "activity" else _nearest(evaluation, target)[0]
    base = repairs(evaluation, position, find_unmet_constraints(evaluation.situation, position))
    return TOO_MUCH if base is not None and len(base) > MAX_CHANGES else NOT_YOURS_ALONE


def _outranked(evaluation: Evaluation, target: Target) -> Outranked:
    """Name the last activity shown that comes before the target: of its own practice, or else of any."""
    picks = [(bit.bit_length() - 1, practice) for bit, practice in shown(evaluation)]
    order = evaluation.situation.compiled.index.order
    if target.kind != "activity" or AFFECTION in target.practices:
        return Outranked("add_on", order[picks[-1][0]].id if picks else None)
    mine = (target.position, target.practices[0])
    rank = _Rank(evaluation)
    before = [pick for pick in picks if pick[1] != AFFECTION and rank.of(pick) < rank.of(mine)]
    after = [pick for pick in picks if pick[1] != AFFECTION and pick not in before]
    # The limit per practice does not hold where there is one practice alone.
    if after and (not before or sum(practice == mine[1] for _, practice in picks) < MAX_PER_PRACTICE):
        return Outranked("first_place" if after == picks[:1] else "variety", order[after[-1][0]].id)
    by = max([pick for pick in before if pick[1] == mine[1]] or before, key=rank.of)
    component = rank.first_difference(by, mine)
    if evaluation.situation.other is not None:
        # A part that comes out otherwise without the other's answers may not be named: it would tell what they are.
        situation = evaluation.situation
        alone = _Rank(
            evaluate_for_explanation(situation.compiled, situation.mine, None, situation.limit, situation.past)
        )
        if alone.of(by) > alone.of(mine) or alone.first_difference(by, mine) != component:
            component = "both_of_you"
    return Outranked(component, order[by[0]].id)


class _Rank:
    """The rank of an activity among those that fit, part by part; the lower comes first."""

    PARTS = ("need", "strategy", "practice", "liking", "counts_as_quality_time", "turn", "effort", "evidence", "id")

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._tiers: Sequence[Mask] = tiers_of_liking(evaluation.situation)
        self._turn = whose_turn(evaluation.situation)

    def of(self, placed: tuple[int, int]) -> tuple[int | str, ...]:
        position, practice = placed
        activity = self._evaluation.situation.compiled.index.order[position]
        tier = next(i for i, mask in enumerate(self._tiers) if mask >> position & 1)
        strategy = self._evaluation.situation.compiled.strategy_of[practice]
        place = -1 if strategy is None else self._evaluation.offer.strategies.index(strategy)
        effort = bisect_right(EFFORT_BANDS, activity.minutes - 1)
        liking, counted = divmod(tier, _LIKINGS)
        need = -self._evaluation.gated.needs[practice]
        turn = not self._turn >> position & 1
        return need, place, practice, liking, counted, turn, effort, GRADES.index(activity.grade), position

    def first_difference(self, one: tuple[int, int], two: tuple[int, int]) -> str:
        pairs = zip(self.PARTS, self.of(one), self.of(two), strict=True)
        return next(part for part, left, right in pairs if left != right)
