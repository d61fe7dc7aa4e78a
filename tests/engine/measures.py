"""What the menus of many synthetic couples are like: variety, taste, size, and what two lists have in common."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median, quantiles
from typing import Any, NamedTuple

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate, evaluate_both, full_reader
from app.engine.history import Moment
from app.engine.offer import Offer
from app.engine.ruleset import Activity
from app.engine.self_report import PooledReport, SelfReport, pool
from app.engine.view import View
from app.engine.vocabulary import KINDS
from app.rulesets.sampling import SampledCouple
from tests.engine.build import a_report, ids, offer_to, shown, with_answer, without_private
from tests.engine.reference import answer

LIKES = "activity_preferences.likes"
HEAVY = {"newborn", "pregnancy_loss", "grief", "illness", "recovery", "separation"}
WEEKS = 8
A_LIST = 5


class Share(NamedTuple):
    """So many of so many."""

    of_them: int
    among: int

    @property
    def percent(self) -> float:
        return 100 * self.of_them / self.among


def share(holds: Iterable[bool]) -> Share:
    counted = Counter(holds)
    return Share(counted[True], counted.total())


def seed_of(couple: SampledCouple) -> str:
    return f"couple {couple.number}"


def first_views(compiled: CompiledRuleset, couples: Iterable[SampledCouple], *, seeded: bool = True) -> Iterator[View]:
    """The views of the first week that suggest something, of everyone who was heard."""
    for couple in couples:
        moment = Moment(seed=seed_of(couple) if seeded else "")
        if couple.b is None:
            views: tuple[View, ...] = (evaluate(compiled, couple.a, None, moment=moment),)
        else:
            views = evaluate_both(compiled, couple.a, couple.b, (moment, moment))
        yield from (view for view in views if view.outcome == "suggestions")


def ten_most_shown(compiled: CompiledRuleset, views: Iterable[View]) -> Share:
    """How many places the ten activities take that are shown most."""
    places = Counter(id_ for view in views for id_ in ids(compiled, view))
    return Share(sum(times for _, times in places.most_common(10)), places.total())


def first_only_prepares(compiled: CompiledRuleset, views: Iterable[View]) -> Share:
    return share(shown(compiled, view)[0].prepares for view in views)


def two_of_a_family(compiled: CompiledRuleset, views: Iterable[View]) -> Share:
    families = ([a.family for a in shown(compiled, view) if a.family] for view in views)
    return share(len(names) > len(set(names)) for names in families)


def readers(couples: Iterable[SampledCouple]) -> Iterator[tuple[str, SelfReport, PooledReport | None]]:
    """Each who was heard, without private answers, which narrow each view on their own."""
    for couple in couples:
        if couple.b is None:
            yield seed_of(couple), without_private(couple.a), None
        else:
            yield seed_of(couple), without_private(couple.a), pool(couple.b)
            yield seed_of(couple), without_private(couple.b), pool(couple.a)


def two_of_a_purpose(compiled: CompiledRuleset, couples: Iterable[SampledCouple]) -> Share:
    """Lists with two of a purpose while another purpose had something to do together that could have followed."""
    return share(
        _repeats_a_purpose(eligible(offer_to(compiled, mine, theirs), mine), shown(compiled, view))
        for seed, mine, theirs in readers(couples)
        if (view := evaluate(compiled, mine, theirs, moment=Moment(seed=seed))).outcome == "suggestions"
    )


def eligible(offer: Offer, mine: SelfReport) -> list[Activity]:
    """What is called for and left to one reader."""
    left = offer.eligible & full_reader(offer, mine, mine).allowed
    return [activity for i, activity in enumerate(offer.compiled.index.order) if left >> i & 1]


def _repeats_a_purpose(left: Sequence[Activity], menu: Sequence[Activity]) -> bool:
    purposes = {activity.purpose for activity in menu}
    families = {activity.family for activity in menu} - {None}
    prepares = any(activity.prepares for activity in menu)
    others = [
        activity
        for activity in left
        if activity.together
        and activity.purpose not in purposes
        and activity.family not in families
        and not (prepares and activity.prepares)
    ]
    return bool(others) and len(purposes) < len(menu)


def love_stands_there(compiled: CompiledRuleset, couples: Iterable[SampledCouple]) -> Share:
    """Of a kind that a reader loves above all others, with something of it suggested: whether it is in the list."""

    def cases() -> Iterator[bool]:
        for seed, mine, theirs in readers(couples):
            likes = answer(mine, LIKES) or {}
            for kind in sorted(kind for kind, liking in likes.items() if liking == "love"):
                lowered = {each: "like" if liking == "love" else liking for each, liking in likes.items()}
                reader = with_answer(mine, LIKES, lowered | {kind: "love"})
                if any(a.kinds[0] == kind and a.together for a in eligible(offer_to(compiled, reader, theirs), reader)):
                    view = evaluate(compiled, reader, theirs, moment=Moment(seed=seed))
                    yield kind in {activity.kinds[0] for activity in shown(compiled, view)}

    return share(cases())


ROOMY = {
    "routine": 4,
    "boredom": 4,
    "comfort_zone": "ready",
    "longest_slot_minutes": 240,
    "minutes_per_week": 600,
    "budget": "medium",
    "energy": "ok",
    "children_at_home": "none",
    "conflict": "rare",
    "closeness": 5,
}


def kinds_both_love_in_the_first_three(compiled: CompiledRuleset, seeds: Sequence[str]) -> dict[str, Share]:
    """By kind, how often two who have room and both love it find it among the first three.

    Kinds of which nothing is suggested to them are left out. `touch` is never first.
    """
    found = {}
    for kind in (each for each in KINDS if each != "touch"):
        one = a_report(**ROOMY, likes={kind: "love"})
        if any(a.kinds[0] == kind and a.together for a in eligible(offer_to(compiled, one, pool(one)), one)):
            views = [evaluate(compiled, one, pool(one), moment=Moment(seed=seed)) for seed in seeds]
            found[kind] = share(kind in {a.kinds[0] for a in shown(compiled, view)[:3]} for view in views)
    return found


def is_roomy(reports: Sequence[SelfReport | PooledReport]) -> bool:
    """An hour, some money, energy, children seen to, no heavy season, little conflict, as far as either has said."""

    def said(path: str) -> set[Any]:
        return {value for report in reports if (value := answer(report, path)) is not None}

    slots, minutes = said("busyness.longest_slot_minutes"), said("busyness.minutes_per_week")
    one_knows = any(
        report.busyness and report.busyness.longest_slot_minutes and report.busyness.minutes_per_week
        for report in reports
    )
    children, childcare = said("circumstances.children_at_home"), said("circumstances.childcare")
    return bool(
        one_knows
        and min(slots, default=0) >= 60
        and min(minutes, default=0) >= 60
        and "free" not in said("circumstances.budget")
        and "drained" not in said("busyness.energy")
        and not any(HEAVY & season for season in said("circumstances.season"))
        and not said("conflict.level") & {"frequent", "chronic"}
        and (children <= {"none"} or childcare == {True})
    )


def roomy_lists_with_half_an_hour(compiled: CompiledRuleset, couples: Iterable[SampledCouple]) -> Share:
    return share(
        any(activity.minutes >= 30 for activity in shown(compiled, view))
        for seed, mine, theirs in readers(couples)
        if is_roomy([mine] if theirs is None else [mine, theirs])
        and (view := evaluate(compiled, mine, theirs, moment=Moment(seed=seed))).outcome == "suggestions"
    )


def weeks(
    compiled: CompiledRuleset, seed: str, mine: SelfReport, theirs: PooledReport | None, *, quiet: bool = False
) -> Iterator[list[str]]:
    """The lists of eight weeks, each knowing those before."""
    seen: tuple[str, ...] = ()
    for turn in range(WEEKS):
        view = evaluate(compiled, mine, theirs, moment=Moment(seed, turn, seen), quiet=quiet)
        menu = ids(compiled, view)
        seen += tuple(menu)
        yield menu


def lists_in_common(compiled: CompiledRuleset, couples: Iterable[SampledCouple]) -> Share:
    """How often the two lists of a week, five long each, share three or more."""

    def pairs() -> Iterator[bool]:
        for couple in couples:
            if couple.b is None:
                continue
            a, b = without_private(couple.a), without_private(couple.b)
            both = (weeks(compiled, seed_of(couple), *pair) for pair in ((a, pool(b)), (b, pool(a))))
            for one, two in zip(*both, strict=True):
                if len(one) == len(two) == A_LIST:
                    yield len({*one} & {*two}) >= 3

    return share(pairs())


def tell_differently_of_quarrels(couple: SampledCouple) -> bool:
    """Whether one of the two tells of frequent quarrels, and the other of few."""
    if couple.b is None:
        return False
    levels = [answer(report, "conflict.level") for report in (pool(couple.a), pool(couple.b))]
    return None not in levels and len({level in {"frequent", "chronic"} for level in levels}) > 1


def different_in_eight_weeks(compiled: CompiledRuleset, couples: Iterable[SampledCouple]) -> tuple[float, float]:
    """The median and the lowest tenth of how many different activities a reader sees in eight weeks."""
    return _different(weeks(compiled, *reader) for reader in readers(couples))


def different_in_eight_small_weeks(compiled: CompiledRuleset, couples: Iterable[SampledCouple]) -> tuple[float, float]:
    """The same for quiet views of those who asked for small steps."""
    small = (
        (seed, with_answer(mine, "private.willingness", "small_steps"), theirs)
        for seed, mine, theirs in readers(couples)
    )
    return _different(weeks(compiled, *reader, quiet=True) for reader in small)


def _different(eight_weeks: Iterable[Iterator[list[str]]]) -> tuple[float, float]:
    counts = [len({id_ for menu in lists for id_ in menu}) for lists in map(list, eight_weeks) if all(lists)]
    return median(counts), quantiles(counts, n=10)[0]
