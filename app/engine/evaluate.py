"""The evaluation of one partner's answers into a view: findings, verdicts of rules, gate, fit, order, selection.

A view reads its owner's whole report and, of the other partner, a `PooledReport`, which has no private field: so it
cannot depend on what the other keeps private. Order rests on pooled answers alone; private ones only take away, the
affection add-on excepted.

A quiet view is for a screen that another may see: it is made as if no private answer had been given, and what the
private ones would have kept out is then taken away without a word.
"""

from app.engine.bitset import Mask
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.fit import conflict_fit, place_fit
from app.engine.history import NO_HISTORY, History, on_cooldown, rejected
from app.engine.reasons import (
    ALWAYS_STATED,
    insights,
    limits_of_view,
    questions_to_ask,
    strategies_not_now,
    strategy_standings,
    suggestions,
)
from app.engine.selection import Offer, Pick, order_practices, order_strategies, pick_activities
from app.engine.self_report import PooledReport, SelfReport, pool, poolable, support_kinds
from app.engine.verdicts import Gate, Reading, Situation, gate, judge, read, situation_of
from app.engine.view import StrategyView, Suggestion, View, ViewOutcome

_WEEK, _FORTNIGHT = 7, 14


def evaluate(
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    limit: int = 5,
    past: History = NO_HISTORY,
    *,
    quiet: bool = False,
) -> View:
    """Return one partner's view.

    `limit` is the largest number of activities, 1 to 20. `past` is this partner's own history. With `quiet`, what rests
    on a private answer is taken away without a word, and a need for support reads as nothing for now.
    """
    other = None if theirs is None else read(compiled, theirs)
    if quiet:
        return _decide(situation_of(compiled, mine, other, limit, past, quiet=True))
    return _view(compiled, mine, read(compiled, poolable(mine)), other, limit, past)


def evaluate_both(compiled: CompiledRuleset, a: SelfReport, b: SelfReport, limit: int = 5) -> tuple[View, View]:
    """Return both partners' views, the same as two calls of `evaluate`."""
    # A report that keeps nothing from the pool reads alike for both views, so it is read once.
    pooled_a, pooled_b = read(compiled, pool(a)), read(compiled, pool(b))
    own_a = read(compiled, poolable(a)) if a.keep_private else pooled_a
    own_b = read(compiled, poolable(b)) if b.keep_private else pooled_b
    return _view(compiled, a, own_a, pooled_b, limit), _view(compiled, b, own_b, pooled_a, limit)


def _view(
    compiled: CompiledRuleset,
    mine: SelfReport,
    own: Reading,
    other: Reading | None,
    limit: int,
    past: History = NO_HISTORY,
) -> View:
    # Nobody who may be in danger is offered something to do together, so this comes before all else.
    support = support_kinds(mine.safety)
    if support:
        return View("support", (), (), (), (), support, ALWAYS_STATED, _WEEK, None, 0)
    situation = Situation(compiled, mine, own, other, limit, judge(compiled, mine, own, other), past)
    if situation.willingness == "no":
        return _finish(situation, "nothing_now", strategies_not_now(compiled), (), 0)
    return _decide(situation)


def _decide(situation: Situation) -> View:
    gated = gate(situation.compiled, situation.verdicts)
    offer = make_offer(situation, gated)
    strategies = strategy_standings(situation, gated, offer)
    if not offer.practices:
        return _finish(situation, "nothing_now", strategies, (), offer.fitting)
    activities = suggestions(situation, gated, pick_activities(situation, offer))
    return _finish(situation, "suggestions", strategies, activities, offer.fitting, offer.shown)


def make_offer(situation: Situation, gated: Gate) -> Offer:
    """Order strategies and practices by pooled answers alone, then let private ones take away."""
    compiled = situation.compiled
    fitting = _fitting(situation)
    offered = fitting & ~gated.tones
    # An activity side by side may come first only where all who answered count it as time together.
    passive = compiled.index.parallel & ~_counted_by_all(situation)
    eligible = _eligible(compiled, offered & ~passive, gated, gated.withheld)
    order = order_strategies(compiled, gated.needs, eligible)
    left = offered & ~gated.private_tones
    if situation.takes_small_steps:
        left &= compiled.index.small_steps
    # A stateless request has no history, and then nothing is looked up.
    if situation.past is not NO_HISTORY:
        left &= ~excluded_by_history(situation)
    is_narrower = left != offered or bool(gated.withheld_privately)
    if is_narrower:
        eligible = _eligible(compiled, left & ~passive, gated, gated.withheld | gated.withheld_privately)
    practices = order_practices(compiled, gated.needs, eligible, order)
    if is_narrower:
        # A strategy that lost all its practices cannot lead; the sort keeps the order of the others.
        suggested = {compiled.strategy_of[practice] for practice in practices}
        order.sort(key=lambda strategy: strategy not in suggested)
    # A practice needs one activity that is not passive; then its passive ones may come too.
    eligible = [left & mask if eligible[i] else 0 for i, mask in enumerate(compiled.practice_masks)]
    offer = Offer(order, practices, eligible, passive, fitting)
    return offer if situation.full_report is None else _apply_quiet_view(situation, situation.full_report, offer)


def _apply_quiet_view(situation: Situation, full_report: SelfReport, offer: Offer) -> Offer:
    """Take away what the private answers keep out; the list of activities is not filled up again."""
    if not offer.practices:
        return offer._replace(before=offer.eligible)
    allowed = _allowed_by_full_view(situation, full_report)
    left, shown = _restrict(situation, offer, allowed), _mask_of(pick_activities(situation, offer))
    # An activity that moved up would show that something private had made room for it.
    if not left.practices or _mask_of(pick_activities(situation, left)) != shown:
        left = _restrict(situation, offer, allowed & shown)
    return left._replace(shown=shown)


def _mask_of(picks: list[Pick]) -> Mask:
    return sum(pick.bit for pick in picks)


def _restrict(situation: Situation, offer: Offer, to: Mask) -> Offer:
    """Return the offer within these activities; where none is left, as if nothing had fitted at all."""
    eligible = [mask & to if mask & to & ~offer.passive else 0 for mask in offer.eligible]
    practices = [practice for practice in offer.practices if eligible[practice]]
    suggested = {situation.compiled.strategy_of[practice] for practice in practices}
    # With nothing left, the article's order says nothing about the answers.
    order = sorted(
        offer.strategies if suggested else range(len(offer.strategies)), key=lambda strategy: strategy not in suggested
    )
    return offer._replace(strategies=order, practices=practices, eligible=eligible, before=offer.eligible)


def _allowed_by_full_view(situation: Situation, full_report: SelfReport) -> Mask:
    """Return the activities that the full view of the same answers could offer."""
    # A support or refusal screen would show the private answer, so the quiet view is empty instead.
    if is_left_alone(full_report):
        return 0
    compiled, other, past = situation.compiled, situation.other, situation.past
    full = situation_of(compiled, full_report, other, situation.limit, past, quiet=False)
    return sum(make_offer(full, gate(compiled, full.verdicts)).eligible)


def is_left_alone(report: SelfReport) -> bool:
    """Tell whether the report asks for support, or says that nothing is wanted now."""
    return bool(support_kinds(report.safety)) or (report.private is not None and report.private.willingness == "no")


def excluded_by_history(situation: Situation) -> Mask:
    """Return the activities that this partner's history keeps out for now."""
    index, past = situation.compiled.index, situation.past
    return rejected(index, past) | on_cooldown(index, past, liked_by_all(situation))


def liked_by_all(situation: Situation) -> Mask:
    """Return the activities that all who answered like or love; a solo activity is liked as its doer likes it."""
    below_like = situation.own.taste.below_like
    if situation.other is not None:
        below_like |= situation.other.taste.below_like & situation.compiled.index.joint
    return ~below_like


def _eligible(compiled: CompiledRuleset, fitting: Mask, gated: Gate, withheld: int) -> list[Mask]:
    """Return the fitting activities of every practice that is suggested and not withheld."""
    return [
        fitting & mask if need and not withheld >> practice & 1 else 0
        for practice, (mask, need) in enumerate(zip(compiled.practice_masks, gated.needs, strict=True))
    ]


def _fitting(situation: Situation) -> Mask:
    """Return the joint activities within both partners' limits, and the solo ones within their doer's.

    A veto of either partner holds for both.
    """
    index, own, other = situation.compiled.index, situation.own, situation.other
    # The stricter of two limits holds, because an intersection only removes.
    mine = (
        own.limits.allowed
        & ~own.taste.vetoed
        & conflict_fit(index, situation.verdicts.codes[situation.compiled.conflict])
    )
    if other is None:
        return mine & place_fit(index, own.limits, None)
    mine &= ~other.taste.vetoed & place_fit(index, own.limits, other.limits)
    return mine & (other.limits.allowed | ~index.joint)


def _counted_by_all(situation: Situation) -> Mask:
    """Return the activities that all who answered count as time together.

    Quiet ones count where quiet is welcome to all who answered.
    """
    own, other = situation.own.taste, situation.other
    quiet = situation.compiled.index.by_kind["quiet"]
    if other is None:
        return own.counted | (quiet if own.welcomes_quiet else 0)
    both_welcome = own.welcomes_quiet and other.taste.welcomes_quiet
    return own.counted & other.taste.counted | (quiet if both_welcome else 0)


def _finish(
    situation: Situation,
    outcome: ViewOutcome,
    strategies: tuple[StrategyView, ...],
    activities: tuple[Suggestion, ...],
    fitting: Mask,
    shown: Mask = 0,
) -> View:
    suggests = outcome == "suggestions"
    # A quiet view compares what it would have shown, or the number itself would tell that something was taken away.
    offered = max(len(activities), shown.bit_count())
    return View(
        outcome=outcome,
        strategies=strategies,
        activities=activities,
        insights=insights(situation, with_suggestions=suggests),
        ask_next=() if situation.willingness == "no" else questions_to_ask(situation),
        support=(),
        limits=limits_of_view(situation, offered, suggests=suggests),
        next_check_in_days=_WEEK if suggests else _FORTNIGHT,
        verdicts=situation.verdicts,
        fitting=fitting,
    )
