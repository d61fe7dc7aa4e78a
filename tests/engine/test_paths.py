"""A begun path brings its next step once the one before was done; one for two only where both began it."""

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.decision_record import from_record, to_record
from app.engine.history import BegunPath, Done, History
from app.engine.self_report import Agreed
from app.engine.view import StepOfPath, View
from tests.engine.build import a_report, ids, pooled, view_of

CHECK_IN, BREACH = "a-check-in-that-stays", "after-a-breach"
STEPS = ("thumb-before-words", "midday-kind-word", "daily-checkin", "listen-or-ideas", "weekly-checkin")
BOTH = Agreed(paths=frozenset({CHECK_IN}))
ROOM = {"longest_slot_minutes": 60, "minutes_per_week": 600, "energy": "ok"}


def begun(*done: str, path: str = CHECK_IN, days_ago: int = 3) -> History:
    return History(tuple(Done(each, 1) for each in done), paths=(BegunPath(path, days_ago),))


def steps_in(compiled: CompiledRuleset, view: View) -> dict[str, StepOfPath]:
    return {id_: one.step for id_, one in zip(ids(compiled, view), view.activities, strict=True) if one.step}


def both_see(compiled: CompiledRuleset, history: History, *, quiet: bool = False) -> dict[str, StepOfPath]:
    return steps_in(compiled, view_of(compiled, a_report(**ROOM), pooled(**ROOM), 5, history, BOTH, quiet=quiet))


@pytest.mark.parametrize("quiet", [False, True])
def test_each_step_comes_when_the_one_before_was_done(compiled: CompiledRuleset, *, quiet: bool) -> None:
    for number, step in enumerate(STEPS, 1):
        expected = {step: StepOfPath(CHECK_IN, number, len(STEPS))}
        assert both_see(compiled, begun(*STEPS[: number - 1]), quiet=quiet) == expected
    assert both_see(compiled, begun(*STEPS), quiet=quiet) == {}


def test_a_step_stands_in_the_third_place_or_on_your_own(compiled: CompiledRuleset) -> None:
    for done, place in (((), "also_called_for"), (STEPS[:1], "on_your_own")):
        view = view_of(compiled, a_report(**ROOM), pooled(**ROOM), 5, begun(*done), BOTH)
        (stands,) = [one.place for one in view.activities if one.step]
        assert stands in (place, "where_to_begin")


def test_where_one_began_it_only_what_they_can_do_alone_comes(compiled: CompiledRuleset) -> None:
    for theirs in (pooled(**ROOM), None):
        view = view_of(compiled, a_report(**ROOM), theirs, 5, begun())
        assert steps_in(compiled, view) == {STEPS[1]: StepOfPath(CHECK_IN, 2, len(STEPS))}
        after = view_of(compiled, a_report(**ROOM), theirs, 5, begun(STEPS[1]))
        assert steps_in(compiled, after) == {}


def test_what_was_done_before_the_path_was_begun_is_still_before_them(compiled: CompiledRuleset) -> None:
    earlier = History((Done(STEPS[0], 10),), paths=(BegunPath(CHECK_IN, 3),))

    assert STEPS[0] in both_see(compiled, earlier)


def test_a_step_that_is_not_for_them_is_passed_over(compiled: CompiledRuleset) -> None:
    assert [*both_see(compiled, begun()._replace(unwanted=frozenset(STEPS[:2])))] == [STEPS[2]]
    assert both_see(compiled, begun()._replace(put_off=frozenset(STEPS[:1]))) == {}, (
        "it was only put off, so the path waits"
    )


@pytest.mark.parametrize("step", [STEPS[0], STEPS[1]])
def test_no_limit_gives_way_to_a_path(compiled: CompiledRuleset, step: str) -> None:
    first = compiled.index.order[compiled.index.bit_of[step].bit_length() - 1]
    vetoed = dict.fromkeys(first.kinds, "avoid")

    view = view_of(
        compiled, a_report(**ROOM, likes=vetoed), pooled(**ROOM), 20, begun(*STEPS[: STEPS.index(step)]), BOTH
    )

    assert steps_in(compiled, view) == {}
    assert step not in ids(compiled, view)


def test_a_path_for_something_private_is_named_only_where_that_may_be(compiled: CompiledRuleset) -> None:
    history = begun(path=BREACH)
    for said, quiet, named in (
        ({"recent_breach": True}, False, True),
        ({"recent_breach": True}, True, False),
        ({}, False, False),
    ):
        view = view_of(compiled, a_report(**ROOM, **said), None, 20, history, quiet=quiet)
        assert bool(steps_in(compiled, view)) == named
        assert not named or "ten-quiet-minutes-for-you" in steps_in(compiled, view)


def test_in_a_quiet_view_a_path_for_something_private_adds_nothing(compiled: CompiledRuleset) -> None:
    mine = a_report(**ROOM, recent_breach=True)
    without = view_of(compiled, mine, pooled(**ROOM), 20, quiet=True)
    view = view_of(compiled, mine, pooled(**ROOM), 20, begun(path=BREACH), quiet=True)

    assert {one.strategy: one.standing for one in view.strategies} == {
        one.strategy: one.standing for one in without.strategies
    }


def test_a_record_keeps_the_step(compiled: CompiledRuleset) -> None:
    view = view_of(compiled, a_report(**ROOM), pooled(**ROOM), 5, begun(), BOTH)

    assert steps_in(compiled, view)
    assert steps_in(compiled, from_record(compiled, to_record(compiled, view))) == steps_in(compiled, view)
