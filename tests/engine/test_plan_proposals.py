"""Proposed plans keep every limit, over few couples; `make trust` holds it over ten thousand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.engine import plan_proposals
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.history import BegunPath, History, Moment
from app.engine.plan_proposals import FreeTime, Planned, PlanWishes, ProposedItem
from app.engine.self_report import NO_AGREEMENT, Agreed, pool
from app.rulesets.sampling import sample_couples
from tests.engine.build import a_report
from tests.engine.plan_limits import Planning, check, plannings

COUPLES = 60
COUPLES_FOR_A_FAULT = 400
TUESDAY, SATURDAY = FreeTime(1, 1200, 1290), FreeTime(5, 600, 900)
ROOM: dict[str, Any] = {
    "minutes_per_week": 600,
    "longest_slot_minutes": 300,
    "likes": {"walk": "love", "cooking": "like"},
    "budget": "medium",
}
ROOMY, PARENTS = a_report(**ROOM), a_report(**ROOM, children_at_home="under_6")


def test_every_plan_is_within_every_limit(compiled: CompiledRuleset) -> None:
    items = [check(asked) for asked in plannings(compiled, sample_couples(range(COUPLES)))]

    assert sum(items) > 3 * len(items)


def a_plan(compiled: CompiledRuleset, **wishes: Any) -> list[list[ProposedItem]]:
    asked = PlanWishes(**{"weeks": 4, "free": (TUESDAY, SATURDAY), **wishes})
    planning = Planning(compiled, ROOMY, pool(ROOMY), NO_AGREEMENT, Moment("a seed"), asked, quiet=True)
    check(planning)
    return planning.weeks()


def names(weeks: list[list[ProposedItem]]) -> list[list[str]]:
    return [[item.activity.id for item in week] for week in weeks]


def test_what_both_said_yes_to_comes_first_and_the_rest_is_ones_own(compiled: CompiledRuleset) -> None:
    weeks = a_plan(compiled, both=frozenset({"evening-walk"}))

    assert [[item.activity.id for item in week if item.is_shared] for week in weeks] == [["evening-walk"]] * 2 + [
        []
    ] * 2
    assert all("evening-walk" in week for week in names(weeks)), "to be proposed once the yeses have lapsed"
    assert all(len(week) == 2 for week in weeks)
    assert not any(item.is_shared for week in a_plan(compiled) for item in week)


def test_weeks_bring_different_things_and_the_same_plan_again(compiled: CompiledRuleset) -> None:
    both = frozenset({"cook-one-dish", "tea-in-silence", "evening-walk", "kitchen-playlist"})
    weeks = names(a_plan(compiled, both=both & {a.id for a in compiled.index.order}))

    assert weeks == names(a_plan(compiled, both=both & {a.id for a in compiled.index.order}))
    assert len({id_ for week in names(a_plan(compiled)) for id_ in week}) >= 7
    assert len({id_ for week in weeks for id_ in week}) >= 3


def test_two_who_are_free_at_the_same_times_find_what_both_want_on_the_same_days(compiled: CompiledRuleset) -> None:
    both = frozenset({"cook-one-dish", "evening-walk", "dance-kitchen", "board-game-coop"})
    free = tuple(FreeTime(day, 1080, 1320) for day in range(7))
    other = replace(ROOMY, private=a_report(feels_rejected=True).private)
    found = []
    for mine, theirs, moment, own in (
        (ROOMY, other, Moment("a seed"), frozenset[str]()),
        (other, ROOMY, Moment("a seed", seen=("evening-walk",)), frozenset({"ten-quiet-minutes-for-you"})),
    ):
        wishes = PlanWishes(4, free, both=both, own=own)
        asked = Planning(compiled, mine, pool(theirs), NO_AGREEMENT, moment, wishes, quiet=False)
        check(asked)
        found.append([[item[:3] for item in week if item.activity.id in both] for week in asked.weeks()])

    assert found[0] == found[1]
    assert sum(map(len, found[0])) >= 8


def test_what_has_no_clock_is_given_none(compiled: CompiledRuleset) -> None:
    both = frozenset({"the-three-second-wave", "thumb-before-words", "evening-walk"})
    free = tuple(FreeTime(day, 0, 1440) for day in range(7))

    weeks = a_plan(compiled, both=both, free=free)

    assert {item.activity.id for week in weeks for item in week} & both == {"evening-walk"}


@pytest.mark.parametrize(
    ("activity", "free", "begins"),
    [
        ("evening-walk", FreeTime(1, 600, 1080), [1020]),
        ("evening-walk", FreeTime(1, 600, 1039), []),
        ("two-numbers-at-noon", FreeTime(1, 600, 1080), [660]),
        ("breakfast-before-phones", FreeTime(1, 600, 1080), [600]),
        ("breakfast-before-phones", FreeTime(1, 640, 1080), []),
        ("once-round-before-bed", FreeTime(1, 600, 1260), [1200]),
        ("sunday-soup", FreeTime(1, 1080, 1320), []),
        ("sunday-soup", FreeTime(6, 1080, 1320), [1080]),
    ],
)
def test_a_thing_begins_in_its_part_of_the_day_or_is_left_out(
    compiled: CompiledRuleset, activity: str, free: FreeTime, begins: list[int]
) -> None:
    [week] = a_plan(compiled, weeks=1, both=frozenset({activity}), free=(free,))

    assert [item.start for item in week if item.activity.id == activity] == begins


def test_a_thing_stands_in_the_shortest_time_that_holds_it(compiled: CompiledRuleset) -> None:
    [week] = a_plan(compiled, weeks=1, both=frozenset({"evening-walk"}))

    assert [(item.day, item.start) for item in week if item.is_shared] == [(TUESDAY.day, TUESDAY.start)]


@pytest.mark.parametrize("free", [(TUESDAY, SATURDAY), (FreeTime(5, 480, 1440),)])
def test_a_begun_path_goes_on_a_step_a_week(compiled: CompiledRuleset, free: tuple[FreeTime, ...]) -> None:
    paths = [path for path in compiled.ruleset.paths if path.rests_on is None]
    assert len(paths) > 3
    activities = {activity.id: activity for activity in compiled.index.order}
    for path in paths:
        moment = Moment("a seed", history=History(paths=(BegunPath(path.id, 0),)))
        both = Agreed(paths=frozenset({path.id}))
        for_parents = any(activities[step].parents_only for step in path.steps)
        each = PARENTS if for_parents else ROOMY
        asked = Planning(compiled, each, pool(each), both, moment, PlanWishes(len(path.steps), free), quiet=True)
        check(asked)
        steps = [id_ for week in names(asked.weeks()) for id_ in week if id_ in path.steps]
        assert steps == [step for step in path.steps if activities[step].when != "no_clock"]


def test_the_first_week_begins_now(compiled: CompiledRuleset) -> None:
    both = frozenset({"evening-walk"})

    [late] = a_plan(compiled, weeks=1, free=(TUESDAY,), both=both, first_day=1, first_minute=1260)
    [too_late] = a_plan(compiled, weeks=1, free=(TUESDAY,), both=both, first_day=1, first_minute=1275)
    [over] = a_plan(compiled, weeks=1, free=(TUESDAY,), both=both, first_day=2)

    assert [(item.activity.id, item.start) for item in late] == [("evening-walk", 1260)]
    assert not any(item.is_shared for item in too_late)
    assert over == []


def test_what_is_planned_already_takes_its_day_its_minutes_and_its_turn(compiled: CompiledRuleset) -> None:
    both, here = frozenset({"evening-walk"}), Planned(0, TUESDAY.day, "evening-walk")

    first, second = a_plan(compiled, weeks=2, both=both, planned=(here,))

    assert [item.day for item in first] == [SATURDAY.day]
    assert "evening-walk" not in names([first])[0]
    assert "evening-walk" in names([second])[0]


def test_times_that_touch_are_one(compiled: CompiledRuleset) -> None:
    halves = (FreeTime(1, 1200, 1210), FreeTime(1, 1210, 1225), FreeTime(1, 1205, 1230))

    [week] = a_plan(compiled, weeks=1, free=halves, both=frozenset({"evening-walk"}))

    assert [(item.activity.id, item.start) for item in week] == [("evening-walk", 1200)]


def test_who_has_not_said_how_much_time_there_is_gets_an_hour_a_week(compiled: CompiledRuleset) -> None:
    silent = a_report(longest_slot_minutes=300, budget="medium")
    for mine, theirs in ((silent, ROOMY), (ROOMY, silent)):
        asked = PlanWishes(weeks=4, free=tuple(FreeTime(day, 600, 900) for day in range(7)))
        planning = Planning(compiled, mine, pool(theirs), NO_AGREEMENT, Moment("a seed"), asked, quiet=False)
        check(planning)
        together = [sum(item.activity.minutes for item in week if item.activity.together) for week in planning.weeks()]
        assert 0 < max(together) <= 60


# Faults, planted one at a time

Plant = Callable[[pytest.MonkeyPatch], None]


def instead(name: str, becomes: Callable[[Any], Any]) -> Plant:
    """Put something else in the place of a function, which gets to know the function that was there."""
    return lambda patch: patch.setattr(plan_proposals, name, becomes(getattr(plan_proposals, name)))


def raw(wishes: PlanWishes, _number: int) -> Iterator[FreeTime]:
    yield from wishes.free


FAULTS: dict[str, Plant] = {
    "the minutes of a week are not counted": instead("_weekly_minutes", lambda _: lambda *_: (10**6, 10**6)),
    "the other's minutes are not counted": instead("_weekly_minutes", lambda own: lambda a, b: (own(a, b)[0],) * 2),
    "an unknown limit is none": instead("UNKNOWN_MINUTES", lambda _: 1200),
    "what is planned counts for nothing": instead(
        "_Week", lambda week: lambda index, wishes, *rest: week(index, wishes._replace(planned=()), *rest)
    ),
    "the week begins on Monday whatever day it is": instead("_stretches", lambda _: raw),
    "a time is longer than it was said to be": instead(
        "_stretches",
        lambda each: lambda *given: (free._replace(end=free.end + 20) for free in each(*given)),
    ),
    "no day is left free": instead("REST_FROM_DAYS", lambda _: 99),
    "one yes is shared": instead(
        "_times_of_both",
        lambda times: (
            lambda offer, wishes, *rest: times(
                offer, wishes._replace(both=frozenset(offer.compiled.index.bit_of)), *rest
            )
        ),
    ),
    "a yes is promised for longer than it lasts": instead("WEEKS_OF_A_YES", lambda weeks: weeks + 1),
    "things have no hours": instead("PARTS_OF_DAY", lambda parts: dict.fromkeys(parts, parts["any"])),
    "whoever wants to be left alone is not": instead("is_left_alone", lambda _: lambda _mine: False),
    "nothing rests": instead("excluded_by_history", lambda _: lambda _offer: 0),
    "the weeks before are forgotten": instead(
        "_moment_of_week",
        lambda moment: lambda start, seen, wishes, weeks: moment(start, seen, wishes, [[] for _ in weeks]),
    ),
    "what does not fit is offered": instead(
        "make_offer", lambda make: lambda *given: make(*given)._replace(fitting=given[0].index.everything)
    ),
    "what is withheld is offered": instead(
        "judge_pair", lambda judge: lambda *given: judge(*given)._replace(withheld=0)
    ),
    "private answers take nothing away": instead(
        "full_reader", lambda reader: lambda *given: reader(*given)._replace(width=~0, allowed=~0)
    ),
    "a quiet plan is as wide as any": instead(
        "quiet_reader", lambda reader: lambda offer, mine: reader(offer, mine)._replace(width=~0, allowed=~0)
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault: str, compiled: CompiledRuleset, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch)

    with pytest.raises(AssertionError):
        check_all(compiled)


def check_all(compiled: CompiledRuleset) -> None:
    for asked in plannings(compiled, sample_couples(range(COUPLES_FOR_A_FAULT))):
        check(asked)


def test_the_quiet_plan_of_one_who_needs_support_is_that_of_one_who_is_not_willing(compiled: CompiledRuleset) -> None:
    asked = PlanWishes(weeks=2, free=(TUESDAY, SATURDAY), both=frozenset({"evening-walk"}))
    plans = [
        Planning(compiled, mine, pool(ROOMY), NO_AGREEMENT, Moment("a seed"), asked, quiet=True).weeks()
        for mine in (
            replace(ROOMY, safety=a_report(fear="yes").safety),
            replace(ROOMY, private=a_report(willingness="no").private),
        )
    ]

    assert plans == [[[], []], [[], []]]
