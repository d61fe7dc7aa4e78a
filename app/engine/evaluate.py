"""The evaluation of one partner's answers into a view: offer, narrow, say.

An offer rests on what both pooled and agreed. Private answers of the reader narrow it; they never add to it or order
it. What then stands is put into words from the reader's own answers alone.
"""

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import NO_MOMENT, Moment
from app.engine.narrowing import (
    EVERYTHING,
    allowed_by_kept_answers,
    leading_by_causes,
    left_by_causes,
    left_by_own_answers,
    narrow,
    needs_calm_words,
    width_left_by_untold,
    width_of_quiet_view,
)
from app.engine.offer import Offer, make_offer
from app.engine.say import ALWAYS_STATED, WEEK, Reader, say, say_not_willing
from app.engine.self_report import (
    NO_AGREEMENT,
    Agreed,
    PooledReport,
    SelfReport,
    agree,
    marked_dangers,
    pool,
    poolable,
    support_kinds,
)
from app.engine.verdicts import Reading, heard, judge_own, judge_pair, read
from app.engine.view import OwnVerdict, View


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
    is_alone, turn = offer.other is None, offer.moment.turn
    reader = Reader(
        compiled, own, whole, verdict, EVERYTHING, left, allowed, is_gentle, is_alone, turn, history, offer.steps
    )
    leading, is_calm = leading_by_causes(compiled, verdict), needs_calm_words(compiled, verdict)
    return reader._replace(leading=leading, is_calm=is_calm, most_rules=offer.moment.most_rules)


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
