"""A view of which only some private answers are told: the others take away as in the quiet view, and say nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.explain import QUIET_RESPONSE, Explanation, explain, targets_of
from app.engine.history import NO_HISTORY, Moment
from app.engine.self_report import PooledReport, SelfReport, answer_at, pool
from app.engine.view import View
from tests.engine.build import with_answer
from tests.engine.reports import PRIVATE_PATHS, random_past, random_report, seeded


class Case(NamedTuple):
    mine: SelfReport
    disclosed: SelfReport
    theirs: PooledReport
    moment: Moment

    def view(self, compiled: CompiledRuleset) -> View:
        return evaluate(compiled, self.mine, self.theirs, moment=self.moment, disclosed=self.disclosed)


def likes_of(report: SelfReport) -> object:
    return answer_at(report, "activity_preferences.likes")


def only_pooled(report: SelfReport) -> SelfReport:
    """The same report without anything private, the liking of touch and a separation too."""
    for path in PRIVATE_PATHS:
        report = with_answer(report, path, None)
    pooled = pool(report)
    for name in ("activity_preferences", "circumstances"):
        report = replace(report, **{name: getattr(pooled, name)})
    return report


def cases(compiled: CompiledRuleset, seed: int, number: int) -> Iterator[Case]:
    random = seeded(seed)
    everything = [activity.id for activity in compiled.index.order]
    for _ in range(number):
        mine = replace(random_report(random, is_private=True), keep_private=None)
        disclosed = only_pooled(mine) if random.random() < 0.2 else mine
        for path in PRIVATE_PATHS:
            if random.random() < 0.5:
                disclosed = with_answer(disclosed, path, None)
        past = random.choice((NO_HISTORY, random_past(random, everything)))
        past = past._replace(is_gentle_told=random.random() < 0.5)
        yield Case(mine, disclosed, pool(random_report(random)), Moment("s", 2, (), past, random.choice((3, 5, 20))))


def test_where_everything_is_told_it_is_the_full_view(compiled: CompiledRuleset) -> None:
    for case in cases(compiled, 1, 40):
        full = evaluate(compiled, case.mine, case.theirs, moment=case.moment)

        assert case._replace(disclosed=case.mine).view(compiled) == full


def test_where_nothing_private_is_told_it_is_the_quiet_view(compiled: CompiledRuleset) -> None:
    for case in cases(compiled, 2, 40):
        moment = case.moment._replace(history=case.moment.history._replace(is_gentle_told=False))
        quiet = evaluate(compiled, case.mine, case.theirs, moment=moment, quiet=True)

        view = case._replace(disclosed=only_pooled(case.mine), moment=moment).view(compiled)

        # The verdict is for a trace: it knows that a season was answered.
        assert view._replace(verdict=None) == quiet._replace(verdict=None)


def test_what_is_not_told_takes_away_by_three_widths_and_says_nothing(compiled: CompiledRuleset) -> None:
    """Whatever the private cause, the view is one of three, made from what is told and one cause."""
    met = set()
    for case in cases(compiled, 3, 150):
        if case.moment.history.gentle and case.moment.history.is_gentle_told:
            continue
        # A veto of touch takes away touch and nothing else.
        base = with_answer(case.disclosed, "activity_preferences.likes", likes_of(case.mine))
        heavier = case.moment.history._replace(gentle=True, is_gentle_told=False)
        asks = (
            case._replace(mine=base),
            case._replace(mine=base, moment=case.moment._replace(history=heavier)),
            case._replace(mine=with_answer(base, "private.willingness", "no")),
        )
        views = [ask.view(compiled) for ask in asks]
        found = case.view(compiled)

        assert found in views
        met.add(views.index(found))
    assert met == {0, 1, 2}


@pytest.mark.parametrize("seed", range(3))
def test_what_is_shown_is_explained_and_what_is_taken_away_is_not(compiled: CompiledRuleset, seed: int) -> None:
    random, targets, hushed = seeded(seed), targets_of(compiled), 0
    for case in cases(compiled, 10 + seed, 25):
        view = case.view(compiled)
        if view.outcome != "suggestions":
            continue
        for shown in view.activities:
            assert explained(compiled, case, compiled.index.order[shown.position].id).status == "suggested"
        alone = case._replace(mine=case.disclosed)
        for name in random.sample(sorted(targets), 40):
            found = explained(compiled, case, name)
            hushed += found == QUIET_RESPONSE
            if found.status in ("withheld", "not_suggested") and found != QUIET_RESPONSE:
                # The words are those that what is told would be given by itself.
                assert (found.because, found.blocked_by) == explained(compiled, alone, name)[1:3]
    assert hushed


def explained(compiled: CompiledRuleset, case: Case, target: str) -> Explanation:
    name = targets_of(compiled)[target]
    return explain(compiled, case.mine, case.theirs, name, moment=case.moment, disclosed=case.disclosed)
