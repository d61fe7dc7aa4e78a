from dataclasses import replace

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.next_questions import ENOUGH, QuestionPlan, find_first, plan_questions
from app.engine.offer import read
from app.engine.self_report import Busyness, PooledConflict, PooledReport, TimeTogether
from app.engine.shares import LikelyAnswer, QuestionShares, ShareTable
from tests.engine.build import a_report, view_of

WISH, SOURCES = "time_together.desired_hours_per_week", "busyness.sources"
REQUIRED = ("conflict.level", "time_together.hours_per_week")
BEFORE = PooledReport(
    time_together=TimeTogether(hours_per_week=6), conflict=PooledConflict(level="rare"), busyness=Busyness(level="full")
)


def wish(hours: float, weight: int) -> LikelyAnswer:
    return LikelyAnswer(PooledReport(time_together=TimeTogether(desired_hours_per_week=hours)), weight)


def sources(weight: int) -> LikelyAnswer:
    return LikelyAnswer(PooledReport(busyness=Busyness(sources=frozenset({"commute"}))), weight)


ASKED = {
    WISH: QuestionShares(640, answers=(wish(6, 3), wish(40, 1))),
    SOURCES: QuestionShares(900, answers=(sources(1),)),
    "conflict.level": QuestionShares(
        300, answers=(LikelyAnswer(PooledReport(conflict=PooledConflict(level="rare")), 1),)
    ),
}


def counted(compiled: CompiledRuleset, questions: dict[str, QuestionShares]) -> CompiledRuleset:
    return replace(compiled, shares=compiled.shares._replace(table=ShareTable(1000, (), questions)))


@pytest.fixture
def compiled_with(compiled: CompiledRuleset) -> CompiledRuleset:
    return counted(compiled, ASKED)


def test_a_share_is_the_mean_of_what_was_counted_and_what_was_tried(
    compiled: CompiledRuleset, compiled_with: CompiledRuleset
) -> None:
    firsts = [find_first(compiled, read(compiled, replace(BEFORE, time_together=TimeTogether(
        hours_per_week=6, desired_hours_per_week=hours)))) for hours in (6, 40)]  # fmt: skip
    assert firsts[0] == find_first(compiled, read(compiled, BEFORE)) != firsts[1]

    plan = plan_questions(compiled_with, BEFORE)

    # One of four likely wishes changes it: the root of 640 times 250.
    assert plan.questions == ((WISH, 400),)


def test_what_would_change_nothing_here_is_not_asked(compiled_with: CompiledRuleset) -> None:
    assert SOURCES not in dict(plan_questions(compiled_with, BEFORE).questions)


def test_it_is_enough_where_nothing_open_tells_much(compiled: CompiledRuleset) -> None:
    def plan(share: int) -> QuestionPlan:
        return plan_questions(counted(compiled, {WISH: QuestionShares(share, answers=(wish(40, 1),))}), BEFORE)

    assert ENOUGH == 190
    # The root of 36 times 1000 is 189, that of 37 times 1000 is 192.
    assert plan(36) == (((WISH, 189),), True)
    assert plan(37) == (((WISH, 192),), False)
    assert plan_questions(counted(compiled, {}), BEFORE) == ((), True)


def test_what_is_required_comes_alone_and_before_it_nothing_is_enough(compiled_with: CompiledRuleset) -> None:
    plan = plan_questions(compiled_with, PooledReport(), REQUIRED)

    assert {ask.question for ask in plan.questions} == set(REQUIRED)
    assert not plan.is_enough
    assert not plan_questions(counted(compiled_with, {}), PooledReport(), REQUIRED).is_enough


def test_what_was_skipped_is_left_out_and_counts_for_nothing(compiled: CompiledRuleset) -> None:
    telling = counted(compiled, ASKED)
    assert not plan_questions(telling, BEFORE).is_enough

    assert plan_questions(telling, BEFORE, skipped={WISH}) == ((), True)
    needed = plan_questions(telling, PooledReport(), REQUIRED, skipped={"conflict.level"})
    assert [ask.question for ask in needed.questions] == ["time_together.hours_per_week"]
    assert not plan_questions(telling, PooledReport(), REQUIRED, skipped=REQUIRED).is_enough


def test_a_view_asks_nothing_that_can_hardly_change_anything(compiled: CompiledRuleset) -> None:
    def asked(share: int) -> list[tuple[str, int]]:
        view = view_of(counted(compiled, {WISH: QuestionShares(share)}), a_report(), None)
        return [(ask.question, ask.share) for ask in view.ask_next]

    assert asked(50) == [(WISH, 50)]
    assert asked(49) == []
