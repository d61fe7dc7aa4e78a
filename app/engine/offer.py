"""The offer to a pair: what fits both and is called for, before one partner's private answers take away.

Answers are read, the rules are judged once for the pair, which decides, and once for the reader alone, whose verdict is
never given the other's answers and is put into words. What is called for is the stronger of what the rules give from
either side. Every limit is hard, and where two differ the stricter holds, because sets only shrink when intersected.
Of the moment it is made for, an offer also knows what was shown lately, what rests, and the draw that settles what is
equal.
"""

from collections import Counter
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import NamedTuple

from app.engine.activity_index import DIGEST_BYTES, ActivityIndex
from app.engine.bitset import Mask, named, positions
from app.engine.code_generation import Codes
from app.engine.compiled_ruleset import CompiledRuleset, Made, RuleMask
from app.engine.conditions import UNKNOWN
from app.engine.history import NO_HISTORY, Moment, on_cooldown, rejected
from app.engine.paths import DueStep, due_steps
from app.engine.reactions import resting
from app.engine.ruleset import Gap
from app.engine.self_report import (
    NO_AGREEMENT,
    ActivityPreferences,
    Agreed,
    Mutual,
    PooledReport,
    SelfReport,
    answer_at,
)
from app.engine.view import OwnVerdict

COUNTS_FROM = 4
"""The rating, of 1 to 5, from which a kind of activity counts as time together."""
_NO_PREFERENCES = ActivityPreferences()
RECENT_LISTS = 4
"""How many earlier lists make an activity less fresh, the last one most."""
SHOWN_IN_VAIN, RESTING_LISTS = 3, 6
"""How often an activity is shown without being taken up before it rests, and for how many lists."""


class Taste(NamedTuple):
    """A partner's likings as sets of activities.

    An activity is liked as its main kind is, and vetoed or counted as time together by any of its kinds. `liked` holds
    the loved ones too.
    """

    vetoed: Mask
    liked: Mask
    loved: Mask
    counted: Mask


class Limits(NamedTuple):
    """A partner's hard limits: the activities that they leave, and the facts of the couple that they state."""

    allowed: Mask
    facts: Mask


class Reading(NamedTuple):
    """A partner's pooled answers as findings, limits, tastes, and the activities of practices that they keep up."""

    report: PooledReport
    codes: Codes
    limits: Limits
    taste: Taste
    kept_up: Mask


class PairVerdict(NamedTuple):
    """What the rules make of what two pooled: the same whoever of them reads it.

    `strong`, `firm` and `called` are the activities called for with a strong need, at least a moderate one, and any;
    `answering` those that rules call for which read an answer, `withheld` those that a rule withholds. `true` are the
    rules that fire, `capped` those that call for a moderate need at most, `signs` the conditions of choosing that are
    true, `leads` what the leads among them are made for. `codes` are the pooled findings as they meet on the first
    one's side, `mutual` those that read what was agreed.
    """

    strong: Mask
    firm: Mask
    called: Mask
    withheld: Mask
    true: RuleMask
    capped: RuleMask
    signs: int
    leads: tuple[Made, ...]
    answering: Mask
    codes: Codes
    agreed: Agreed
    mutual: Codes


def read(compiled: CompiledRuleset, report: PooledReport) -> Reading:
    """Return the findings, limits and tastes of a report, and the practices that the two already keep up."""
    kept_up = report.time_together and report.time_together.we_already
    taste = taste_of(compiled.index, report)
    return Reading(
        report,
        compiled.reading.pooled(report),
        limits_of(compiled.index, report, taste),
        taste,
        sum(compiled.index.by_practice[practice] for practice in kept_up) if kept_up else 0,
    )


def heard(compiled: CompiledRuleset, theirs: PooledReport | Reading | None) -> Reading | None:
    """Return the reading of what the other partner pooled; None where they were not heard."""
    return read(compiled, theirs) if isinstance(theirs, PooledReport) else theirs


def limits_of(index: ActivityIndex, report: PooledReport, taste: Taste) -> Limits:
    """Return what one partner's answers leave. An unknown limit is not *no limit*."""
    allowed, facts = index.constraints.read(report)
    # Whoever is drained rests, unless it is something that they love to do.
    if report.busyness is not None and report.busyness.energy == "drained":
        allowed &= index.restful | taste.loved
    return Limits(allowed, facts)


def taste_of(index: ActivityIndex, report: PooledReport) -> Taste:
    """Return one partner's likings, and what counts as time together for them."""
    preferences = report.activity_preferences or _NO_PREFERENCES
    vetoes = index.constraints.vetoes
    vetoed = liked = loved = counted = 0
    for kind, liking in (preferences.likes or {}).items():
        if liking in vetoes:
            vetoed |= vetoes[liking][kind]
        elif liking != "ok":
            liked |= index.by_main_kind[kind]
            if liking == "love":
                loved |= index.by_main_kind[kind]
    for kind, rating in (preferences.counts_as_quality_time or {}).items():
        if rating >= COUNTS_FROM:
            counted |= index.by_kind[kind]
    if preferences.quiet_is_welcome:
        counted |= index.by_kind["quiet"]
    return Taste(vetoed, liked, loved, counted)


def place_fit(index: ActivityIndex, mine: Limits, theirs: Limits | None) -> Mask:
    """Return what distance, children and a tender season leave: facts of both, so either one's answer states them."""
    return index.constraints.by_facts[mine.facts if theirs is None else mine.facts | theirs.facts]


def conflict_fit(index: ActivityIndex, conflict: int) -> Mask:
    """Return what may be offered at this level of conflict; `conflict` is the code of the finding, -1 when unknown."""
    return index.constraints.by_conflict[conflict]


def judge_pair(compiled: CompiledRuleset, one: Reading, two: Reading | None, agreed: Agreed) -> PairVerdict:
    """Judge the rules from both sides, or from one where one was heard."""
    judge = _Judge(compiled, read_agreed(compiled, agreed))
    if two is None:
        codes = heard_alone(compiled, one.codes)
        return judge.verdict(compiled.judge(judge.whole(codes)), 0, codes, agreed)
    gaps = _gaps(compiled, one, two)
    forth, back = compiled.reading.meet(one.codes, two.codes, gaps), compiled.reading.meet(two.codes, one.codes, gaps)
    sides = [judge.whole(forth)] if forth == back else [judge.whole(forth), judge.whole(back)]
    true = reduce(or_, map(compiled.judge, sides))
    return judge.verdict(true, judge.capped(true, (one.codes, two.codes), sides), forth, agreed)


def heard_alone(compiled: CompiledRuleset, codes: Codes) -> Codes:
    """Return the findings of one whose partner was not heard: what takes the other's answers is unknown."""
    alone = list(codes)
    for i in compiled.reading.of_two:
        alone[i] = UNKNOWN
    return tuple(alone)


class _Judge(NamedTuple):
    """The judgement of pooled findings, together with what the two agreed."""

    compiled: CompiledRuleset
    mutual: Codes

    def whole(self, codes: Codes) -> Codes:
        """Return all findings, of which private ones are unknown."""
        return codes + self.compiled.reading.nothing_private + self.mutual

    def verdict(self, true: RuleMask, capped: RuleMask, codes: Codes, agreed: Agreed) -> PairVerdict:
        that, union = self.compiled.rules_that, self.compiled.reach.union
        fired, signs, sign_of = true & that.every, true >> self.compiled.first_sign, self.compiled.signs
        strong = union(fired & that.strong & ~capped)
        firm = strong | union(fired & (that.moderate | capped))
        return PairVerdict(
            strong,
            firm,
            called=firm | union(fired & that.slight),
            withheld=union(fired & that.withholding),
            true=fired,
            capped=capped,
            signs=signs,
            leads=tuple([sign_of.leads[i].made for i in positions(signs >> sign_of.first_lead)]),
            answering=union(fired & that.suggesting),
            codes=codes,
            agreed=agreed,
            mutual=self.mutual,
        )

    def capped(self, true: RuleMask, own: tuple[Codes, Codes], sides: list[Codes]) -> RuleMask:
        """Return the strong rules that rest on a wish of only one of the two: they make a need moderate at most."""
        resting = true & self.compiled.rules_that.wishing
        if not resting or all(own[0][i] == own[1][i] for i in self.compiled.reading.wishes):
            return 0
        wished = [[self._with_wishes(side, wishes) for side in sides] for wishes in own]
        shared = 0
        for i in positions(resting):
            # These few rules are looked at by themselves: judging all of them again would cost four passes.
            rule = self.compiled.rules[i]
            if all(any(rule.holds(codes) for codes in of_one) for of_one in wished):
                shared |= 1 << i
        return resting & ~shared

    def _with_wishes(self, codes: Codes, wishes: Codes) -> list[int]:
        wished = [*codes]
        for i in self.compiled.reading.wishes:
            wished[i] = wishes[i]
        return wished


def _gaps(compiled: CompiledRuleset, one: Reading, two: Reading) -> Codes:
    """Return the codes of the findings that need both reports: the largest difference between two ratings."""
    codes = list(compiled.reading.nobody)
    for i, gap in compiled.reading.gaps:
        mine, theirs = answer_at(one.report, gap.of) or {}, answer_at(two.report, gap.of) or {}
        widest = max([abs(rating - theirs[kind]) for kind, rating in mine.items() if kind in theirs], default=None)
        codes[i] = gap_code(gap, widest)
    return tuple(codes)


def gap_code(gap: Gap, widest: int | None) -> int:
    """Return the code of the largest difference between two ratings of one kind; None: no kind was rated by both."""
    if widest is None:
        return UNKNOWN
    return 2 if widest >= gap.mismatched else int(widest >= gap.partial)


def judge_own(compiled: CompiledRuleset, own: Reading, private: Codes, agreed: Codes) -> OwnVerdict:
    """Judge the rules on one partner's answers alone and what both agreed. `private` are the private findings."""
    codes = heard_alone(compiled, own.codes) + private + agreed
    return OwnVerdict(codes, compiled.judge(codes))


def read_agreed(compiled: CompiledRuleset, agreed: Agreed) -> Codes:
    """Return the codes of the mutual findings: unknown where the two do not agree."""
    if agreed == NO_AGREEMENT:
        return compiled.reading.no_agreement
    return compiled.reading.mutual(SelfReport(mutual=Mutual(affection=agreed.affection, about=agreed.about or None)))


class Offer(NamedTuple):
    """What two people could do, seen by one of them.

    `fitting` are the activities within all hard limits, `eligible` those of them that are called for and not withheld.
    `passive` are the ones side by side that not all who were heard count as time together. `steps` are due on paths
    that the reader began: they need no rule that calls for them, unless their path rests on something private.
    """

    compiled: CompiledRuleset
    own: Reading
    other: Reading | None
    pair: PairVerdict
    moment: Moment
    fitting: Mask
    eligible: Mask
    passive: Mask
    steps: tuple[DueStep, ...]

    @property
    def due(self) -> Mask:
        """The activities that are due on a path."""
        return sum({step.bit for step in self.steps})


def make_offer(
    compiled: CompiledRuleset, own: Reading, other: Reading | None, pair: PairVerdict, moment: Moment
) -> Offer:
    """Return what two people could do, from what they pooled and agreed and from the reader's own history."""
    index, counted = compiled.index, own.taste.counted
    fitting = fitting_both(compiled, own, other, pair)
    if pair.agreed.affection is None:
        fitting &= ~index.by_practice["affection"]
    if other is not None:
        counted &= other.taste.counted
    steps = due_steps(compiled, moment.history, pair.agreed) if moment.history.paths else ()
    called = pair.called | sum({step.bit for step in steps if step.path.rests_on is None})
    if moment.history.has_left:
        called |= index.for_oneself
    offer = Offer(
        compiled,
        own,
        other,
        pair,
        moment,
        fitting,
        eligible=fitting & called & ~pair.withheld,
        passive=index.parallel & ~counted,
        steps=steps,
    )
    return (
        offer._replace(eligible=offer.eligible & ~excluded_by_history(offer)) if moment.history != NO_HISTORY else offer
    )


def excluded_by_history(offer: Offer) -> Mask:
    """Return the activities that this partner's history keeps out for now."""
    index, history = offer.compiled.index, offer.moment.history
    aside = rejected(index, history) | resting(index, history)
    if history.has_left:
        aside |= ~index.for_oneself
    return aside | on_cooldown(index, history, loved_by_all(offer)) & ~offer.due


def loved_by_all(offer: Offer) -> Mask:
    """Return the activities that all who answered love; what is done alone as its doer loves it."""
    loved = offer.own.taste.loved
    return loved if offer.other is None else loved & (offer.other.taste.loved | ~offer.compiled.index.joint)


def fitting_both(compiled: CompiledRuleset, own: Reading, other: Reading | None, pair: PairVerdict) -> Mask:
    """Return the joint activities within both partners' limits, and the solo ones within their doer's.

    A veto of either partner holds for both.
    """
    index, conflict = compiled.index, pair.codes[compiled.conflict]
    if other is None:
        return fitting_one(compiled, own, conflict)
    mine = own.limits.allowed & ~own.taste.vetoed & conflict_fit(index, conflict)
    theirs = (other.limits.allowed | ~index.joint) & ~other.taste.vetoed
    return mine & theirs & place_fit(index, own.limits, other.limits)


def fitting_one(compiled: CompiledRuleset, own: Reading, conflict: int) -> Mask:
    """Return the activities within the limits of one partner, as if the other had none."""
    index = compiled.index
    allowed = own.limits.allowed & ~own.taste.vetoed & conflict_fit(index, conflict)
    return allowed & place_fit(index, own.limits, None)


def that_tires(offer: Offer) -> Mask:
    """Return what may tire: a ritual for two that both love never does."""
    index = offer.compiled.index
    return ~(index.by_repeat["ritual"] & index.joint & loved_by_all(offer))


def shown_lately(index: ActivityIndex, moment: Moment) -> tuple[Mask, ...]:
    """Return what stood in the last lists, each taken to be as long as this one may be, and in ever fewer of them."""
    seen, places = moment.seen, moment.limit
    if not seen:
        return ()
    return tuple([named(index.bit_of, seen[-lists * places :]) for lists in range(RECENT_LISTS, 0, -1)])


def rested(offer: Offer) -> Mask:
    """Return all but what was shown so often without being taken up that it rests."""
    index, moment = offer.compiled.index, offer.moment
    if not moment.seen:
        return ~0
    counted = Counter(moment.seen)
    taken_up = {activity for activity, _ in moment.history.done}
    lately = {*moment.seen[-RESTING_LISTS * moment.limit :]} - taken_up
    resting = named(index.bit_of, [id_ for id_ in lately if counted[id_] >= SHOWN_IN_VAIN])
    return ~(resting & that_tires(offer)) if resting else ~0


def times_seen(index: ActivityIndex, seen: tuple[str, ...], among: Mask) -> int:
    """Return how often these activities were shown."""
    return sum(bool(index.bit_of.get(id_, 0) & among) for id_ in seen)


def draw_of(moment: Moment) -> int:
    """Return the number that settles what is equal; 0 without a seed."""
    if not moment.seed:
        return 0
    return int.from_bytes(sha256(f"{moment.turn}:{moment.seed}".encode()).digest()[:DIGEST_BYTES])
