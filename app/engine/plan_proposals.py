"""A plan for the weeks ahead, proposed from this week's answers.

Every week holds what both said yes to, then what the reader chose for themselves, then the menu that would be theirs in
that week, of what its free times can hold. Of the weeks before it is assumed that what was proposed has been done and
what was on their menus has been seen, so that things rest and vary as they do from week to week. No other thing is
assumed of the future.

What both said yes to has its days before anything of the reader's own is looked at, so that two who are free at the
same times find it on the same days.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask, from_flags, named, positions
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.constraints import UNKNOWN_MINUTES
from app.engine.evaluate import full_reader, is_left_alone, narrow, quiet_reader
from app.engine.history import Done, Moment
from app.engine.offer import Offer, Reading, draw_of, excluded_by_history, heard, judge_pair, make_offer, read
from app.engine.ruleset import Activity, When
from app.engine.self_report import Agreed, PooledReport, SelfReport, answer_at, pool

REST_FROM_DAYS = 3
"""From so many free days in a week on, one of them is left free."""
DAYS_A_WEEK = 7
WEEKS_OF_A_YES = 2
"""A yes that is given again now counts in this week and the next one; later ones are nobody's promise."""


class FreeTime(NamedTuple):
    """A free stretch of one day, 0 for Monday; `start` and `end` are minutes after midnight."""

    day: int
    start: int
    end: int


class PartOfDay(NamedTuple):
    """The minutes after midnight between which something may begin, and the days of the week, 0 for Monday."""

    first: int = 0
    last: int = 24 * 60
    days: frozenset[int] = frozenset(range(DAYS_A_WEEK))


_EVENING = PartOfDay(17 * 60, 22 * 60)
PARTS_OF_DAY: Mapping[When, PartOfDay] = {
    "any": PartOfDay(),
    "morning": PartOfDay(5 * 60, 10 * 60 + 30),
    "midday": PartOfDay(11 * 60, 14 * 60),
    "daytime": PartOfDay(8 * 60, 17 * 60),
    "evening": _EVENING,
    "night": PartOfDay(first=20 * 60),
    "friday_evening": _EVENING._replace(days=frozenset({4})),
    "sunday_evening": _EVENING._replace(days=frozenset({6})),
    "no_clock": PartOfDay(days=frozenset()),
}
"""The hours of each part of the day: an editorial choice."""


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
    both = _times_of_both(make_offer(compiled, own, other, pair, moment), wishes, limits[1])
    seen = moment.seen
    for number in range(wishes.weeks):
        later = _moment_of_week(moment, seen, wishes, weeks)
        offer = make_offer(compiled, own, other, pair, later)
        reader = full_reader(offer, mine, disclosed) if disclosed else quiet_reader(offer, mine)
        fitting = offer.fitting & ~pair.withheld & reader.width & reader.allowed & ~excluded_by_history(offer)
        week = _Week(compiled.index, wishes, number, limits)
        for item in both[number]:
            if compiled.index.bit_of[item.activity.id] & fitting:
                week.keep(item)
        menu = narrow(offer, reader.width, reader.allowed & week.placeable(), reader.leading)
        picks = [pick.bit for pick in menu.picks]
        proposed = Counter(item.activity.id for items in weeks for item in items)
        for position in _candidates(offer, fitting, picks, wishes, proposed):
            week.place(position, is_shared=False)
        weeks.append(sorted(week.items, key=lambda item: (item.day, item.start)))
        seen += tuple(compiled.index.order[bit.bit_length() - 1].id for bit in picks)
        moment = _after_steps_in_passing(moment, offer, number)
    return weeks


def _after_steps_in_passing(moment: Moment, offer: Offer, number: int) -> Moment:
    """Return the moment as if the due steps that have no clock were done in the week `number`: the path goes on."""
    due = [offer.compiled.index.order[position] for position in positions(offer.due)]
    passed = [Done(activity.id, -DAYS_A_WEEK * number) for activity in due if activity.when == "no_clock"]
    return moment._replace(history=moment.history._replace(done=(*moment.history.done, *passed)))


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


def _times_of_both(offer: Offer, wishes: PlanWishes, minutes: int) -> list[list[ProposedItem]]:
    """Return when each week would hold what both said yes to, by what the two share alone.

    It rests on their yeses, their limits together, what has a time already, and the couple's draw.
    """
    index, moment = offer.compiled.index, offer.moment
    joint = tuple(planned for planned in wishes.planned if index.bit_of.get(planned.activity, 0) & index.joint)
    together = wishes._replace(planned=joint)
    both = named(index.bit_of, wishes.both) & offer.fitting & ~offer.pair.withheld & index.joint
    both &= ~named(index.bit_of, [planned.activity for planned in joint]) | index.by_repeat["ritual"]
    weeks: list[list[ProposedItem]] = []
    proposed: Counter[str] = Counter()
    for number in range(wishes.weeks):
        week, draw = (
            _Week(index, together, number, (minutes, minutes)),
            draw_of(moment._replace(turn=moment.turn + number)),
        )
        drawn = sorted(positions(both), key=lambda i: index.digests[i] ^ draw)
        for position in _in_turn(index, drawn, proposed):
            week.place(position, is_shared=number < WEEKS_OF_A_YES)
        weeks.append(week.items)
        proposed.update(item.activity.id for item in week.items)
        both &= ~named(index.bit_of, proposed) | index.by_repeat["ritual"]
    return weeks


def _candidates(
    offer: Offer, fitting: Mask, picks: list[Mask], wishes: PlanWishes, proposed: Counter[str]
) -> Iterator[int]:
    """Yield the positions of what may stand in a week besides: what the reader chose to do alone, and their menu.

    Of each, what this plan has had less often goes first, then what the draw or the menu puts first. A step that is due
    on a path goes before the rest of the menu.
    """
    index, draw = offer.compiled.index, draw_of(offer.moment)
    both = named(index.bit_of, wishes.both) & fitting & index.joint
    own = named(index.bit_of, wishes.own) & fitting & ~index.joint
    menu = [bit.bit_length() - 1 for bit in picks if not bit & (both | own | offer.due)]
    due = [bit.bit_length() - 1 for bit in picks if bit & offer.due & ~(both | own)]
    drawn = sorted(positions(own), key=lambda i: index.digests[i] ^ draw)
    for order in (drawn, due, menu):
        yield from _in_turn(index, order, proposed)


def _in_turn(index: ActivityIndex, order: list[int], proposed: Counter[str]) -> list[int]:
    return sorted(order, key=lambda i: proposed[index.order[i].id])


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

    def place(self, position: int, *, is_shared: bool) -> None:
        """Put an activity into the shortest stretch that holds it at its hours, where the week has room for it."""
        activity = self._index.order[position]
        for stretch in self._free:
            start = _start_in(stretch, activity)
            if start is not None:
                self.keep(ProposedItem(activity, stretch.day, start, is_shared))
                return

    def keep(self, item: ProposedItem) -> None:
        """Put an item on its day, where the day is free and the week has room for it."""
        activity, bit = item.activity, self._index.bit_of[item.activity.id]
        is_full = len(self._free_days()) <= self._resting_days or item.day not in self._free_days()
        if is_full or bit & self._gone or activity.minutes > self._minutes:
            return
        if activity.together and activity.minutes > self._minutes_together:
            return
        self.items.append(item)
        self._count(bit)
        # One thing a day is enough.
        self._free = [stretch for stretch in self._free if stretch.day != item.day]

    def placeable(self) -> Mask:
        """Return what begins at its hours, and ends, within a stretch that is left."""
        return from_flags(
            any(_start_in(free, activity) is not None for free in self._free) for activity in self._index.order
        )

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


def _start_in(stretch: FreeTime, activity: Activity) -> int | None:
    """Return the minute at which an activity begins in a stretch, at its hours and within it; None for no such one."""
    hours = PARTS_OF_DAY[activity.when]
    start = max(stretch.start, hours.first)
    fits = stretch.day in hours.days and start <= hours.last and start + activity.minutes <= stretch.end
    return start if fits else None


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
