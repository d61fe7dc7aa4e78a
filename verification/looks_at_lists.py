"""Looks at lists and the order of strategies: what stands where, and what may not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.engine.bitset import positions
from app.engine.constraints import CONFLICTS
from app.engine.evaluate import evaluate_both
from app.engine.offer import rested
from app.engine.ruleset import Activity
from app.engine.self_report import answer_at, pool
from app.engine.view import View
from verification.judged import judge, need_of
from verification.trials import Trial, TrialCheck, all_of

_MOST_OF_ONE = 2
_COUNTS_FROM = 4
_CHRONIC = len(CONFLICTS) - 1
_OTHER_SEED = "another"
_FIRST = "where_to_begin"


def _trades_places(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Both views at once and each alone, from either side."""
    if seen.theirs is None:
        return
    details["pairs traded"] += 1
    moments = (seen.moment, seen.moment._replace(limit=5))
    here = [_told(view) for view in evaluate_both(seen.compiled, seen.mine, seen.theirs, moments)]
    there = [_told(view) for view in evaluate_both(seen.compiled, seen.theirs, seen.mine, moments[::-1])]
    if here != there[::-1] or here[0] != _told(seen.view):
        yield "the views do not trade places with the reports"


def _told(view: View) -> View:
    """Return a view without the trace of how it was judged."""
    return view._replace(verdict=None)


def _nothing_now_says_why(seen: Trial) -> bool:
    view = seen.view
    standings = [strategy.standing for strategy in view.strategies]
    if view.outcome == "suggestions":
        return bool(view.activities) and "leading" in standings
    return not view.activities and all(s.withheld_by and s.standing == "not_now" for s in view.strategies)


def _the_first_belongs_to_the_leading_way(seen: Trial) -> bool:
    """Pass over one idea for one who is heard alone: it may be one to do alone, from another strategy."""
    first = seen.view.activities[:1]
    if not first or first[0].place != _FIRST:
        return not first or (seen.theirs is None and seen.moment.limit == 1)
    leading = next(s.strategy for s in seen.view.strategies if s.standing == "leading")
    of = next(s.activities for s in seen.compiled.strategies if s.id == leading)
    return bool(of >> first[0].position & 1)


def _nothing_is_offered_twice_or_padded(seen: Trial) -> bool:
    shown = [suggestion.position for suggestion in seen.view.activities]
    families = [activity.family for activity in seen.activities if activity.family]
    only_prepare = sum(activity.prepares for activity in seen.activities)
    is_padded = len(shown) > seen.moment.limit or any(not seen.stands.eligible >> at & 1 for at in shown)
    return len(shown) == len({*shown}) and len(families) == len({*families}) and only_prepare <= 1 and not is_padded


def _no_purpose_crowds_out_the_rest(seen: Trial) -> bool:
    """Of one purpose there is one, of one practice there are two, unless nothing else was left that does not rest.

    What one who was heard alone is to do alone is chosen next to the first idea, wherever it stands.
    """
    index, is_alone = seen.compiled.index, seen.theirs is None
    left = [index.order[at] for at in positions(seen.stands.eligible & index.joint & rested(seen.judged.offer))]
    chosen: list[Activity] = []
    shown = enumerate(zip(seen.view.activities, seen.activities, strict=True))
    in_order_of_choice = sorted(shown, key=lambda one: (one[0] > 0, is_alone and one[1][0].place != "on_your_own"))
    for _, (suggestion, activity) in in_order_of_choice:
        if chosen and activity.together and suggestion.place != "on_your_own" and _crowds(activity, chosen):
            others = [one for one in left if not _is_gone(one, chosen)]
            if not all(_crowds(one, chosen) for one in others):
                return False
        chosen.append(activity)
    return True


def _crowds(activity: Activity, chosen: list[Activity]) -> bool:
    practices = [one.practice for one in chosen]
    return activity.purpose in {one.purpose for one in chosen} or practices.count(activity.practice) >= _MOST_OF_ONE


def _is_gone(activity: Activity, chosen: list[Activity]) -> bool:
    families, prepares = {one.family for one in chosen if one.family}, any(one.prepares for one in chosen)
    return activity in chosen or activity.family in families or (activity.prepares and prepares)


def _what_is_shown_belongs_to_a_suggested_way(seen: Trial) -> bool:
    suggested = {s.strategy for s in seen.view.strategies if s.standing != "not_now"}
    add_on = seen.compiled.index.by_practice["affection"]
    allowed = add_on
    for strategy in seen.compiled.strategies:
        allowed |= strategy.activities if strategy.id in suggested else 0
    return all(allowed >> suggestion.position & 1 for suggestion in seen.view.activities)


def _what_is_passive_is_not_first_unless_it_counts(seen: Trial) -> bool:
    first = next(iter(seen.activities), None)
    if first is None or not first.together or first.interaction != "parallel":
        return True
    heard = [pool(seen.theirs)] if seen.theirs else []
    reports: list[Any] = [seen.mine, *heard]
    return all(_counts(first, report) for report in reports)


def _counts(activity: Activity, report: Any) -> bool:
    """Tell whether an activity is time together for whoever answered so."""
    rated = answer_at(report, "activity_preferences.counts_as_quality_time") or {}
    is_welcome = "quiet" in activity.kinds and answer_at(report, "activity_preferences.quiet_is_welcome")
    return bool(is_welcome) or any(rated.get(kind, 0) >= _COUNTS_FROM for kind in activity.kinds)


def _affection_is_never_first_and_only_where_welcome(seen: Trial) -> bool:
    practices = [activity.practice for activity in seen.activities]
    return "affection" not in practices or (practices[0] != "affection" and seen.agreed.affection is not None)


def _all_that_is_offered_fits(seen: Trial) -> bool:
    fitting, conflict = seen.judged.offer.fitting, seen.judged.offer.pair.codes[seen.compiled.conflict]
    ceilings = [CONFLICTS.index(activity.conflict_ceiling) for activity in seen.activities]
    fits = all(fitting >> suggestion.position & 1 for suggestion in seen.view.activities)
    return fits and all(ceiling >= conflict for ceiling in ceilings)


def _the_draw_decides_little(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Try another seed, turn and list of what was seen, with the same history and the same last list."""
    lists, last = seen.moment.seen[: -seen.moment.limit], seen.moment.seen[-seen.moment.limit :]
    moment = seen.moment._replace(seed=_OTHER_SEED, turn=seen.moment.turn + 7, seen=lists[::2] + last)
    judged = judge(seen.compiled, seen.mine, seen.theirs, moment)
    if any(here.offer.eligible & ~rested(here.offer) for here in (seen.judged, judged)):
        return
    details["other draws"] += 1
    stands, here = judged.narrow(), seen.stands
    if stands._replace(picks=()) != here._replace(picks=()):
        yield "another draw changes what is allowed, or the order of strategies"
    first = [pick for picks in (here.picks[:1], stands.picks[:1]) for pick in picks]
    is_lasting = all(pick.bit & seen.compiled.signs.lasting for pick in first)
    if len({pick.place for pick in first}) > 1 or (
        not is_lasting
        and [pick.place for pick in first] == [_FIRST] * 2
        and len({need_of(judged.offer.pair, pick.bit) for pick in first}) > 1
    ):
        yield "another draw changes the need of the first place"


def _hard_times_keep_both_ways(seen: Trial, details: Counter[str]) -> Iterator[str]:
    """Both are suggested, unless a hard limit or a rule leaves nothing of what is called for."""
    offer, view = seen.judged.offer, seen.view
    care = seen.judged.reader.verdict.codes[seen.compiled.position["care"]]
    if offer.pair.codes[seen.compiled.conflict] != _CHRONIC or care > 0 or not view.strategies:
        return
    if seen.mine.private is not None and seen.mine.private.willingness == "no":
        return
    details["pairs in chronic conflict"] += 1
    standing = {strategy.strategy: strategy.standing for strategy in view.strategies}
    for strategy in seen.compiled.strategies[:2]:
        left = offer.eligible & seen.judged.reader.allowed & strategy.activities & ~offer.passive
        if bool(left) is (standing[strategy.id] == "not_now"):
            yield f"{strategy.id} stands otherwise than what fits of it"


LOOKS: Mapping[str, TrialCheck] = {
    "an-empty-list-says-why": all_of(_nothing_now_says_why),
    "both-see-the-same-shared-facts": _trades_places,
    "the-list-is-fair": all_of(
        _the_first_belongs_to_the_leading_way,
        _nothing_is_offered_twice_or_padded,
        _no_purpose_crowds_out_the_rest,
        _what_is_shown_belongs_to_a_suggested_way,
        _what_is_passive_is_not_first_unless_it_counts,
        _affection_is_never_first_and_only_where_welcome,
        _all_that_is_offered_fits,
    ),
    "the-draw-decides-little": _the_draw_decides_little,
    "hard-times-show-both-ways": _hard_times_keep_both_ways,
}
