"""A plan for the weeks ahead, proposed from this week's answers.

Every week holds what both said yes to, then what the reader chose for themselves, then the menu that would be theirs in
that week. Of the weeks before it is assumed that what was proposed has been done and what was on their menus has been
seen, so that things rest and vary as they do from week to week. No other thing is assumed of the future.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask, named, positions
from app.engine.choosing import draw_of
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.constraints import UNKNOWN_MINUTES
from app.engine.evaluate import full_reader, quiet_reader
from app.engine.history import Done, Moment
from app.engine.narrowing import is_left_alone, narrow
from app.engine.offer import Offer, excluded_by_history, make_offer
from app.engine.ruleset import Activity
from app.engine.self_report import Agreed, PooledReport, SelfReport, answer_at, pool
from app.engine.verdicts import Reading, heard, judge_pair, read

REST_FROM_DAYS = 3
"""From so many free days in a week on, one of them is left free."""
DAYS_A_WEEK = 7


class FreeTime(NamedTuple):
    """A free stretch of one day, 0 for Monday; `start` and `end` are minutes after midnight."""

    day: int
    start: int
    end: int


class Planned(NamedTuple):
    """An activity that has a time in the plan already; `week` is 0 for the first of the proposal."""

    week: int
    day: int
    activity: str


class PlanWishes(NamedTuple):
    """What is to be planned, and when.

    `both` are the ids of what both said yes to, `own` those of what the reader chose to do alone. In the first week
    nothing begins before the minute `first_minute` of the day `first_day`.
    """

    weeks: int
    free: tuple[FreeTime, ...]
    both: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    planned: tuple[Planned, ...] = ()
    first_day: int = 0
    first_minute: int = 0


class ProposedItem(NamedTuple):
    """An activity with the day and the minute at which it would begin; `is_shared` where both said yes to it."""

    activity: Activity
    day: int
    start: int
    is_shared: bool


class Candidate(NamedTuple):
    """An activity, by its position in the activity index, that a week may hold."""

    position: int
    is_shared: bool


def propose_plan(  # noqa: PLR0913  (what a view is made from, and the wishes)
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | Reading | None,
    agreed: Agreed,
    moment: Moment,
    wishes: PlanWishes,
    *,
    disclosed: SelfReport | None,
) -> list[list[ProposedItem]]:
    """Return what each week would hold, in the order of its days; nothing where the partner is to be left alone.

    `disclosed` is the part of `mine` that the reader may be told of; None for the quiet view's menus.
    """
    weeks: list[list[ProposedItem]] = []
    if is_left_alone(mine):
        return [[] for _ in range(wishes.weeks)]
    own, other = read(compiled, pool(mine)), heard(compiled, theirs)
    pair, limits = judge_pair(compiled, own, other, agreed), _weekly_minutes(mine, other.report if other else None)
    seen = moment.seen
    for number in range(wishes.weeks):
        later = _moment_of_week(moment, seen, wishes, weeks)
        offer = make_offer(compiled, own, other, pair, later)
        reader = full_reader(offer, mine, disclosed) if disclosed else quiet_reader(offer, mine)
        picks = [pick.bit for pick in narrow(offer, reader.width, reader.allowed, reader.leading).picks]
        fitting = offer.fitting & ~pair.withheld & reader.width & reader.allowed & ~excluded_by_history(offer)
        week = _Week(compiled.index, wishes, number, limits)
        proposed = Counter(item.activity.id for items in weeks for item in items)
        for candidate in _candidates(offer, fitting, picks, wishes, proposed):
            week.place(candidate)
        weeks.append(sorted(week.items, key=lambda item: (item.day, item.start)))
        seen += tuple(compiled.index.order[bit.bit_length() - 1].id for bit in picks)
    return weeks


def _weekly_minutes(mine: SelfReport, theirs: PooledReport | None) -> tuple[int, int]:
    """Return the minutes of a week for all there is, and for what is done together. An unknown limit is careful."""
    own, other = (
        UNKNOWN_MINUTES if answer is None else answer
        for answer in (answer_at(report, "busyness.minutes_per_week") for report in (mine, theirs or mine))
    )
    return own, min(own, other)


def _moment_of_week(
    moment: Moment, seen: tuple[str, ...], wishes: PlanWishes, weeks: list[list[ProposedItem]]
) -> Moment:
    number = len(weeks)
    done = [Done(activity, ago + DAYS_A_WEEK * number) for activity, ago in moment.history.done]
    before = [(planned.activity, planned.week) for planned in wishes.planned if planned.week < number]
    before += [(item.activity.id, week) for week, items in enumerate(weeks) for item in items]
    done += [Done(activity, DAYS_A_WEEK * (number - week)) for activity, week in before]
    reactions = tuple([one._replace(days_ago=one.days_ago + DAYS_A_WEEK * number) for one in moment.history.reactions])
    paths = tuple([one._replace(days_ago=one.days_ago + DAYS_A_WEEK * number) for one in moment.history.paths])
    history = moment.history._replace(done=tuple(done), reactions=reactions, paths=paths)
    return moment._replace(turn=moment.turn + number, seen=seen, history=history)


def _candidates(
    offer: Offer, fitting: Mask, picks: list[Mask], wishes: PlanWishes, proposed: Counter[str]
) -> Iterator[Candidate]:
    """Yield what may stand in a week: what both said yes to, what the reader did, and their menu.

    Of each, what this plan has had less often goes first, then what the draw or the menu puts first. A step that is due
    on a path goes before the rest of the menu.
    """
    index, draw = offer.compiled.index, draw_of(offer.moment)
    both = named(index.bit_of, wishes.both) & fitting & index.joint
    own = named(index.bit_of, wishes.own) & fitting & ~index.joint
    menu = [bit.bit_length() - 1 for bit in picks if not bit & (both | own | offer.due)]
    due = [bit.bit_length() - 1 for bit in picks if bit & offer.due & ~(both | own)]
    for chosen, is_shared in ((both, True), (own, False)):
        drawn = sorted(positions(chosen), key=lambda i: index.digests[i] ^ draw)
        yield from _in_turn(index, drawn, proposed, is_shared=is_shared)
    yield from _in_turn(index, due, proposed, is_shared=False)
    yield from _in_turn(index, menu, proposed, is_shared=False)


def _in_turn(index: ActivityIndex, order: list[int], proposed: Counter[str], *, is_shared: bool) -> Iterator[Candidate]:
    for position in sorted(order, key=lambda i: proposed[index.order[i].id]):
        yield Candidate(position, is_shared)


class _Week:
    """A week of the plan as it fills: the stretches and minutes that are left of it."""

    def __init__(self, index: ActivityIndex, wishes: PlanWishes, number: int, limits: tuple[int, int]) -> None:
        self.items: list[ProposedItem] = []
        self._index = index
        self._minutes, self._minutes_together = limits
        self._gone: Mask = 0
        here = [planned for planned in wishes.planned if planned.week == number]
        busy = {planned.day for planned in here}
        self._free = sorted(
            (stretch for stretch in _stretches(wishes, number) if stretch.day not in busy),
            key=lambda stretch: (stretch.end - stretch.start, stretch.day, stretch.start),
        )
        self._resting_days = 1 if len(self._free_days()) >= REST_FROM_DAYS else 0
        for planned in here:
            self._count(index.bit_of.get(planned.activity, 0))
        later = named(index.bit_of, [planned.activity for planned in wishes.planned if planned.week > number])
        self._gone |= later & ~index.by_repeat["ritual"]

    def place(self, candidate: Candidate) -> None:
        """Put an activity into the shortest stretch that holds it, where the week has room for it."""
        activity, bit = self._index.order[candidate.position], 1 << candidate.position
        is_full = len(self._free_days()) <= self._resting_days
        if is_full or bit & self._gone or activity.minutes > self._minutes:
            return
        if activity.together and activity.minutes > self._minutes_together:
            return
        free = next((stretch for stretch in self._free if stretch.end - stretch.start >= activity.minutes), None)
        if free is None:
            return
        self.items.append(ProposedItem(activity, free.day, free.start, candidate.is_shared))
        self._count(bit)
        # One thing a day is enough.
        self._free = [stretch for stretch in self._free if stretch.day != free.day]

    def _free_days(self) -> set[int]:
        return {stretch.day for stretch in self._free}

    def _count(self, bit: Mask) -> None:
        """Note what stands in the week; nothing of its purpose or family follows, nor two that only prepare."""
        if not bit:
            return
        position = bit.bit_length() - 1
        activity = self._index.order[position]
        self._minutes -= activity.minutes
        self._minutes_together -= activity.minutes if activity.together else 0
        self._gone |= self._index.same_purpose[position] | self._index.same_family[position]
        self._gone |= self._index.prepares if activity.prepares else 0


def _stretches(wishes: PlanWishes, number: int) -> Iterator[FreeTime]:
    """Yield the free stretches of a week, those that touch or overlap as one; of the first week what is to come."""
    open_: FreeTime | None = None
    for stretch in sorted(wishes.free):
        if number == 0 and stretch.day <= wishes.first_day:
            start = max(stretch.start, wishes.first_minute) if stretch.day == wishes.first_day else stretch.end
            stretch = stretch._replace(start=start)  # noqa: PLW2901
        if stretch.start >= stretch.end:
            continue
        if open_ and stretch.day == open_.day and stretch.start <= open_.end:
            open_ = open_._replace(end=max(open_.end, stretch.end))
            continue
        if open_:
            yield open_
        open_ = stretch
    if open_:
        yield open_
