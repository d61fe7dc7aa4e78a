"""Plans for synthetic couples with whatever they may ask for, and every limit that a proposed plan has to keep."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import NamedTuple

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import COOLDOWN_DAYS, BegunPath, Done, History, Moment
from app.engine.plan_proposals import WEEKS_OF_A_YES, FreeTime, Planned, PlanWishes, ProposedItem, propose_plan
from app.engine.self_report import NO_AGREEMENT, Agreed, PooledReport, SelfReport, agree, pool, support_kinds
from app.engine.view import Suggestion, View
from app.rulesets.sampling import SampledCouple
from tests.engine import invariants
from tests.engine.invariants import Case
from tests.engine.reference import Pair, answer, withholds
from tests.engine.reference_narrowing import Narrowing

# What holds of a list of activities whatever else a view says, and in whatever order they stand.
LIMITS = (
    invariants.every_hard_limit_is_kept,
    invariants.what_is_true_of_both_binds_both,
    invariants.chronic_conflict_bounds_time_and_takes_no_big_steps,
    invariants.small_steps_are_small,
    invariants.unsteady_ground_carries_nothing_big,
    invariants.a_tender_season_is_gentle,
    invariants.no_surprise_where_acts_are_read_as_hurtful_or_tension_is_high,
    invariants.no_thanks_are_pushed_on_one_whose_partner_does_not_take_them_warmly,
    invariants.nothing_is_said_twice_by_two_of_a_family,
    invariants.care_asks_nothing_of_anybody,
    invariants.what_the_past_puts_aside_is_not_offered,
)
MINUTES_OF_A_DAY = 24 * 60


@dataclass(frozen=True)
class Planning:
    """What one partner asks for, with all that the answer is made from."""

    compiled: CompiledRuleset
    mine: SelfReport
    theirs: PooledReport | None
    agreed: Agreed
    moment: Moment
    wishes: PlanWishes
    quiet: bool

    @cached_property
    def pair(self) -> Pair:
        return Pair(self.compiled.ruleset, pool(self.mine), self.theirs, self.agreed)

    def weeks(self) -> list[list[ProposedItem]]:
        return propose_plan(
            self.compiled,
            self.mine,
            self.theirs,
            self.agreed,
            self.moment,
            self.wishes,
            disclosed=None if self.quiet else self.mine,
        )


class Week(NamedTuple):
    """One week of a plan with the weeks before it."""

    asked: Planning
    number: int
    items: list[ProposedItem]
    before: list[list[ProposedItem]]

    @property
    def planned(self) -> list[Planned]:
        return [each for each in self.asked.wishes.planned if each.week == self.number]

    def minutes(self, *, together: bool) -> int:
        bits = self.asked.compiled.index
        held = [bits.order[bits.bit_of[each.activity].bit_length() - 1] for each in self.planned]
        return sum(a.minutes for a in held + [item.activity for item in self.items] if a.together or not together)


def plannings(compiled: CompiledRuleset, couples: Iterable[SampledCouple]) -> Iterator[Planning]:
    """One for everyone who was heard."""
    for couple in couples:
        random = Random(couple.number)
        if couple.b is None:
            yield _planning(compiled, random, couple.a, None)
        else:
            yield _planning(compiled, random, couple.a, couple.b)
            yield _planning(compiled, random, couple.b, couple.a)


def _planning(compiled: CompiledRuleset, random: Random, mine: SelfReport, theirs: SelfReport | None) -> Planning:
    joint = [a.id for a in compiled.index.order if a.together]
    solo = [a.id for a in compiled.index.order if not a.together]
    ids = [a.id for a in compiled.index.order]
    wishes = PlanWishes(
        weeks=random.choice((1, 2, 4, 8)),
        free=tuple(_some_time(random) for _ in range(random.choice((0, 1, 2, 3, 5, 9)))),
        both=frozenset(random.sample(joint, random.choice((0, 2, 12)))) if theirs else frozenset(),
        own=frozenset(random.sample(solo, random.choice((0, 1, 4)))),
        planned=tuple(
            Planned(random.randint(0, 2), random.randint(0, 6), random.choice(ids))
            for _ in range(random.choice((0, 0, 1, 3)))
        ),
        first_day=random.randint(0, 6),
        first_minute=random.randint(0, 1440),
    )
    paths = [path.id for path in compiled.ruleset.paths]
    begun = random.sample(paths, random.choice((0, 0, 1, 2)))
    history = History(
        done=tuple(
            Done(random.choice(ids), random.choice((0, 3, 6, 20, 89, 364))) for _ in range(random.randint(0, 9))
        ),
        unwanted=frozenset(random.sample(ids, 5)),
        put_off=frozenset(random.sample(ids, 5)),
        gentle=random.random() < 0.1,
        paths=tuple(BegunPath(path, random.choice((0, 10, 400))) for path in begun),
    )
    moment = Moment(str(random.random()), random.randint(0, 50), tuple(random.sample(ids, 20)), history)
    agreed = agree(mine.mutual, theirs.mutual) if theirs else NO_AGREEMENT
    agreed = replace(agreed, paths=frozenset(random.sample(paths, 3)) if theirs else frozenset())
    pooled, quiet = pool(theirs) if theirs else None, random.random() < 0.5
    return Planning(compiled, mine, pooled, agreed, moment, wishes, quiet)


def _some_time(random: Random) -> FreeTime:
    start = random.randrange(0, MINUTES_OF_A_DAY - 30, 15)
    length = random.choice((10, 30, 60, 90, 240, 1440))
    return FreeTime(random.randint(0, 6), start, min(start + length, MINUTES_OF_A_DAY))


def no_week_holds_more_minutes_than_were_answered(week: Week) -> None:
    minutes = [answer(report, "busyness.minutes_per_week") for report in (week.asked.mine, week.asked.theirs) if report]
    allowed = [60 if answered is None else answered for answered in minutes]
    if week.items:
        assert week.minutes(together=False) <= allowed[0]
    if any(item.activity.together for item in week.items):
        assert week.minutes(together=True) <= min(allowed)


def everything_fits_into_a_free_time(week: Week) -> None:
    free_minutes = {(each.day, m) for each in week.asked.wishes.free for m in range(each.start, each.end)}
    for item in week.items:
        assert {(item.day, m) for m in range(item.start, item.start + item.activity.minutes)} <= free_minutes


def everything_begins_in_its_part_of_the_day(week: Week) -> None:
    parts = {"morning": (5, 11), "midday": (11, 15), "daytime": (8, 18), "night": (20, 24), "any": (0, 24)}
    for item in week.items:
        first, end = parts.get(item.activity.when, (17, 23))
        assert item.activity.when != "no_clock"
        assert first <= item.start / 60 < end
        assert {"friday_evening": 4, "sunday_evening": 6}.get(item.activity.when, item.day) == item.day


def nothing_begins_in_the_past(week: Week) -> None:
    if week.number == 0:
        for item in week.items:
            assert (item.day, item.start) >= (week.asked.wishes.first_day, week.asked.wishes.first_minute)


def a_day_holds_one_thing_and_one_free_day_stays_free(week: Week) -> None:
    days = Counter([item.day for item in week.items])
    busy = {each.day for each in week.planned}
    assert max(days.values(), default=0) <= 1
    assert not busy & days.keys()
    wishes = week.asked.wishes
    free = {
        each.day
        for each in wishes.free
        if week.number or (each.day, each.end) > (wishes.first_day, wishes.first_minute)
    } - busy
    if len(free) >= 3:
        assert free - days.keys()


def shared_is_what_both_said_yes_to_and_nothing_else(week: Week) -> None:
    for item in week.items:
        assert item.is_shared == (item.activity.id in week.asked.wishes.both and week.number < WEEKS_OF_A_YES)
        assert item.activity.together or not item.is_shared


def things_rest_from_week_to_week(week: Week) -> None:
    purposes = [item.activity.purpose for item in week.items]
    assert len(purposes) == len(set(purposes))
    for ago, items in enumerate(reversed(week.before), 1):
        for item in items:
            if COOLDOWN_DAYS[item.activity.repeat] > 7 * ago:
                assert item.activity not in [each.activity for each in week.items]
    later = {each.activity for each in week.asked.wishes.planned if each.week >= week.number}
    assert not later & {item.activity.id for item in week.items if item.activity.repeat != "ritual"}


def who_is_left_alone_is_proposed_nothing(week: Week) -> None:
    mine = week.asked.mine
    if support_kinds(mine.safety) or answer(mine, "private.willingness") == "no":
        assert not week.items


def no_rule_and_no_private_answer_keeps_it_out(week: Week) -> None:
    """By the engine of the tests, which shares no code with the other."""
    if not week.items:
        return
    pair, asked = week.asked.pair, week.asked
    own = Narrowing(pair, asked.mine, asked.moment.history)
    begun = {path for path, _ in asked.moment.history.paths}
    steps = {step for path in asked.compiled.ruleset.paths if path.id in begun for step in path.steps}
    for activity in (item.activity for item in week.items):
        assert pair.fits(activity, pair.heard, pair.conflict)
        assert not any(withholds(rule, activity) for rule in pair.firing)
        assert own.is_in_quiet_width(activity) if asked.quiet else own.is_left_by_causes(activity)
        assert not own.is_kept_out(activity)
        assert activity.id in steps or not own.is_on_others_quarrels(activity)
        assert activity.practice != "affection" or asked.agreed.affection


def every_limit_of_a_view_is_kept(week: Week) -> None:
    asked, index = week.asked, week.asked.compiled.index
    begun = {path for path, _ in asked.moment.history.paths}
    # A path may ask again for what was done before it began.
    steps = {step for path in asked.compiled.ruleset.paths if path.id in begun for step in path.steps}
    past = [done for done in asked.moment.history.done if done.activity not in steps]
    moved = [Done(activity, ago + 7 * week.number) for activity, ago in past]
    moment = asked.moment._replace(history=asked.moment.history._replace(done=tuple(moved)))
    bits = [index.bit_of[item.activity.id].bit_length() - 1 for item in week.items]
    held = tuple(Suggestion(position, "to_enjoy", ()) for position in bits)
    view = View("suggestions", (), (), held, (), (), (), (), 7, 0, None)
    case = Case(asked.compiled, asked.mine, asked.theirs, 20, view, moment, asked.agreed, asked.quiet)
    for limit in LIMITS:
        limit(case)


CHECKS: tuple[Callable[[Week], None], ...] = (
    no_week_holds_more_minutes_than_were_answered,
    everything_fits_into_a_free_time,
    everything_begins_in_its_part_of_the_day,
    nothing_begins_in_the_past,
    a_day_holds_one_thing_and_one_free_day_stays_free,
    shared_is_what_both_said_yes_to_and_nothing_else,
    things_rest_from_week_to_week,
    who_is_left_alone_is_proposed_nothing,
    no_rule_and_no_private_answer_keeps_it_out,
    every_limit_of_a_view_is_kept,
)


def check(asked: Planning) -> int:
    """Hold a plan against every limit; return how many items it has. Raises `AssertionError`."""
    weeks = asked.weeks()
    assert len(weeks) == asked.wishes.weeks
    for number, items in enumerate(weeks):
        for holds in CHECKS:
            holds(Week(asked, number, items, weeks[:number]))
    return sum(map(len, weeks))
