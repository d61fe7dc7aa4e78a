"""The evaluation of one partner's answers into a view: offer, narrow, say.

An offer rests on what both pooled and agreed. Private answers of the reader narrow it; they never add to it or order
it. What then stands is put into words from the reader's own answers alone.
"""

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import NO_MOMENT, Moment
from app.engine.narrowing import (
    EVERYTHING,
    allowed_by_kept_answers,
    left_by_causes,
    narrow,
    width_of_quiet_view,
)
from app.engine.offer import Offer, make_offer
from app.engine.say import ALWAYS_STATED, WEEK, Reader, say, say_not_willing
from app.engine.self_report import NO_AGREEMENT, Agreed, PooledReport, SelfReport, agree, pool, poolable, support_kinds
from app.engine.verdicts import judge_own, judge_pair, read
from app.engine.view import View


def evaluate(
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    agreed: Agreed = NO_AGREEMENT,
    moment: Moment = NO_MOMENT,
    *,
    quiet: bool = False,
) -> View:
    """Return one partner's view.

    With `quiet`, what rests on a private answer is taken away without a word, and a need for support reads as nothing
    for now.
    """
    own, other = read(compiled, pool(mine)), None if theirs is None else read(compiled, theirs)
    offer = make_offer(compiled, own, other, judge_pair(compiled, own, other, agreed), moment)
    return view_quietly(offer, mine) if quiet else view_fully(offer, mine)


def evaluate_both(
    compiled: CompiledRuleset, a: SelfReport, b: SelfReport, moments: tuple[Moment, Moment] = (NO_MOMENT, NO_MOMENT)
) -> tuple[View, View]:
    """Return both partners' views, the same as two calls of `evaluate`; what is one for the pair is judged once."""
    of_a, of_b = read(compiled, pool(a)), read(compiled, pool(b))
    pair = judge_pair(compiled, of_a, of_b, agree(a.mutual, b.mutual))
    return (
        view_fully(make_offer(compiled, of_a, of_b, pair, moments[0]), a),
        view_fully(make_offer(compiled, of_b, of_a, pair, moments[1]), b),
    )


def view_fully(offer: Offer, mine: SelfReport) -> View:
    """Return the view for the one who has just answered, private answers included."""
    # Nobody who may be in danger is offered something to do together, so this comes before all else.
    support = support_kinds(mine.safety)
    if support:
        return View("support", (), (), (), (), (), support, ALWAYS_STATED, WEEK, offer.moment.turn, None)
    reader = full_reader(offer, mine)
    if mine.private is not None and mine.private.willingness == "no":
        return say_not_willing(reader)
    return say(reader, narrow(offer, reader.width, reader.allowed))


def view_quietly(offer: Offer, mine: SelfReport) -> View:
    """Return the view for a screen that another person may see."""
    reader = quiet_reader(offer, mine)
    return say(reader, narrow(offer, reader.width, reader.allowed))


def full_reader(offer: Offer, mine: SelfReport) -> Reader:
    """Return the reader of a full view."""
    compiled, is_gentle = offer.compiled, offer.moment.history.gentle
    # A report that keeps nothing from the pool was read for the offer already, but for the liking of touch.
    whole = poolable(mine)
    own = read(compiled, whole) if mine.keep_private else offer.own._replace(report=whole)
    verdict = judge_own(compiled, own, compiled.reading.private(mine), offer.pair.mutual)
    left = left_by_causes(compiled, mine, verdict, small=is_gentle)
    allowed = left & allowed_by_kept_answers(offer, mine)
    is_alone, turn, history = offer.other is None, offer.moment.turn, offer.moment.history
    reader = Reader(compiled, own, own.report, verdict, EVERYTHING, left, allowed, is_gentle, is_alone, turn, history)
    return reader.listening()


def quiet_reader(offer: Offer, mine: SelfReport) -> Reader:
    """Return the reader of a quiet view: private answers narrow it, and nothing is said of them."""
    compiled, answered = offer.compiled, poolable(mine)
    whole = judge_own(compiled, read(compiled, answered), compiled.reading.private(mine), compiled.reading.no_agreement)
    width = width_of_quiet_view(compiled, mine, whole, small=offer.moment.history.gentle)
    allowed = width & allowed_by_kept_answers(offer, mine)
    verdict = judge_own(compiled, offer.own, compiled.reading.nothing_private, offer.pair.mutual)
    is_kept_small, is_alone = False, offer.other is None
    turn, history = offer.moment.turn, offer.moment.history
    reader = Reader(
        compiled, offer.own, answered, verdict, width, width, allowed, is_kept_small, is_alone, turn, history
    )
    return reader.listening()
