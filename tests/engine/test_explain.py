"""Every status, and what must hold of any explanation; each change that is named is made and decided again."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

import pytest

from app.engine.answer_changes import ACTIONABLE, PURPOSE, SLOT, ZONE, answer_now
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import MAX_ALTERNATIVES, MAX_CHANGES, Alternative, Target
from app.engine.evaluate import evaluate
from app.engine.explain import NOT_NOW, QUIET_RESPONSE, SUPPORT_RESPONSE, Explanation, explain, targets_of
from app.engine.history import NO_HISTORY, Done, History, Moment
from app.engine.self_report import NO_AGREEMENT, Agreed, PooledReport, SelfReport, pool
from app.engine.unmet_constraints import PRIVATE_LIMIT, SHARED, UnmetConstraint
from app.engine.view import NOT_THE_MOMENT, View
from app.rulesets.library import Library
from tests.engine.build import a_report, ids, pooled, strategies, with_answer
from tests.engine.reference import answer
from tests.engine.reports import PRIVATE_PATHS, random_past, random_report, random_value, seeded

REPORTS, TARGETS_OF_EACH = 300, 5
DANCE: dict[str, Any] = {
    "routine": 5,
    "comfort_zone": "ready",
    "children_at_home": "none",
    "living": "same_home",
    "budget": "medium",
    "longest_slot_minutes": 90,
    "energy": "lively",
    "likes": {"dance": "love"},
}


@pytest.fixture(scope="session")
def targets(compiled: CompiledRuleset) -> dict[str, Target]:
    return targets_of(compiled)


class Asking:
    """A view's owner, the other one, and what is asked."""

    def __init__(self, compiled: CompiledRuleset, targets: dict[str, Target]) -> None:
        self._compiled = compiled
        self._targets = targets

    def __call__(
        self,
        target: str,
        mine: SelfReport,
        theirs: PooledReport | None = None,
        past: History = NO_HISTORY,
        agreed: Agreed = NO_AGREEMENT,
        *,
        quiet: bool = False,
    ) -> Explanation:
        return explain(self._compiled, mine, theirs, self._targets[target], agreed, Moment(history=past), quiet=quiet)


@pytest.fixture(scope="session")
def ask(compiled: CompiledRuleset, targets: dict[str, Target]) -> Asking:
    return Asking(compiled, targets)


def constraints(explanation: Explanation) -> list[str]:
    return [unmet.constraint for unmet in explanation.blocked_by]


def rules(explanation: Explanation) -> list[str]:
    return [reason.id for reason in explanation.because]


def answers_of(alternatives: Iterable[Alternative]) -> set[str]:
    return {change.answer for alternative in alternatives for change in alternative.changes}


# The statuses


def test_what_is_shown_is_suggested_with_the_reasons_of_the_view(ask: Asking, compiled: CompiledRuleset) -> None:
    mine = a_report(ease="strained", routine=4, busyness="full")
    view = evaluate(compiled, mine, None)

    for suggestion, name in zip(view.activities, ids(compiled, view), strict=True):
        explanation = ask(name, mine)
        assert explanation == Explanation("suggested", suggestion.reasons or explanation.because)
        assert explanation.because
    for strategy in view.strategies:
        if strategy.standing != "not_now":
            assert ask(strategy.strategy, mine) == Explanation("suggested", strategy.reasons)


def test_a_slot_that_is_too_short_is_named_with_the_one_that_would_do(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE | {"longest_slot_minutes": 30}))

    assert explanation.status == "withheld"
    assert explanation.because == ()
    assert explanation.blocked_by == (UnmetConstraint("longest_slot_minutes", 75, 30),)
    assert (SLOT, 30, 75) in {tuple(change) for each in explanation.would_change for change in each.changes}


def test_a_limit_that_was_not_given_is_careful_and_has_no_value(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE | {"longest_slot_minutes": None, "budget": None}))

    assert explanation.blocked_by == (
        UnmetConstraint("longest_slot_minutes", 75, None),
        UnmetConstraint("budget", "medium", None),
    )


def test_a_rule_that_withholds_is_the_reason(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE, conflict="chronic"))

    assert explanation.status == "withheld"
    assert "small-steps-before-new-ventures-in-chronic-conflict" in rules(explanation)
    assert [tuple(because) for because in explanation.because[0].because] == [("conflict", "chronic")]
    assert explanation.would_change == ()
    assert explanation.why_none == "why_none_given"


def test_what_no_rule_asks_for_is_not_suggested(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE | {"routine": None, "comfort_zone": None}))

    assert (explanation.status, rules(explanation), explanation.blocked_by) == ("not_suggested", [NOT_THE_MOMENT], ())


def test_a_limit_of_the_other_is_told_once_and_without_its_number(ask: Asking) -> None:
    explanation = ask(
        "dance-class", a_report(**DANCE), pooled(**DANCE | {"longest_slot_minutes": 20, "budget": "free"})
    )

    assert explanation.status == "withheld"
    assert explanation.blocked_by == (SHARED,)
    assert rules(explanation) == [NOT_THE_MOMENT]
    assert (explanation.would_change, explanation.why_none) == ((), "why_none_not_yours_alone")


def test_an_own_limit_is_named_whatever_the_other_answered(ask: Asking) -> None:
    mine = a_report(**DANCE | {"longest_slot_minutes": 30})

    assert ask("dance-class", mine, pooled(**DANCE)).blocked_by == ask("dance-class", mine).blocked_by
    narrow = pooled(**DANCE | {"longest_slot_minutes": 20, "budget": "free"})
    assert ask("dance-class", mine, narrow).blocked_by == ask("dance-class", mine).blocked_by


def test_a_veto_stays_a_veto(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE | {"likes": {"dance": "avoid"}}))

    assert constraints(explanation) == ["likes"]
    assert (explanation.would_change, explanation.why_none) == ((), "why_none_veto")


def test_an_own_choice_is_the_reason_that_counts(ask: Asking) -> None:
    past = History(unwanted=frozenset({"dance-class"}), put_off=frozenset({"last-stop"}))
    mine = a_report(**DANCE)

    assert rules(ask("dance-class", mine, past=past)) == ["not_for_us"]
    assert rules(ask("last-stop", mine, past=past)) == ["put_off"]
    assert ask("dance-class", mine, past=past, quiet=True) == QUIET_RESPONSE


def test_what_was_done_lately_rests(ask: Asking) -> None:
    explanation = ask("last-stop", a_report(**DANCE), past=History(done=(Done("last-stop", 3),)))

    assert (rules(explanation), explanation.why_none) == (["done_lately"], "why_none_resting")


def test_affection_needs_both_and_nobody_is_to_change_an_answer_for_it(ask: Asking) -> None:
    mine, theirs = a_report(), pooled()

    assert ask("affection", mine, theirs).status != "suggested"
    assert ask("affection", mine, theirs).would_change == ()
    assert ask("affection", mine, theirs).why_none == "why_none_not_yours_alone"
    agreed = Agreed(affection="everyday_touch")
    assert {ask(name, mine, theirs, agreed=agreed).status for name in ("hand-on-shoulder", "affection")} <= {
        "suggested",
        "outranked",
    }


@pytest.mark.parametrize("target", ["evening-walk", "everyday_moments", "quality_time"])
def test_who_needs_support_or_is_not_willing_gets_one_answer_about_everything(ask: Asking, target: str) -> None:
    afraid, unwilling = a_report(fear="yes"), a_report(willingness="no")

    assert ask(target, afraid) == SUPPORT_RESPONSE
    assert ask(target, unwilling) == NOT_NOW
    assert ask(target, afraid, quiet=True) == ask(target, unwilling, quiet=True) == QUIET_RESPONSE


def test_quietly_a_private_cause_has_no_name(ask: Asking) -> None:
    mine = a_report(**DANCE, recent_breach=True)

    assert ask("dance-class", mine, quiet=True) == QUIET_RESPONSE
    assert ask("new_experiences", mine, quiet=True) == QUIET_RESPONSE
    assert PRIVATE_LIMIT in ask("dance-class", mine).blocked_by


def test_a_wish_that_would_open_the_door_is_named(ask: Asking) -> None:
    explanation = ask("serve_together", a_report(shared_purpose=None))

    assert {PURPOSE, ZONE} & answers_of(explanation.would_change)


# What holds of every explanation


class Case(NamedTuple):
    """What was asked, of whom, and the answer."""

    mine: SelfReport
    theirs: PooledReport | None
    target: Target
    moment: Moment
    explanation: Explanation


def cases(compiled: CompiledRuleset, seed: int, reports: int = REPORTS, *, quiet: bool = False) -> Iterator[Case]:
    random = seeded(seed)
    everything = list(targets_of(compiled).values())
    large = [target for target in everything if target.kind != "activity"]
    names = [activity.id for activity in compiled.index.order]
    for number in range(reports):
        mine = random_report(random, is_safe=random.random() < 0.9)
        theirs = random.choice((None, pool(random_report(random))))
        past = random.choice((NO_HISTORY, NO_HISTORY, random_past(random, names)))
        limit, seed_of_two = random.choice((1, 2, 3, 5, 5, 12)), random.choice(("", f"couple {number}"))
        moment = Moment(seed_of_two, number % 9, tuple(random.sample(names, 20)), past, limit)
        for target in [*random.sample(everything, TARGETS_OF_EACH - 1), random.choice(large)]:
            explanation = explain(compiled, mine, theirs, target, moment=moment, quiet=quiet)
            yield Case(mine, theirs, target, moment, explanation)


def is_shown(compiled: CompiledRuleset, view: View, target: Target) -> bool | None:
    """Whether a view itself shows that the target is suggested; None where it does not tell."""
    if target.kind == "activity":
        return target.id in ids(compiled, view)
    return target.id in strategies(view) if target.kind == "strategy" else None


@pytest.mark.parametrize("quiet", [False, True], ids=["full", "quiet"])
def test_it_agrees_with_the_view(compiled: CompiledRuleset, *, quiet: bool) -> None:
    for mine, theirs, target, moment, explanation in cases(compiled, 1, quiet=quiet):
        view = evaluate(compiled, mine, theirs, moment=moment, quiet=quiet)
        assert is_shown(compiled, view, target) in (None, explanation.status == "suggested")
        if view.outcome == "support":
            assert explanation == SUPPORT_RESPONSE


def test_status_and_fields_go_together(compiled: CompiledRuleset) -> None:
    statuses = set()
    for mine, _, target, _, explanation in cases(compiled, 3):
        statuses.add(explanation.status)
        if explanation == SUPPORT_RESPONSE:
            continue
        is_add_on = bool(target.activities & compiled.index.by_practice["affection"])
        assert explanation.because or is_add_on or any(unmet.is_named for unmet in explanation.blocked_by)
        assert not (explanation.blocked_by and explanation.status not in ("withheld", "not_suggested"))
        assert (explanation.why_none is None) == bool(explanation.would_change or explanation.status == "suggested")
        assert len(set(explanation.blocked_by)) == len(explanation.blocked_by)
        assert SHARED not in explanation.blocked_by or {*explanation.blocked_by} <= {SHARED, PRIVATE_LIMIT}
        assert not (explanation.would_change and target.id == "affection")
        assert not (explanation.would_change and mine.private and mine.private.willingness == "no")
    assert statuses == {"suggested", "withheld", "not_suggested", "outranked"}


@pytest.mark.parametrize("quiet", [False, True], ids=["full", "quiet"])
def test_every_change_does_what_it_says_and_nothing_less_does(compiled: CompiledRuleset, *, quiet: bool) -> None:
    tried = 0
    for case in cases(compiled, 4, quiet=quiet):
        sizes = [len(alternative.changes) for alternative in case.explanation.would_change]
        assert sizes == sorted(sizes)
        assert len(sizes) <= MAX_ALTERNATIVES
        for alternative in case.explanation.would_change:
            moves = {change.answer: change.to for change in alternative.changes}
            assert 0 < len(moves) <= MAX_CHANGES
            assert alternative.then in ("suggested", "outranked")
            assert then(compiled, case, moves, quiet=quiet) == alternative.then
            for count in range(1, len(moves)):
                for fewer in combinations(moves, count):
                    part = {path: moves[path] for path in fewer}
                    assert then(compiled, case, part, quiet=quiet) != alternative.then
            tried += 1
    assert tried > 100


def then(compiled: CompiledRuleset, case: Case, moves: dict[str, Any], *, quiet: bool) -> str:
    after = posted_again(case.mine, moves)
    return explain(compiled, after, case.theirs, case.target, moment=case.moment, quiet=quiet).status


def posted_again(mine: SelfReport, moves: dict[str, Any]) -> SelfReport:
    """With other hands than the engine's own."""
    for path, to in moves.items():
        group, name, *kind = path.split(".")
        before = answer(mine, f"{group}.{name}")
        mine = with_answer(mine, f"{group}.{name}", {**(before or {}), kind[0]: to} if kind else to)
    return mine


def test_only_what_a_person_can_decide_is_varied_and_no_veto_is_taken_back(library: Library) -> None:
    asked = {question.id for question in library.questions if question.actionable}
    assert asked == set(ACTIONABLE)
    seen: set[str] = set()
    for mine, _, _, _, explanation in cases(library.compiled, 5):
        for change in (change for alternative in explanation.would_change for change in alternative.changes):
            path = ".".join(change.answer.split(".")[:2])
            seen.add(path)
            assert path in asked
            assert change.now == answer_now(mine, change.answer) != change.to
            assert change.now != "avoid"
            assert not change.answer.endswith(".touch")
    assert len(seen) > 3


def test_it_is_a_function_of_what_the_other_pooled(compiled: CompiledRuleset) -> None:
    random = seeded(6)
    everything = list(targets_of(compiled).values())
    for _ in range(150):
        mine, theirs = random_report(random), random_report(random, is_safe=False)
        elsewhere = other_world(theirs, random)
        for target in random.sample(everything, 3):
            one = explain(compiled, mine, pool(theirs), target)
            assert one == explain(compiled, mine, pool(elsewhere), target)


def other_world(report: SelfReport, random: Random) -> SelfReport:
    """The same pooled answers, other private ones; what is kept private is another answer or none."""
    for path in PRIVATE_PATHS:
        report = with_answer(report, path, random.choice((None, random_value(random, path))))
    for path in sorted(report.keep_private or ()):
        report = with_answer(report, path, random_value(random, path)) if "." in path else report
    return report


def test_whatever_the_other_answered_the_words_are_the_readers_own(compiled: CompiledRuleset) -> None:
    """The reasons of what is suggested, and the own limits of what is not, are the same beside any other partner."""
    random = seeded(7)
    everything = list(targets_of(compiled).values())
    for _ in range(200):
        mine, one, two = (random_report(random) for _ in range(3))
        for target in random.sample(everything, 4):
            told = [explain(compiled, mine, pool(theirs), target) for theirs in (one, two)]
            if {explanation.status for explanation in told} == {"suggested"}:
                assert told[0].because == told[1].because
            own = [
                {unmet for unmet in each.blocked_by if unmet.is_named and unmet.constraint != "counts_as_quality_time"}
                for each in told
                if each.blocked_by and target.kind == "activity"
            ]
            assert len(own) < 2 or not own[0] or not own[1] or own[0] == own[1]


def test_nothing_private_is_named(compiled: CompiledRuleset) -> None:
    private = {finding.id for finding in compiled.findings if finding.label != "pooled"}
    of_private = {rule.id for rule in compiled.rules if rule.is_private}
    paths = set(PRIVATE_PATHS)
    for _, _, _, _, explanation in cases(compiled, 8):
        for reason in explanation.because:
            assert reason.id not in of_private
            assert not {finding for finding, _ in reason.because} & private
        assert not answers_of(explanation.would_change) & paths
        for unmet in explanation.blocked_by:
            if unmet in (PRIVATE_LIMIT, SHARED):
                assert (unmet.needs, unmet.has, unmet.kind) == (None, None, None)


def test_quietly_it_never_says_what_rests_on_something_private(compiled: CompiledRuleset) -> None:
    for _, _, _, _, explanation in cases(compiled, 9, quiet=True):
        assert not {"not_willing", "not_for_us", "put_off", "done_lately"} & set(rules(explanation))
        assert explanation.why_none not in ("why_none_your_choice", "why_none_resting", "why_none_put_aside")
        assert PRIVATE_LIMIT not in explanation.blocked_by


def test_every_reason_is_one_that_a_renderer_can_keep(compiled: CompiledRuleset) -> None:
    """Reasons are kept by whoever renders them: the same one has to be the same object."""
    made = [{id(reason) for case in cases(compiled, 10, 60) for reason in case.explanation.because} for _ in range(2)]

    assert made[0] == made[1]
