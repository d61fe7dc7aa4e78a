"""The evaluation of one partner's answers into a view: offer, narrow, say.

An offer rests on what both pooled and agreed. Private answers of the reader narrow it; they never add to it or order
it: they set a width and take away, and the list is chosen within what they leave, so that a little menu is a whole one.
The full view takes away what each cause asks. The quiet view, which another person may see, knows three widths whatever
the cause: everything, little, nothing. What then stands is put into words from the reader's own answers alone.
"""

from app.engine.bitset import Mask
from app.engine.choosing import Stands, choose
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask
from app.engine.history import NO_MOMENT, Moment
from app.engine.offer import Offer, Reading, fitting_both, heard, judge_own, judge_pair, make_offer, read, rested
from app.engine.say import ALWAYS_STATED, WEEK, Reader, say, say_not_willing
from app.engine.self_report import (
    NO_AGREEMENT,
    Agreed,
    PooledReport,
    SelfReport,
    agree,
    avoids_touch,
    marked_dangers,
    pool,
    poolable,
    support_kinds,
)
from app.engine.view import OwnVerdict, View

EVERYTHING: Mask = ~0
NOTHING: Mask = 0


def evaluate(  # noqa: PLR0913  (what a view is made from, and who reads it)
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | Reading | None,
    agreed: Agreed = NO_AGREEMENT,
    moment: Moment = NO_MOMENT,
    *,
    quiet: bool = False,
    disclosed: SelfReport | None = None,
) -> View:
    """Return one partner's view.

    With `quiet`, what rests on a private answer is taken away without a word, and a need for support reads as nothing
    for now. With `disclosed`, a part of `mine`, that holds for the private answers which this part leaves out.
    """
    own, other = read(compiled, pool(mine)), heard(compiled, theirs)
    offer = make_offer(compiled, own, other, judge_pair(compiled, own, other, agreed), moment)
    return view_quietly(offer, mine) if quiet else view_fully(offer, mine, disclosed or mine)


def evaluate_both(
    compiled: CompiledRuleset, a: SelfReport, b: SelfReport, moments: tuple[Moment, Moment] = (NO_MOMENT, NO_MOMENT)
) -> tuple[View, View]:
    """Return both partners' views, the same as two calls of `evaluate`; what is one for the pair is judged once."""
    of_a, of_b = read(compiled, pool(a)), read(compiled, pool(b))
    pair = judge_pair(compiled, of_a, of_b, agree(a.mutual, b.mutual))
    return (
        view_fully(make_offer(compiled, of_a, of_b, pair, moments[0]), a, a),
        view_fully(make_offer(compiled, of_b, of_a, pair, moments[1]), b, b),
    )


def view_fully(offer: Offer, mine: SelfReport, disclosed: SelfReport) -> View:
    """Return the view for the one who has just answered; of their private answers only `disclosed` are told."""
    # Nobody who may be in danger is offered something to do together, so this comes before all else.
    support = support_kinds(disclosed.safety)
    if support:
        marked = marked_dangers(disclosed.safety)
        return View("support", (), (), (), (), (), support, ALWAYS_STATED, WEEK, offer.moment.turn, None, marked)
    reader = full_reader(offer, mine, disclosed)
    if disclosed.private is not None and disclosed.private.willingness == "no":
        return say_not_willing(reader)
    return say(reader, narrow(offer, reader.width, reader.allowed, reader.leading))


def view_quietly(offer: Offer, mine: SelfReport) -> View:
    """Return the view for a screen that another person may see."""
    reader = quiet_reader(offer, mine)
    return say(reader, narrow(offer, reader.width, reader.allowed))


def full_reader(offer: Offer, mine: SelfReport, disclosed: SelfReport) -> Reader:
    """Return the reader of a full view. Private answers that are not `disclosed` narrow it without a word."""
    reader, history = told_reader(offer, disclosed), offer.moment.history
    is_whole = (mine is disclosed or mine == disclosed) and history.is_gentle_told
    return (reader if is_whole else _narrowed_by_untold(offer, mine, disclosed, reader)).listening()


def told_reader(offer: Offer, disclosed: SelfReport) -> Reader:
    """Return the reader of a full view as if there were nothing that they may not be told of."""
    compiled, history = offer.compiled, offer.moment.history
    is_gentle = history.gentle and history.is_gentle_told
    # A report that keeps nothing from the pool was read for the offer already, but for the liking of touch.
    whole = poolable(disclosed)
    own = read(compiled, whole) if disclosed.keep_private else offer.own._replace(report=whole)
    verdict = judge_own(compiled, own, compiled.reading.private(disclosed), offer.pair.mutual)
    left = left_by_causes(compiled, disclosed, verdict, small=is_gentle)
    pooled = verdict if not disclosed.keep_private else _verdict_on_pooled(offer)
    allowed = left & allowed_by_kept_answers(offer, disclosed) & left_by_own_answers(offer, pooled.true)
    return Reader(
        compiled,
        own,
        whole,
        verdict,
        EVERYTHING,
        left,
        allowed,
        is_kept_small=is_gentle,
        was_heard_alone=offer.other is None,
        turn=offer.moment.turn,
        history=history,
        steps=offer.steps,
        most_rules=offer.moment.most_rules,
        leading=leading_by_causes(compiled, verdict),
        is_calm=bool(verdict.true & compiled.causes.needs_calm),
    )


def _narrowed_by_untold(offer: Offer, mine: SelfReport, disclosed: SelfReport, reader: Reader) -> Reader:
    compiled, answered, small = offer.compiled, poolable(mine), offer.moment.history.gentle and not reader.is_kept_small
    nothing_agreed = compiled.reading.no_agreement
    verdict = judge_own(compiled, read(compiled, answered), compiled.reading.private(mine), nothing_agreed)
    width = width_left_by_untold(compiled, mine, disclosed, verdict.true & ~reader.verdict.true, small=small)
    allowed = reader.allowed & width & allowed_by_kept_answers(offer, mine)
    return reader._replace(answered=answered, width=width, left=reader.left & width, allowed=allowed)


def _verdict_on_pooled(offer: Offer) -> OwnVerdict:
    """Judge the rules on what the reader pooled alone."""
    return judge_own(offer.compiled, offer.own, offer.compiled.reading.nothing_private, offer.pair.mutual)


def quiet_reader(offer: Offer, mine: SelfReport) -> Reader:
    """Return the reader of a quiet view: private answers narrow it, and nothing is said of them."""
    compiled, answered = offer.compiled, poolable(mine)
    whole = judge_own(compiled, read(compiled, answered), compiled.reading.private(mine), compiled.reading.no_agreement)
    width = width_of_quiet_view(compiled, mine, whole, small=offer.moment.history.gentle)
    verdict = _verdict_on_pooled(offer)
    allowed = width & allowed_by_kept_answers(offer, mine) & left_by_own_answers(offer, verdict.true)
    is_kept_small, is_alone = False, offer.other is None
    turn, history = offer.moment.turn, offer.moment.history
    reader = Reader(
        compiled,
        offer.own,
        answered,
        verdict,
        width,
        width,
        allowed,
        is_kept_small,
        is_alone,
        turn,
        history,
        offer.steps,
    )
    return reader.listening()


def narrow(offer: Offer, width: Mask, allowed: Mask, leading: Mask = EVERYTHING) -> Stands:
    """Rank within a width, and choose within what is allowed of it; `leading` is what may come first where it fits.

    What private answers take away beyond the width does not change the order of the strategies, but that what comes
    first belongs to the one that leads.
    """
    eligible, strategies = offer.eligible & width & allowed, offer.compiled.strategies
    active = eligible & ~offer.passive
    suggested = frozenset(i for i, strategy in enumerate(strategies) if strategy.activities & active)
    if not suggested:
        return Stands("nothing_now", tuple(range(len(strategies))), suggested, (), NOTHING)
    left = rested(offer)
    ways = (eligible & leading & left, eligible & leading, eligible & left, eligible)
    first = next(first for here in ways if (first := _first(offer, here)))
    order = _rank_strategies(offer, _first(offer, offer.eligible & width))
    order.sort(key=lambda i: 0 if strategies[i].activities & first else 1 if i in suggested else 2)
    for i in order:
        if i not in suggested:
            eligible &= ~strategies[i].activities
    picks = choose(offer, eligible & (left | first), first, order)
    return Stands("suggestions", tuple(order), suggested, tuple(picks), eligible)


def _first(offer: Offer, eligible: Mask) -> Mask:
    """Return what may come first: nothing side by side unless it counts, nothing for one alone if two were heard."""
    index = offer.compiled.index
    active = eligible & ~offer.passive & ~index.by_practice["affection"]
    return active if offer.other is None else active & index.joint or active


def _rank_strategies(offer: Offer, first: Mask) -> list[int]:
    """Return the strategies by the strongest need of what could come first, then by precedence, then as declared."""
    pair, strategies = offer.pair, offer.compiled.strategies
    precedence: dict[int, int] = {}
    for place, (bit, strategy) in enumerate(offer.compiled.signs.precedences):
        if pair.signs & bit:
            precedence.setdefault(strategy, place)

    def key(i: int) -> tuple[int, int]:
        here = first & strategies[i].activities
        need = 0 if not here else 3 if here & pair.strong else 2 if here & pair.firm else 1
        return -need, precedence.get(i, len(offer.compiled.signs.precedences))

    return sorted(range(len(strategies)), key=key)


def left_by_causes(compiled: CompiledRuleset, mine: SelfReport, verdict: OwnVerdict, *, small: bool) -> Mask:
    """Return what a partner's private answers leave of a full view, each cause taking away what it asks.

    `verdict` is that of the whole report; `small` keeps the view to small steps.
    """
    index, causes, true = compiled.index, compiled.causes, verdict.true
    withholding = compiled.rules_that.private & compiled.rules_that.withholding
    allowed = ~compiled.reach.union(true & withholding)
    if true & causes.needs_care:
        allowed &= index.for_oneself
    if true & causes.may_be_hurt:
        allowed &= ~index.joint_for_oneself
    if true & causes.presses:
        allowed &= ~index.joint
    if true & causes.keeps_apart:
        allowed &= ~index.in_one_room
    return allowed & index.small_steps if small or takes_small_steps(mine) else allowed


def leading_by_causes(compiled: CompiledRuleset, verdict: OwnVerdict) -> Mask:
    """Return what may come first in a full view.

    For one who is hurt or unsure of staying it is something for themselves, for one whose trust was broken what lasts.
    """
    if verdict.true & compiled.causes.turns_inward:
        return compiled.index.for_oneself
    return compiled.signs.lasting if verdict.true & compiled.causes.breach else EVERYTHING


def width_of_quiet_view(compiled: CompiledRuleset, mine: SelfReport, verdict: OwnVerdict, *, small: bool) -> Mask:
    """Return what a quiet view may hold: everything, little or nothing.

    `verdict` is that of the partner's whole report; `small` makes it little, whatever the report says.
    """
    if is_left_alone(mine):
        return NOTHING
    is_little = small or verdict.true & compiled.rules_that.private or takes_small_steps(mine)
    return compiled.little if is_little else EVERYTHING


def width_left_by_untold(
    compiled: CompiledRuleset, mine: SelfReport, disclosed: SelfReport, untold: int, *, small: bool
) -> Mask:
    """Return what a full view may hold by the private answers that are not `disclosed`: a width of the quiet view.

    `untold` are the conditions that hold for `mine` and not for `disclosed`.
    """
    if is_left_alone(mine) and not is_left_alone(disclosed):
        return NOTHING
    takes = takes_small_steps(mine) and not takes_small_steps(disclosed)
    return compiled.little if small or takes or untold & compiled.rules_that.private else EVERYTHING


def takes_small_steps(report: SelfReport) -> bool:
    """Tell whether the report asks for small steps."""
    return report.private is not None and report.private.willingness == "small_steps"


def is_left_alone(report: SelfReport) -> bool:
    """Tell whether the report asks for support, or says that nothing is wanted now."""
    return bool(support_kinds(report.safety)) or (report.private is not None and report.private.willingness == "no")


def left_by_own_answers(offer: Offer, true: RuleMask) -> Mask:
    """Return all but what is on quarrels that the reader does not tell of, unless it is due on a path of theirs.

    `true` are the rules that the reader's pooled answers fire.
    """
    compiled = offer.compiled
    called = compiled.reach.union(true & compiled.rules_that.suggesting & compiled.rules_that.on_quarrels)
    return ~compiled.index.on_quarrels | called | offer.due


def allowed_by_kept_answers(offer: Offer, mine: SelfReport) -> Mask:
    """Return what would be left if nothing were kept from the pool: kept limits and withholding rules hold."""
    compiled = offer.compiled
    if not mine.keep_private:
        return ~compiled.index.by_kind["touch"] if avoids_touch(mine) else EVERYTHING
    whole = read(compiled, poolable(mine))
    pair = judge_pair(compiled, whole, offer.other, offer.pair.agreed)
    return fitting_both(compiled, whole, offer.other, pair) & ~pair.withheld
