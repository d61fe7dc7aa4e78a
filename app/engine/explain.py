"""Why something is suggested to one partner or not, what stands in its way, and the least that would change it.

It is read from the same verdicts, limits and ranks as the view, and like the view it is a function of the viewer's own
report and of what the other pooled.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from app.engine.activity_index import EFFORT_BANDS, GRADES
from app.engine.bitset import Mask, positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import (
    MOST_CHANGES,
    Alternative,
    Evaluation,
    Target,
    TargetStatus,
    evaluate_for_explanation,
    held_by,
    is_suggested,
    offered,
    repairs,
    shown,
    would_change,
)
from app.engine.evaluate import is_left_alone, liked_by_each, put_aside
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
    stand_of_strategies,
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
"""Tiers come in pairs: counted as time together, and not."""


class Outranked(NamedTuple):
    """What came before: the first part of the rank that differs, and the activity that is shown instead."""

    component: str
    by: str | None


class Explanation(NamedTuple):
    """What may be said to the viewer about one target. `why_none` is a phrase."""

    status: TargetStatus
    because: tuple[Reason, ...] = ()
    blocked_by: tuple[UnmetConstraint, ...] = ()
    outranked_by: Outranked | None = None
    would_change: tuple[Alternative, ...] = ()
    why_none: str | None = None


SUPPORT_RESPONSE = Explanation("withheld")
"""To one who needs support now, about whatever is asked."""
NOT_NOW = Explanation("withheld", (PLAIN[NOT_WILLING],), (PRIVATE_LIMIT,), None, (), NOT_YOURS_ALONE)
"""To one who is not willing now, about whatever is asked."""
QUIET_RESPONSES = {
    kind: Explanation("withheld", (reason,), why_none=NOT_YOURS_ALONE)
    for kind, reason in (
        ("activity", DOES_NOT_FIT),
        ("practice", PLAIN[NOTHING_FITS]),
        ("strategy", PLAIN[NOTHING_FITS]),
    )
}
"""On a screen that another may see: about whatever something private keeps out, be it an answer or a choice."""


def targets_of(compiled: CompiledRuleset) -> dict[str, Target]:
    """Everything that can be asked about."""
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
    most: int = 5,
    past: History = NO_HISTORY,
    *,
    quiet: bool = False,
) -> Explanation:
    """One partner's explanation of one target, in a view of so many activities."""
    if is_left_alone(mine):
        return QUIET_RESPONSES[target.kind] if quiet else SUPPORT_RESPONSE if support_kinds(mine.safety) else NOT_NOW
    stand = evaluate_for_explanation(
        compiled, mine, None if theirs is None else read(compiled, theirs), most, past, quiet=quiet
    )
    if is_suggested(stand, target):
        return Explanation("suggested", _reasons_for(stand, target))
    aside = _put_aside(stand, target)
    if quiet and (aside or _is_taken_away(stand, target)):
        return QUIET_RESPONSES[target.kind]
    if aside:
        return aside
    said = _cut(stand, target) if offered(stand, target) else _kept_out(stand, target)
    changes = would_change(stand, target)
    return said._replace(would_change=changes, why_none=None if changes else said.why_none)


def _reasons_for(stand: Evaluation, target: Target) -> tuple[Reason, ...]:
    """As a view gives them."""
    situation, gated, offer = stand
    compiled, verdicts = situation.compiled, situation.verdicts
    reasons = reasons_for(compiled, verdicts, calling_for(target.practices, gated, offer))
    if target.kind != "activity":
        return reasons
    kinds = compiled.index.order[target.position].kinds
    return reasons[:MAX_REASONS_PER_ACTIVITY] + taste(kinds, likes_in(situation.own.report))


def _put_aside(stand: Evaluation, target: Target) -> Explanation | None:
    """What this partner's own past keeps out, whatever else does: their word first, then rest."""
    if target.kind != "activity":
        return None
    situation, past = stand.situation, stand.situation.past
    if target.id in past.unwanted:
        return Explanation("withheld", (NOT_FOR_US,), why_none=YOUR_CHOICE)
    if target.id in past.put_off:
        return Explanation("withheld", (PUT_OFF,), why_none=YOUR_CHOICE)
    if on_cooldown(situation.compiled.index, past, liked_by_each(situation)) >> target.position & 1:
        return Explanation("withheld", (DONE_LATELY,), why_none=RESTING)
    return None


def _is_taken_away(stand: Evaluation, target: Target) -> bool:
    """Whether it could be shown in a quiet view, were it not for something private."""
    before = 0
    for practice in target.practices:
        before |= stand.offer.before[practice]
    return bool(before & 1 << target.position if target.kind == "activity" else before) and not offered(stand, target)


def _cut(stand: Evaluation, target: Target) -> Explanation:
    """It fits, and others came first."""
    why_none = NOT_YOURS_ALONE if AFFECTION in target.practices else OTHERS_FIRST
    return Explanation(
        "outranked", _reasons_for(stand, target), outranked_by=_outranked(stand, target), why_none=why_none
    )


def _kept_out(stand: Evaluation, target: Target) -> Explanation:
    if target.kind == "activity":
        because, failing = _against_activity(stand, target), _failing(stand, target.position)
    else:
        because = _against_practices(stand, target)
        failing = _nearest(stand, target)[1] if PLAIN[NOTHING_FITS] in because else ()
        if WITHHELD_PRIVATELY in because and PRIVATE_LIMIT not in failing:
            failing = (*failing, PRIVATE_LIMIT)
    status: TargetStatus = "not_suggested" if because == (PLAIN[NO_SUPPORT],) else "withheld"
    return Explanation(status, because, failing, why_none=_why_none(stand, target, because, failing))


def _against_activity(stand: Evaluation, target: Target) -> tuple[Reason, ...]:
    """The rules that hold it back, then that it does not fit, then that nothing calls for it."""
    reasons = list(reasons_for(stand.situation.compiled, stand.situation.verdicts, held_by(stand, target)))
    failing = _failing(stand, target.position)
    if PRIVATE_LIMIT in failing:
        reasons.append(WITHHELD_PRIVATELY)
    if any(each is not PRIVATE_LIMIT for each in failing):
        reasons.append(DOES_NOT_FIT)
    if not stand.gated.needs[target.practices[0]]:
        reasons.append(PLAIN[NO_SUPPORT])
    return tuple(dict.fromkeys(reasons))


def _against_practices(stand: Evaluation, target: Target) -> tuple[Reason, ...]:
    if target.kind == "practice":
        return why_not(stand.situation.compiled, stand.situation.verdicts, stand.gated, target.practices)
    views = stand_of_strategies(stand.situation, stand.gated, stand.offer)
    return next(view.withheld_by for view in views if view.strategy == target.id)


def _failing(stand: Evaluation, position: int) -> tuple[UnmetConstraint, ...]:
    """Every limit that fails of one activity; a private rule that holds it back is one of them."""
    situation, gated, bit = stand.situation, stand.gated, 1 << position
    compiled = situation.compiled
    practice = PRACTICES.index(compiled.index.order[position].practice)
    failing = find_unmet_constraints(situation, position)
    here = compiled.practice_masks[practice] & stand.offer.fitting & ~gated.tones & ~gated.private_tones
    here &= ~put_aside(situation)
    if situation.takes_small_steps:
        here &= compiled.index.small_steps
    if gated.needs[practice] and not here & ~stand.offer.passive:
        failing = (*failing, *passive_hindrance(situation, stand.offer, position))
    if gated.withheld_privately >> practice & 1 or gated.private_tones & bit:
        failing = (*failing, PRIVATE_LIMIT)
    return (
        *(each for each in dict.fromkeys(failing) if each.is_named),
        *(each for each in (SHARED, PRIVATE_LIMIT) if each in failing),
    )


def _nearest(stand: Evaluation, target: Target) -> tuple[int, tuple[UnmetConstraint, ...]]:
    """Of what rules ask for, the activity that the fewest limits keep out, and these."""
    here = _asked_for(stand, target)
    near = [(position, _failing(stand, position)) for position in positions(here & ~put_aside(stand.situation) or here)]
    return min(near, key=lambda each: (len(each[1]), each[0]))


def _asked_for(stand: Evaluation, target: Target) -> Mask:
    """What rules ask for, without a tone that others hold back where there is anything else."""
    gated, compiled = stand.gated, stand.situation.compiled
    held = gated.withheld | gated.withheld_privately
    here = 0
    for practice in target.practices:
        if gated.needs[practice] and not held >> practice & 1:
            here |= compiled.practice_masks[practice]
    return here & ~(gated.tones | gated.private_tones) or here


def _why_none(stand: Evaluation, target: Target, because: Sequence[Reason], failing: Sequence[UnmetConstraint]) -> str:
    """What no small change gets past. One sentence serves for what is private and for what is the other's."""
    if AFFECTION in target.practices or any(reason.rule == PRIVATE for reason in because):
        return NOT_YOURS_ALONE
    if failing:
        return _why_limits_stay(stand, target, failing)
    if PLAIN[NOTHING_FITS] in because and _asked_for(stand, target) & put_aside(stand.situation):
        return PUT_ASIDE if stand.situation.full_report is None else NOT_YOURS_ALONE
    compiled = stand.situation.compiled
    held = [compiled.rules[i] for i in positions(held_by(stand, target))]
    if any(i in compiled.wishes for rule in held for i, _ in rule.reads):
        return NOT_YOURS_ALONE
    return GIVEN if held else NOT_CALLED_FOR


def _why_limits_stay(stand: Evaluation, target: Target, failing: Sequence[UnmetConstraint]) -> str:
    named = {each.constraint for each in failing if each.is_named}
    if "likes" in named:
        return VETO
    if named - _ACTIONABLE_LIMITS:
        return GIVEN
    if len(named) < len(failing):
        return NOT_YOURS_ALONE
    if target.kind == "activity" and not stand.gated.needs[target.practices[0]]:
        return NOT_CALLED_FOR
    position = target.position if target.kind == "activity" else _nearest(stand, target)[0]
    base = repairs(stand, position, find_unmet_constraints(stand.situation, position))
    return TOO_MUCH if base is not None and len(base) > MOST_CHANGES else NOT_YOURS_ALONE


def _outranked(stand: Evaluation, target: Target) -> Outranked:
    """By the last of those shown that come before it: of its own practice, else of any."""
    picks = [(bit.bit_length() - 1, practice) for bit, practice in shown(stand)]
    order = stand.situation.compiled.index.order
    if target.kind != "activity" or AFFECTION in target.practices:
        return Outranked("add_on", order[picks[-1][0]].id if picks else None)
    mine = (target.position, target.practices[0])
    rank = _Rank(stand)
    before = [each for each in picks if each[1] != AFFECTION and rank.of(each) < rank.of(mine)]
    after = [each for each in picks if each[1] != AFFECTION and each not in before]
    # Where there is one practice alone, it has every place.
    if after and (not before or sum(practice == mine[1] for _, practice in picks) < MAX_PER_PRACTICE):
        return Outranked("first_place" if after == picks[:1] else "variety", order[after[-1][0]].id)
    by = max([each for each in before if each[1] == mine[1]] or before, key=rank.of)
    component = rank.first_difference(by, mine)
    if stand.situation.other is not None:
        situation = stand.situation
        alone = _Rank(
            evaluate_for_explanation(situation.compiled, situation.mine, None, situation.limit, situation.past)
        )
        if alone.of(by) > alone.of(mine) or alone.first_difference(by, mine) != component:
            component = "both_of_you"
    return Outranked(component, order[by[0]].id)


class _Rank:
    """Where an activity stands among those that fit, part by part; the lower comes first."""

    PARTS = ("need", "strategy", "practice", "liking", "counts_as_quality_time", "turn", "effort", "evidence", "id")

    def __init__(self, stand: Evaluation) -> None:
        self._stand = stand
        self._tiers: Sequence[Mask] = tiers_of_liking(stand.situation)
        self._turn = whose_turn(stand.situation)

    def of(self, placed: tuple[int, int]) -> tuple[int | str, ...]:
        position, practice = placed
        activity = self._stand.situation.compiled.index.order[position]
        tier = next(i for i, mask in enumerate(self._tiers) if mask >> position & 1)
        strategy = self._stand.situation.compiled.strategy_of[practice]
        place = -1 if strategy is None else self._stand.offer.strategies.index(strategy)
        effort = bisect_right(EFFORT_BANDS, activity.minutes - 1)
        liking, counted = divmod(tier, _LIKINGS)
        need = -self._stand.gated.needs[practice]
        turn = not self._turn >> position & 1
        return need, place, practice, liking, counted, turn, effort, GRADES.index(activity.grade), position

    def first_difference(self, one: tuple[int, int], two: tuple[int, int]) -> str:
        pairs = zip(self.PARTS, self.of(one), self.of(two), strict=True)
        return next(part for part, left, right in pairs if left != right)
