"""Answers in, one partner's view out: findings, verdicts of rules, gate, fit, rank, select.

A view reads its owner's whole report and of the other one a `PooledReport`, which has no private field: so it cannot
depend on what the other keeps private. Order rests on pooled answers alone; private ones only take away, the affection
add-on excepted.

A quiet view is for a screen that another may see: it is made as if no private answer had been given, and what the
private ones would have kept out is then taken away without a word.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.engine.ask import ask_next
from app.engine.bitset import Mask, positions
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask, answer_at
from app.engine.fit import conflict_fit, place_fit
from app.engine.history import NO_HISTORY, History, on_cooldown, rejected, under_served
from app.engine.rank import order_practices, order_strategies
from app.engine.reading import Reading, read
from app.engine.reasons import PLAIN, likes_in, reasons_for, taste, why_not
from app.engine.ruleset import NOTHING_FITS
from app.engine.safety import support_kinds
from app.engine.select import Choice, Pick, best_first, select
from app.engine.self_report import PooledReport, SelfReport, pool, poolable, without_private
from app.engine.verdicts import Gate, gate, judge
from app.engine.view import NOT_WILLING, AskNext, StrategyView, Suggestion, Verdicts, View, ViewOutcome
from app.engine.vocabulary import PRACTICES

AFFECTION = PRACTICES.index("affection")
MOST_REASONS_OF_AN_ACTIVITY = 3
_UNSURE = 1
_ROOM_FOR_AFFECTION = 3
"""Two places belong to two strategies."""
_WEEK, _FORTNIGHT = 7, 14
_ALWAYS_SAID = ("not_therapy", "not_a_safety_test")


class Situation(NamedTuple):
    """What one view is made from. `most` is how many activities at most.

    In a quiet view `mine` is without its private answers, and `whole` the report that they are in; else that is None.
    """

    compiled: CompiledRuleset
    mine: SelfReport
    own: Reading
    other: Reading | None
    most: int
    verdicts: Verdicts
    past: History = NO_HISTORY
    whole: SelfReport | None = None

    @property
    def willingness(self) -> str | None:
        return None if self.mine.private is None else self.mine.private.willingness

    @property
    def is_gentle(self) -> bool:
        """Whether it is kept small, and may say so, because this partner's own last answers have been heavier."""
        return self.past.gentle and self.whole is None

    @property
    def takes_small_steps(self) -> bool:
        return self.willingness == "small_steps" or self.is_gentle


class Offer(NamedTuple):
    """What is left to offer: strategies and eligible practices in order, and each practice's fitting activities.

    In a quiet view `before` is what was eligible before private answers took away, and `shown` what would be shown.
    """

    strategies: list[int]
    practices: list[int]
    eligible: list[Mask]
    passive: Mask
    fitting: Mask
    before: Sequence[Mask] = ()
    shown: Mask = 0


def evaluate(
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    most: int = 5,
    past: History = NO_HISTORY,
    *,
    quiet: bool = False,
) -> View:
    """One partner's view. `most` is how many activities at most, 1 to 20. `past` is this partner's own.

    `quiet`: what rests on a private answer takes away without a word, and support reads as nothing for now.
    """
    other = None if theirs is None else read(compiled, theirs)
    if quiet:
        return _decide(situation_of(compiled, mine, other, most, past, quiet=True))
    return _view(compiled, mine, read(compiled, poolable(mine)), other, most, past)


def evaluate_both(compiled: CompiledRuleset, a: SelfReport, b: SelfReport, most: int = 5) -> tuple[View, View]:
    """Both views; the same as two calls of `evaluate`, with each report read once where nothing of it is held back."""
    pooled_a, pooled_b = read(compiled, pool(a)), read(compiled, pool(b))
    own_a = read(compiled, poolable(a)) if a.keep_private else pooled_a
    own_b = read(compiled, poolable(b)) if b.keep_private else pooled_b
    return _view(compiled, a, own_a, pooled_b, most), _view(compiled, b, own_b, pooled_a, most)


def situation_of(
    compiled: CompiledRuleset, mine: SelfReport, other: Reading | None, most: int, past: History, *, quiet: bool
) -> Situation:
    """What is judged; in a quiet view, without what is private."""
    judged = without_private(mine) if quiet else mine
    own = read(compiled, poolable(judged))
    verdicts = judge(compiled, judged, own, other)
    return Situation(compiled, judged, own, other, most, verdicts, past, mine if quiet else None)


def _view(
    compiled: CompiledRuleset,
    mine: SelfReport,
    own: Reading,
    other: Reading | None,
    most: int,
    past: History = NO_HISTORY,
) -> View:
    support = support_kinds(mine.safety)
    if support:
        return View("support", (), (), (), (), support, _ALWAYS_SAID, _WEEK, None, 0)
    situation = Situation(compiled, mine, own, other, most, judge(compiled, mine, own, other), past)
    if situation.willingness == "no":
        return _finish(situation, "nothing_now", _all_not_now(compiled), (), 0)
    return _decide(situation)


def _decide(situation: Situation) -> View:
    gated = gate(situation.compiled, situation.verdicts)
    offer = make_offer(situation, gated)
    strategies = stand_of_strategies(situation, gated, offer)
    if not offer.practices:
        return _finish(situation, "nothing_now", strategies, (), offer.fitting)
    activities = _suggestions(situation, gated, pick_activities(situation, offer))
    return _finish(situation, "suggestions", strategies, activities, offer.fitting, offer.shown)


def make_offer(situation: Situation, gated: Gate) -> Offer:
    """Rank by pooled answers alone, then let private ones take away."""
    compiled = situation.compiled
    fitting = _fitting(situation)
    offered = fitting & ~gated.tones
    passive = compiled.index.parallel & ~_counted_by_each(situation)
    eligible = _eligible(compiled, offered & ~passive, gated, gated.withheld)
    order = order_strategies(compiled, gated.needs, eligible)
    left = offered & ~gated.private_tones
    if situation.takes_small_steps:
        left &= compiled.index.small_steps
    if situation.past is not NO_HISTORY:
        left &= ~put_aside(situation)
    is_narrower = left != offered or bool(gated.withheld_privately)
    if is_narrower:
        eligible = _eligible(compiled, left & ~passive, gated, gated.withheld | gated.withheld_privately)
    practices = order_practices(compiled, gated.needs, eligible, order)
    if is_narrower:
        suggested = {compiled.strategy_of[practice] for practice in practices}
        order.sort(key=lambda strategy: strategy not in suggested)
    company = [left & mask if eligible[i] else 0 for i, mask in enumerate(compiled.practice_masks)]
    offer = Offer(order, practices, company, passive, fitting)
    return offer if situation.whole is None else _less_what_is_private(situation, situation.whole, offer)


def _less_what_is_private(situation: Situation, whole: SelfReport, offer: Offer) -> Offer:
    """What the private answers leave. Where they take away from what is shown, nothing moves up in its place."""
    if not offer.practices:
        return offer._replace(before=offer.eligible)
    spared = _spared(situation, whole)
    left, shown = _narrowed(situation, offer, spared), _mask_of(pick_activities(situation, offer))
    if not left.practices or _mask_of(pick_activities(situation, left)) != shown:
        left = _narrowed(situation, offer, spared & shown)
    return left._replace(shown=shown)


def _mask_of(picks: list[Pick]) -> Mask:
    return sum(pick.bit for pick in picks)


def _narrowed(situation: Situation, offer: Offer, to: Mask) -> Offer:
    """Within these activities. Where nothing is left, it reads as if nothing had fitted at all."""
    eligible = [mask & to if mask & to & ~offer.passive else 0 for mask in offer.eligible]
    practices = [practice for practice in offer.practices if eligible[practice]]
    suggested = {situation.compiled.strategy_of[practice] for practice in practices}
    order = sorted(
        offer.strategies if suggested else range(len(offer.strategies)), key=lambda each: each not in suggested
    )
    return offer._replace(strategies=order, practices=practices, eligible=eligible, before=offer.eligible)


def _spared(situation: Situation, whole: SelfReport) -> Mask:
    """What the full view of the same answers could offer."""
    if is_left_alone(whole):
        return 0
    compiled, other, past = situation.compiled, situation.other, situation.past
    told = situation_of(compiled, whole, other, situation.most, past, quiet=False)
    return sum(make_offer(told, gate(compiled, told.verdicts)).eligible)


def is_left_alone(report: SelfReport) -> bool:
    """Whether its owner needs support, or does not want anything now."""
    return bool(support_kinds(report.safety)) or (report.private is not None and report.private.willingness == "no")


def put_aside(situation: Situation) -> Mask:
    """What this partner's past keeps out for now."""
    index, past = situation.compiled.index, situation.past
    return rejected(index, past) | on_cooldown(index, past, liked_by_each(situation))


def liked_by_each(situation: Situation) -> Mask:
    """What those who were heard like or love; a solo activity is liked as its doer likes it."""
    below_like = situation.own.taste.below_like
    if situation.other is not None:
        below_like |= situation.other.taste.below_like & situation.compiled.index.joint
    return ~below_like


def whose_turn(situation: Situation) -> Mask:
    """Favourites of the one who had less than their share; none with one heard, or before anything was done."""
    own, other = situation.own.taste, situation.other
    if other is None or not situation.past.done:
        return 0
    return under_served(situation.compiled.index, situation.past, ~own.below_love, ~other.taste.below_love)


def _eligible(compiled: CompiledRuleset, fitting: Mask, gated: Gate, withheld: int) -> list[Mask]:
    """The fitting activities of each practice that is suggested and not withheld."""
    return [
        fitting & mask if need and not withheld >> practice & 1 else 0
        for practice, (mask, need) in enumerate(zip(compiled.practice_masks, gated.needs, strict=True))
    ]


def _fitting(situation: Situation) -> Mask:
    """Joint activities within both partners' limits, solo ones within their doer's; a veto of either holds for both."""
    index, own, other = situation.compiled.index, situation.own, situation.other
    mine = (
        own.limits.allowed
        & ~own.taste.vetoed
        & conflict_fit(index, situation.verdicts.codes[situation.compiled.conflict])
    )
    if other is None:
        return mine & place_fit(index, own.limits, None)
    mine &= ~other.taste.vetoed & place_fit(index, own.limits, other.limits)
    return mine & (other.limits.allowed | ~index.joint)


def _counted_by_each(situation: Situation) -> Mask:
    """Activities that each who was heard counts as time together.

    For quiet ones, quiet being welcome to each counts.
    """
    own, other = situation.own.taste, situation.other
    quiet = situation.compiled.index.by_kind["quiet"]
    if other is None:
        return own.counted | (quiet if own.welcomes_quiet else 0)
    both_welcome = own.welcomes_quiet and other.taste.welcomes_quiet
    return own.counted & other.taste.counted | (quiet if both_welcome else 0)


def pick_activities(situation: Situation, offer: Offer) -> list[Pick]:
    compiled, own, other = situation.compiled, situation.own, situation.other
    index = compiled.index
    unsure = situation.verdicts.codes[compiled.start] == _UNSURE
    choice = Choice(
        practices=offer.practices,
        eligible=offer.eligible,
        strategy_of=compiled.strategy_of,
        leading=offer.strategies[0],
        tiers=in_turn(tiers_of_liking(situation), whose_turn(situation)),
        may_be_first=~offer.passive,
        easy_first=index.first_steps if unsure else index.everything,
        kept_up=own.kept_up | other.kept_up if other else own.kept_up,
        solo=~index.joint,
        needs_solo=other is None,
        most=room_beside_affection(situation, offer),
    )
    picks = select(choice)
    if choice.most < situation.most:
        picks.append(next(best_first(offer.eligible[AFFECTION], choice.tiers, AFFECTION)))
    return picks


def room_beside_affection(situation: Situation, offer: Offer) -> int:
    """How many activities there may be without affection, which comes last and only among others."""
    return situation.most - (bool(offer.eligible[AFFECTION]) and situation.most >= _ROOM_FOR_AFFECTION)


def tiers_of_liking(situation: Situation) -> Sequence[Mask]:
    """Sets of activities from most to least liked: by the lower of both likings, then by what counts as time together.

    A solo activity is liked as its doer likes it.
    """
    joint, own, other = situation.compiled.index.joint, situation.own.taste, situation.other
    below_like, below_love, counted = own.below_like, own.below_love, own.counted
    if other is not None:
        below_like |= other.taste.below_like & joint
        below_love |= other.taste.below_love & joint
        counted &= other.taste.counted
    love, like = ~below_love, below_love & ~below_like
    return love & counted, love & ~counted, like & counted, like & ~counted, below_like & counted, below_like & ~counted


def in_turn(tiers: Sequence[Mask], turn: Mask) -> Sequence[Mask]:
    """Each tier in two, so that among equals those come first whose turn it is."""
    return [part for tier in tiers for part in (tier & turn, tier & ~turn)] if turn else tiers


def stand_of_strategies(situation: Situation, gated: Gate, offer: Offer) -> tuple[StrategyView, ...]:
    compiled, verdicts = situation.compiled, situation.verdicts
    views = []
    for rank, strategy in enumerate(offer.strategies, 1):
        name, practices = compiled.practices_of[strategy]
        speaking = calling_for(practices, gated, offer)
        if speaking:
            reasons = reasons_for(compiled, verdicts, speaking)
            views.append(StrategyView(name, rank, "leading" if rank == 1 else "also", reasons, ()))
        elif offer.before and any(offer.before[practice] for practice in practices):
            views.append(StrategyView(name, rank, "not_now", (), (PLAIN[NOTHING_FITS],)))
        else:
            views.append(StrategyView(name, rank, "not_now", (), why_not(compiled, verdicts, gated, practices)))
    return tuple(views)


def calling_for(practices: Iterable[int], gated: Gate, offer: Offer) -> RuleMask:
    """The fired rules that call for those of these practices that are offered."""
    # Each rule calls for one practice, so a sum is a union.
    return sum(gated.suggesting[practice] for practice in practices if offer.eligible[practice])


def _all_not_now(compiled: CompiledRuleset) -> tuple[StrategyView, ...]:
    """For one who does not want to now: in the article's order, with one kind reason."""
    why = (PLAIN[NOT_WILLING],)
    return tuple(
        StrategyView(name, rank, "not_now", (), why) for rank, (name, _) in enumerate(compiled.practices_of, 1)
    )


def _suggestions(situation: Situation, gated: Gate, picks: list[Pick]) -> tuple[Suggestion, ...]:
    compiled, likes = situation.compiled, likes_in(situation.own.report)
    reasons = {
        practice: reasons_for(compiled, situation.verdicts, gated.suggesting[practice], MOST_REASONS_OF_AN_ACTIVITY)
        for practice in {pick.practice for pick in picks}
    }
    suggestions = []
    for bit, practice in picks:
        position = bit.bit_length() - 1
        why = reasons[practice] + taste(compiled.index.order[position].kinds, likes)
        suggestions.append(Suggestion(position, compiled.strategy_names[practice], why))
    return tuple(suggestions)


def _finish(
    situation: Situation,
    outcome: ViewOutcome,
    strategies: tuple[StrategyView, ...],
    activities: tuple[Suggestion, ...],
    fitting: Mask,
    shown: Mask = 0,
) -> View:
    suggests = outcome == "suggestions"
    offered = max(len(activities), shown.bit_count())
    return View(
        outcome=outcome,
        strategies=strategies,
        activities=activities,
        insights=_insights(situation, with_suggestions=suggests),
        ask_next=() if situation.willingness == "no" else _asked(situation),
        support=(),
        limits=_limits(situation, offered, suggests=suggests),
        next_check_in_days=_WEEK if suggests else _FORTNIGHT,
        verdicts=situation.verdicts,
        fitting=fitting,
    )


def _asked(situation: Situation) -> tuple[AskNext, ...]:
    """In a quiet view, without what has an answer that is kept private: nobody is asked twice."""
    asked = ask_next(situation.compiled, situation.verdicts, situation.own)
    return (
        asked if situation.whole is None else tuple([each for each in asked if not _has_said(situation, each.question)])
    )


def _has_said(situation: Situation, path: str) -> bool:
    report = situation.own.report if situation.whole is None else poolable(situation.whole)
    return answer_at(report, path) is not None


def _insights(situation: Situation, *, with_suggestions: bool) -> tuple[str, ...]:
    """Raised by the viewer's own answers (meaning, which needs both, excepted).

    General ones only beside suggestions.
    """
    insights = situation.compiled.insights
    raised = positions(situation.verdicts.own_true >> len(situation.compiled.rules))
    return tuple([insights[i].id for i in raised if with_suggestions or not insights[i].is_general])


def _limits(situation: Situation, offered: int, *, suggests: bool) -> tuple[str, ...]:
    """What this view cannot do, in words that rest on the viewer's own answers alone."""
    said = list(_ALWAYS_SAID)
    if situation.other is None:
        said.append("one_heard")
    if situation.is_gentle:
        said.append("kept_small")
    if suggests:
        if situation.other is None:
            said.append("proposal")
        if not _has_said(situation, "busyness.longest_slot_minutes"):
            said.append("slot_unknown")
        if not _has_said(situation, "circumstances.budget"):
            said.append("budget_unknown")
        if offered < situation.most:
            said.append("fewer_than_asked")
    return tuple(said)
