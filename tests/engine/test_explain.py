"""Every status, and what must hold of any explanation; each change that is named is made and decided again."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from random import Random
from typing import Any

import pytest

from app.engine.answer_changes import ACTIONABLE, BUDGET, PURPOSE, SLOT, ZONE, answer_now
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import (
    MAX_ALTERNATIVES,
    MAX_CHANGES,
    Alternative,
    Target,
    _Search,
    evaluate_for_explanation,
)
from app.engine.evaluate import evaluate
from app.engine.explain import NOT_NOW, QUIET_RESPONSES, SUPPORT_RESPONSE, Explanation, Outranked, explain, targets_of
from app.engine.history import NO_HISTORY, Done, History
from app.engine.reasons import DOES_NOT_FIT, DONE_LATELY, NOT_FOR_US, PUT_OFF
from app.engine.ruleset import NOTHING_FITS
from app.engine.self_report import PooledReport, SelfReport, pool
from app.engine.unmet_constraints import PRIVATE_LIMIT, SHARED, UnmetConstraint
from app.engine.view import Reason, View
from app.engine.vocabulary import ANSWERS, KINDS
from app.rulesets.library import Library
from tests.engine.build import a_report, ids, pooled, practices, strategies, with_answer
from tests.engine.reference import answer
from tests.engine.reports import PRIVATE_PATHS, random_past, random_report, random_value, seeded

REPORTS, TARGETS_OF_EACH = 500, 6
DANCE: dict[str, Any] = {
    "routine": 5,
    "children_at_home": "none",
    "budget": "medium",
    "longest_slot_minutes": 90,
    "likes": {"dance": "love", "learning": "love"},
    "counts_as_quality_time": {"dance": 5},
}


@pytest.fixture(scope="session")
def targets(compiled: CompiledRuleset) -> dict[str, Target]:
    return targets_of(compiled)


class Asking:
    """A view's owner, the other one, and what is asked."""

    def __init__(self, compiled: CompiledRuleset, targets: dict[str, Target]) -> None:
        self._program = compiled
        self._targets = targets

    def __call__(
        self,
        target: str,
        mine: SelfReport,
        theirs: PooledReport | None = None,
        past: History = NO_HISTORY,
        *,
        quiet: bool = False,
    ) -> Explanation:
        return explain(self._program, mine, theirs, self._targets[target], 5, past, quiet=quiet)


@pytest.fixture(scope="session")
def ask(compiled: CompiledRuleset, targets: dict[str, Target]) -> Asking:
    return Asking(compiled, targets)


def constraints(explanation: Explanation) -> list[str]:
    return [each.constraint for each in explanation.blocked_by]


def rules(explanation: Explanation) -> list[str]:
    return [reason.rule for reason in explanation.because]


def answers_of(alternatives: Iterable[Alternative]) -> set[str]:
    return {change.answer for each in alternatives for change in each.changes}


# The statuses


def test_what_is_shown_is_suggested_with_the_reasons_of_the_view(ask: Asking, compiled: CompiledRuleset) -> None:
    mine = a_report(ease="strained", routine=4, busyness="full")
    view = evaluate(compiled, mine, None)

    for suggestion, name in zip(view.activities, ids(compiled, view), strict=True):
        assert ask(name, mine) == Explanation("suggested", suggestion.reasons)
    for each in view.strategies:
        explanation = ask(each.strategy, mine)
        assert explanation.because == (each.reasons or each.withheld_by)


def test_a_slot_that_is_too_short_is_named_with_the_one_that_would_do(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE | {"longest_slot_minutes": 30}))

    assert explanation.status == "withheld"
    assert rules(explanation) == [NOTHING_FITS]
    assert explanation.blocked_by == (UnmetConstraint("longest_slot_minutes", 75, 30),)
    assert explanation.would_change == (Alternative(((SLOT, 30, 75),), "suggested"),)  # type: ignore[arg-type]
    assert explanation.why_none is None


def test_a_limit_that_was_not_given_is_careful_and_has_no_value(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE | {"longest_slot_minutes": None, "budget": None}))

    assert explanation.blocked_by == (
        UnmetConstraint("longest_slot_minutes", 75, None),
        UnmetConstraint("budget", "medium", None),
    )
    (alternative,) = explanation.would_change
    assert [tuple(change) for change in alternative.changes] == [
        (SLOT, None, 75),
        ("circumstances.budget", None, "medium"),
    ]


def test_a_rule_that_withholds_is_the_reason(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE, conflict="chronic"))

    assert explanation.status == "withheld"
    assert rules(explanation)[0] == "small-steps-before-new-ventures-in-chronic-conflict"
    assert [tuple(because) for because in explanation.because[0].because] == [("conflict", "chronic")]
    assert explanation.would_change == ()
    assert explanation.why_none == "why_none_given"


def test_what_no_rule_asks_for_is_not_suggested(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE | {"routine": None}))

    assert (explanation.status, rules(explanation), explanation.blocked_by) == ("not_suggested", ["no_support"], ())
    assert explanation.why_none == "why_none_not_called_for"


def test_a_wish_of_ones_own_may_call_for_it(ask: Asking) -> None:
    explanation = ask("serve_together", a_report())

    assert explanation.status == "not_suggested"
    assert answers_of(explanation.would_change) == {"novelty.shared_purpose"}


def test_wanting_more_time_is_said_as_the_fewest_hours_that_ask_for_it(ask: Asking) -> None:
    explanation = ask("protected_time", a_report(hours_per_week=4, desired_hours_per_week=4))

    assert rules(explanation) == ["no-more-hours-where-there-is-enough"]
    (alternative,) = explanation.would_change
    assert [tuple(change) for change in alternative.changes] == [("time_together.desired_hours_per_week", 4, 5)]


def test_what_was_cut_says_what_came_first_and_at_which_part_of_the_rank(
    ask: Asking, compiled: CompiledRuleset
) -> None:
    mine = a_report(likes={kind: "love" for kind in KINDS if kind != "walk"})
    shown = ids(compiled, evaluate(compiled, mine, None))

    explanation = ask("evening-walk", mine)

    assert explanation.status == "outranked"
    assert explanation.outranked_by is not None
    assert explanation.outranked_by.component == "liking"
    assert explanation.outranked_by.by in shown
    assert "activity_preferences.likes.walk" in answers_of(explanation.would_change)


def test_whoever_needs_support_is_asked_to_change_nothing(ask: Asking, targets: dict[str, Target]) -> None:
    mine = a_report(fear="yes", **DANCE)

    assert {ask(name, mine, pooled(conflict="chronic")) for name in targets} == {SUPPORT_RESPONSE}
    assert Explanation("withheld", (), (), None, (), None) == SUPPORT_RESPONSE


def test_whoever_is_not_willing_now_is_left_in_peace(ask: Asking, targets: dict[str, Target]) -> None:
    assert {ask(name, a_report(willingness="no", **DANCE)) for name in targets} == {NOT_NOW}


# Limits, one by one


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"minutes_per_week": 60}, UnmetConstraint("minutes_per_week", 75, 60)),
        ({"budget": "low"}, UnmetConstraint("budget", "medium", "low")),
        ({"energy": "drained"}, UnmetConstraint("energy", "lively", "drained")),
        ({"comfort_zone": "small_step"}, UnmetConstraint("comfort_zone", "ready", "small_step")),
        ({"children_at_home": "under_6", "childcare": False}, UnmetConstraint("childcare", needs=True, has=False)),
        ({"children_at_home": "under_6"}, UnmetConstraint("childcare", needs=True, has=None)),
        ({"living": "long_distance"}, UnmetConstraint("living", "same_city", "long_distance")),
        ({"season": {"grief", "moving"}}, UnmetConstraint("season", (), ("grief",))),
        ({"health_limits": {"mobility"}}, UnmetConstraint("health_limits", (), ("mobility",))),
        ({"likes": {"dance": "avoid"}}, UnmetConstraint("likes", "ok", "avoid", "dance")),
    ],
)
def test_each_limit_says_what_it_needs_and_what_there_is(
    ask: Asking, said: dict[str, Any], found: UnmetConstraint
) -> None:
    assert ask("dance-class", a_report(**DANCE | said)).blocked_by == (found,)


def test_what_is_for_parents_says_so(ask: Asking, compiled: CompiledRuleset) -> None:
    for_parents = next(each.id for each in compiled.index.order if each.parents_only)

    assert UnmetConstraint("children", ("under_6", "from_6_to_12", "teens", "mixed"), "none") in (
        ask(for_parents, a_report(children_at_home="none")).blocked_by
    )


def test_what_people_drink_at_says_so(ask: Asking, compiled: CompiledRuleset) -> None:
    with_alcohol = next((each.id for each in compiled.index.order if each.alcohol), None)
    if with_alcohol:
        assert "alcohol_free" in constraints(ask(with_alcohol, a_report(alcohol_free=True)))


def test_conflict_names_the_highest_at_which_it_may_be_offered(ask: Asking, compiled: CompiledRuleset) -> None:
    for activity in compiled.index.order:
        blocked = {each.constraint: each for each in ask(activity.id, a_report(conflict="chronic")).blocked_by}
        if "conflict" in blocked:
            highest = blocked["conflict"].needs
            assert blocked["conflict"].has == "chronic"
            assert "conflict" not in constraints(ask(activity.id, a_report(conflict=highest)))


def test_small_steps_are_private_and_nothing_is_asked_of_them(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE, willingness="small_steps"))

    assert explanation.blocked_by == (PRIVATE_LIMIT,)
    assert (rules(explanation), explanation.because[0].because) == (["private"], ())
    assert (explanation.would_change, explanation.why_none) == ((), "why_none_not_yours_alone")


def test_what_comes_before_everything_shown_is_outranked_by_what_brings_variety(
    compiled: CompiledRuleset, targets: dict[str, Target]
) -> None:
    mine = a_report(counts_as_quality_time={"screen": 4}, knows_where_to_start=False, boredom=4)

    explanation = explain(compiled, mine, None, targets["lecture-for-two"], 3)

    assert explanation.status == "outranked"
    assert explanation.outranked_by is not None
    assert explanation.outranked_by.component == "variety"


def test_the_place_of_affection_is_no_place_kept_for_variety(
    compiled: CompiledRuleset, targets: dict[str, Target]
) -> None:
    little = {"hours_per_week": 8, "desired_hours_per_week": 1.75, "busyness": "full", "minutes_per_week": 9}
    mine = a_report(**little, conflict="rare", likes={"game": "avoid"}, affection_interest="open")

    explanation = explain(compiled, mine, None, targets["what-we-managed"], 3)

    assert explanation.outranked_by == Outranked("id", "quiet-face-to-face")


def test_a_private_rule_and_a_limit_of_the_others_are_told_apart_by_nothing_but_whose_they_are(ask: Asking) -> None:
    mine = ask("dance-class", a_report(**DANCE, recent_breach=True))
    other = ask("dance-class", a_report(**DANCE), pooled(**DANCE | {"longest_slot_minutes": 30}))

    assert (mine.blocked_by, other.blocked_by) == ((PRIVATE_LIMIT,), (SHARED,))
    assert (mine.would_change, mine.why_none) == (other.would_change, other.why_none)
    assert mine.why_none == "why_none_not_yours_alone"


def test_of_a_limit_that_both_set_only_mine_is_named(ask: Asking) -> None:
    for slot in (5, 30, None, 74):
        theirs = pooled(**DANCE | {"longest_slot_minutes": slot})
        explanation = ask("dance-class", a_report(**DANCE | {"longest_slot_minutes": 30}), theirs)

        assert explanation.blocked_by == (UnmetConstraint("longest_slot_minutes", 75, 30),)
        assert (explanation.would_change, explanation.why_none) == ((), "why_none_not_yours_alone")


def test_several_limits_of_the_others_are_said_once(ask: Asking) -> None:
    theirs = pooled(**DANCE | {"longest_slot_minutes": 30, "budget": "free", "likes": {"dance": "avoid"}})

    assert ask("dance-class", a_report(**DANCE), theirs).blocked_by == (SHARED,)


def test_a_veto_is_reason_enough(ask: Asking) -> None:
    explanation = ask("dance-class", a_report(**DANCE | {"likes": {"dance": "avoid"}}))

    assert (explanation.would_change, explanation.why_none) == ((), "why_none_veto")


def test_nobody_is_nudged_towards_touch(ask: Asking, compiled: CompiledRuleset) -> None:
    for interest in (None, "no", "everyday_touch", "open"):
        mine = a_report(affection_interest=interest, longest_slot_minutes=5)
        for name in ("affection", *(each.id for each in compiled.index.order if "touch" in each.kinds)):
            assert not any(path.endswith("touch") for path in answers_of(ask(name, mine).would_change))
        assert ask("affection", mine).would_change == ()


def test_a_practice_is_kept_out_by_the_limits_of_what_comes_nearest(ask: Asking) -> None:
    explanation = ask("retreat", a_report(closeness=2, longest_slot_minutes=60))

    assert rules(explanation) == [NOTHING_FITS]
    assert "longest_slot_minutes" in constraints(explanation)


def test_four_changes_at_once_are_too_much(ask: Asking) -> None:
    said = {"longest_slot_minutes": 30, "minutes_per_week": 30, "budget": "free", "comfort_zone": "not_now"}

    explanation = ask("dance-class", a_report(**DANCE | said))

    assert len(explanation.blocked_by) == 4
    assert (explanation.would_change, explanation.why_none) == ((), "why_none_too_much")


def test_a_change_that_asks_for_too_much_is_made_smaller_until_nothing_less_would_do(
    compiled: CompiledRuleset, targets: dict[str, Target]
) -> None:
    """Whatever is proposed, by a limit or not, loses the parts and steps that it does not need."""
    mine = a_report(**DANCE | {"longest_slot_minutes": 30, "budget": "free", "comfort_zone": "not_now"})
    search = _Search(evaluate_for_explanation(compiled, mine, None, 5), targets["dance-class"])

    (alternative,) = search.least([{SLOT: 75, BUDGET: "high", ZONE: "ready"}])
    assert [tuple(change) for change in alternative.changes] == [
        (SLOT, 30, 75),
        (BUDGET, "free", "medium"),
        (ZONE, "not_now", "ready"),
    ]
    fitting = evaluate_for_explanation(compiled, with_answer(mine, ZONE, "ready"), None, 5)
    (alternative,) = _Search(fitting, targets["dance-class"]).least([{SLOT: 75, BUDGET: "high", PURPOSE: True}])
    assert [tuple(change) for change in alternative.changes] == [(SLOT, 30, 75), (BUDGET, "free", "medium")]


# What the past puts aside


@pytest.mark.parametrize(
    ("past", "reason", "why_none"),
    [
        (History(unwanted=frozenset({"dance-class"})), NOT_FOR_US, "why_none_your_choice"),
        (History(put_off=frozenset({"dance-class"})), PUT_OFF, "why_none_your_choice"),
        (History((Done("dance-class", 2),)), DONE_LATELY, "why_none_resting"),
    ],
)
def test_what_is_put_aside_says_by_what_and_asks_for_no_change(
    ask: Asking, past: History, reason: Reason, why_none: str
) -> None:
    told = Explanation("withheld", (reason,), why_none=why_none)

    assert ask("dance-class", a_report(**DANCE), past=past) == told
    assert ask("dance-class", a_report(**DANCE | {"longest_slot_minutes": 30}), past=past) == told
    assert ask("dance-class", a_report(**DANCE), past=past, quiet=True) == QUIET_RESPONSES["activity"]
    assert ask("dance-class", a_report(**DANCE, willingness="no"), past=past) == NOT_NOW
    assert ask("dance-class", a_report(**DANCE, fear="yes"), past=past) == SUPPORT_RESPONSE


def test_what_was_chosen_is_said_before_what_was_done(ask: Asking) -> None:
    one = frozenset({"dance-class"})
    all_three = History((Done("dance-class", 2),), one, one)

    assert ask("dance-class", a_report(**DANCE), past=all_three).because == (NOT_FOR_US,)
    assert ask("dance-class", a_report(**DANCE), past=all_three._replace(unwanted=frozenset())).because == (PUT_OFF,)


def test_a_practice_of_which_all_is_put_aside_says_that_it_can_come_back(
    ask: Asking, compiled: CompiledRuleset
) -> None:
    all_of_it = frozenset(each.id for each in compiled.index.order if each.practice == "protected_time")
    mine = a_report(hours_per_week=1, desired_hours_per_week=12)
    assert ask("protected_time", mine).status == "suggested"

    explanation = ask("protected_time", mine, past=History(unwanted=all_of_it))

    assert (explanation.status, rules(explanation), explanation.blocked_by) == ("withheld", [NOTHING_FITS], ())
    assert (explanation.would_change, explanation.why_none) == ((), "why_none_put_aside")
    quiet = ask("protected_time", mine, past=History(unwanted=all_of_it), quiet=True)
    assert quiet == QUIET_RESPONSES["practice"]


def test_of_a_practice_that_is_partly_put_aside_the_nearest_of_the_rest_is_named(
    ask: Asking, compiled: CompiledRuleset
) -> None:
    mine = a_report(hours_per_week=1, desired_hours_per_week=12, longest_slot_minutes=30)
    within = frozenset(
        each.id for each in compiled.index.order if each.practice == "protected_time" and each.minutes <= 30
    )

    explanation = ask("protected_time", mine, past=History(put_off=within))

    assert constraints(explanation) == ["longest_slot_minutes"]
    assert answers_of(explanation.would_change) == {SLOT}


def test_whose_turn_it_was_is_not_said(compiled: CompiledRuleset, targets: dict[str, Target]) -> None:
    """An activity that was passed over because of a turn is told that it was for both of them."""
    random, told = seeded(10), 0
    for _ in range(60):
        likes = [{kind: random.choice(("like", "love")) for kind in KINDS} for _ in range(2)]
        mine, theirs = a_report(likes=likes[0]), pooled(likes=likes[1])
        before = ids(compiled, evaluate(compiled, mine, theirs))
        for id_ in before:
            past = History((Done(id_, 400),) * 2)
            for gone in set(before) - set(ids(compiled, evaluate(compiled, mine, theirs, 5, past))):
                explanation = explain(compiled, mine, theirs, targets[gone], 5, past)
                assert explanation.status == "outranked"
                assert explanation.outranked_by is not None
                assert explanation.outranked_by.component == "both_of_you"
                told += 1
    assert told > 5


# Quietly


def test_quietly_support_and_not_being_willing_get_one_answer(ask: Asking, targets: dict[str, Target]) -> None:
    for name, target in targets.items():
        for private in ({"fear": "yes"}, {"willingness": "no"}, {"self_harm": "yes", "willingness": "small_steps"}):
            said = ask(name, a_report(**DANCE, **private), pooled(conflict="chronic"), quiet=True)
            assert said == QUIET_RESPONSES[target.kind]
    assert QUIET_RESPONSES["activity"] == Explanation("withheld", (DOES_NOT_FIT,), why_none="why_none_not_yours_alone")


def test_quietly_what_something_private_keeps_out_does_not_fit(ask: Asking) -> None:
    for private in ({"recent_breach": True}, {"willingness": "small_steps"}):
        assert ask("dance-class", a_report(**DANCE, **private), quiet=True) == QUIET_RESPONSES["activity"]
    assert ask("new_experiences", a_report(**DANCE, recent_breach=True), quiet=True) == QUIET_RESPONSES["strategy"]
    assert ask("dance-class", a_report(**DANCE), past=History(gentle=True)).blocked_by == (PRIVATE_LIMIT,)
    assert ask("dance-class", a_report(**DANCE), past=History(gentle=True), quiet=True) == QUIET_RESPONSES["activity"]


def test_quietly_a_limit_is_named_and_a_private_one_beside_it_is_not(ask: Asking) -> None:
    mine = a_report(**DANCE | {"longest_slot_minutes": 30}, recent_breach=True)

    assert ask("dance-class", mine).blocked_by == (UnmetConstraint("longest_slot_minutes", 75, 30), PRIVATE_LIMIT)
    quiet = ask("dance-class", mine, quiet=True)
    assert quiet.blocked_by == (UnmetConstraint("longest_slot_minutes", 75, 30),)
    assert (quiet.because, quiet.would_change) == ((DOES_NOT_FIT,), ())


def test_quietly_affection_is_as_for_one_who_did_not_say(ask: Asking) -> None:
    for interest in ("no", "everyday_touch", "open"):
        assert ask("affection", a_report(affection_interest=interest), quiet=True) == ask("affection", a_report())


def test_quietly_what_is_kept_private_is_neither_named_nor_varied(ask: Asking) -> None:
    mine = with_answer(a_report(**DANCE | {"longest_slot_minutes": 30}), "keep_private", {SLOT})

    quiet = ask("dance-class", mine, quiet=True)

    assert quiet.blocked_by == (UnmetConstraint("longest_slot_minutes", 75, None),)
    assert quiet.would_change == ()


# What holds of every explanation


def test_without_a_private_answer_the_quiet_explanation_is_the_full_one(compiled: CompiledRuleset) -> None:
    random = seeded(11)
    everything = list(targets_of(compiled).values())
    for _ in range(300):
        mine, theirs = random_report(random, is_private=False), random.choice((None, pool(random_report(random))))
        for target in random.sample(everything, 4):
            assert explain(compiled, mine, theirs, target, quiet=True) == explain(compiled, mine, theirs, target)


@pytest.mark.parametrize("quiet", [False, True], ids=["full", "quiet"])
def test_with_a_past_it_agrees_with_the_view_and_every_change_still_does_what_it_says(
    compiled: CompiledRuleset, *, quiet: bool
) -> None:
    random, tried, seen = seeded(12), 0, set()
    everything = list(targets_of(compiled).values())
    names = [each.id for each in compiled.index.order]
    for _ in range(500):
        mine, theirs = random_report(random, is_safe=random.random() < 0.9), pool(random_report(random))
        theirs_or_none, past = random.choice((None, theirs)), random.choice((NO_HISTORY, random_past(random, names)))
        most = random.choice((1, 3, 5, 12))
        view = evaluate(compiled, mine, theirs_or_none, most, past, quiet=quiet)
        for target in random.sample(everything, TARGETS_OF_EACH):
            told = explain(compiled, mine, theirs_or_none, target, most, past, quiet=quiet)
            seen |= {reason.text for reason in told.because}
            assert (told.status == "suggested") == status_by_view(compiled, view, target)
            assert (
                quiet
                or told == SUPPORT_RESPONSE
                or (told.why_none is None) == bool(told.would_change or told.status == "suggested")
            )
            if quiet:
                assert not {"private", "not_willing", "not_for_us", "put_off", "done_lately"} & set(rules(told))
                assert told.why_none not in ("why_none_your_choice", "why_none_resting", "why_none_put_aside")
                assert PRIVATE_LIMIT not in told.blocked_by
            if told.outranked_by:
                assert told.outranked_by.by in [*ids(compiled, view), None]
            for alternative in told.would_change:
                after = posted_again(mine, {change.answer: change.to for change in alternative.changes})
                assert (
                    explain(compiled, after, theirs_or_none, target, most, past, quiet=quiet).status == alternative.then
                )
                tried += 1
    assert tried > 100
    assert quiet or {"not_for_us", "put_off", "done_lately"} <= seen


Case = tuple[SelfReport, PooledReport | None, Target, Explanation, int]


def cases(compiled: CompiledRuleset, seed: int, reports: int = REPORTS) -> Iterator[Case]:
    random = seeded(seed)
    everything = list(targets_of(compiled).values())
    large = [target for target in everything if target.kind != "activity"]
    for _ in range(reports):
        mine = random_report(random, is_safe=random.random() < 0.9)
        theirs = random.choice((None, pool(random_report(random))))
        most = random.choice((1, 2, 3, 5, 5, 12))
        for target in [*random.sample(everything, TARGETS_OF_EACH - 1), random.choice(large)]:
            yield mine, theirs, target, explain(compiled, mine, theirs, target, most), most


def eligible_practices(compiled: CompiledRuleset, view: View) -> set[str]:
    """Read off the reasons of the strategies: each practice on offer gives its own."""
    rule_of = {rule.id: rule for rule in compiled.ruleset.rules}
    given = [reason.rule for each in view.strategies for reason in each.reasons]
    return {str(rule_of[rule].suggests) for rule in given} | set(practices(compiled, view))


def status_by_view(compiled: CompiledRuleset, view: View, target: Target) -> bool:
    """Whether a view itself shows that the target is suggested."""
    if target.kind == "activity":
        return target.id in ids(compiled, view)
    return target.id in (strategies(view) if target.kind == "strategy" else eligible_practices(compiled, view))


def test_it_agrees_with_the_view(compiled: CompiledRuleset) -> None:
    for mine, theirs, target, explanation, most in cases(compiled, 1):
        view = evaluate(compiled, mine, theirs, most)
        assert (explanation.status == "suggested") == status_by_view(compiled, view, target)
        if view.outcome == "support":
            assert explanation == SUPPORT_RESPONSE
        elif target.kind == "strategy":
            stands = next(each for each in view.strategies if each.strategy == target.id)
            assert explanation.because == (stands.reasons or stands.withheld_by)
        if explanation.outranked_by:
            shown: list[str | None] = [*ids(compiled, view)]
            assert explanation.outranked_by.by in (shown or [None])
            assert explanation.outranked_by.by != target.id


def test_limits_that_fail_are_those_that_the_masks_leave_out(compiled: CompiledRuleset) -> None:
    for mine, theirs, target, explanation, most in cases(compiled, 2):
        view = evaluate(compiled, mine, theirs, most)
        if target.kind != "activity" or view.outcome == "support" or explanation == NOT_NOW:
            continue
        fits = view.fitting >> target.position & 1
        left = [each for each in explanation.blocked_by if each.constraint not in ("private", "counts_as_quality_time")]
        is_passive_only = fits and left == [SHARED]
        assert bool(left) != bool(fits) or is_passive_only
        if fits and not is_passive_only:
            assert "counts_as_quality_time" not in constraints(explanation) or explanation.status == "withheld"


def test_status_and_fields_go_together(compiled: CompiledRuleset) -> None:
    for mine, _, target, explanation, _ in cases(compiled, 3):
        if explanation == SUPPORT_RESPONSE:
            continue
        assert explanation.because
        assert (explanation.outranked_by is not None) == (explanation.status == "outranked")
        assert not (explanation.blocked_by and explanation.status != "withheld")
        assert (explanation.why_none is None) == bool(explanation.would_change or explanation.status == "suggested")
        assert len(set(explanation.blocked_by)) == len(explanation.blocked_by)
        for each in explanation.blocked_by:
            if each.is_named and each.constraint != "counts_as_quality_time":
                assert each.has is None or each.has != ()
                assert each.needs != each.has
        assert not (explanation.would_change and target.kind == "practice" and target.id == "affection")
        assert not (explanation.would_change and mine.private and mine.private.willingness == "no")


def test_every_change_does_what_it_says_and_nothing_less_does(compiled: CompiledRuleset) -> None:
    tried = 0
    for mine, theirs, target, explanation, most in cases(compiled, 4, reports=900):
        sizes = [len(alternative.changes) for alternative in explanation.would_change]
        assert sizes == sorted(sizes)
        assert len(sizes) <= MAX_ALTERNATIVES
        for alternative in explanation.would_change:
            moves = {change.answer: change.to for change in alternative.changes}
            assert 0 < len(moves) <= MAX_CHANGES
            assert alternative.then in ("suggested", "outranked")
            assert then(compiled, mine, theirs, target, most, moves) == alternative.then
            for count in range(1, len(moves)):
                for kept in combinations(moves, count):
                    part = {path: moves[path] for path in kept}
                    assert then(compiled, mine, theirs, target, most, part) != alternative.then
            for change in alternative.changes:
                for less in just_less(mine, change.answer, change.to):
                    assert then(compiled, mine, theirs, target, most, moves | {change.answer: less}) != alternative.then
            tried += 1
    assert tried > 300


def then(
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    target: Target,
    most: int,
    moves: dict[str, Any],
) -> str:
    return explain(compiled, posted_again(mine, moves), theirs, target, most).status


def posted_again(mine: SelfReport, moves: dict[str, Any]) -> SelfReport:
    """With other hands than the engine's own."""
    for path, to in moves.items():
        group, name, *kind = path.split(".")
        held = answer(mine, f"{group}.{name}")
        mine = with_answer(mine, f"{group}.{name}", {**(held or {}), kind[0]: to} if kind else to)
    return mine


def just_less(mine: SelfReport, path: str, to: Any) -> list[Any]:
    """The next value towards today's, where there is one between the two."""
    now = answer_now(mine, path)
    shape = ANSWERS[".".join(path.split(".")[:2])]
    if shape.levels and isinstance(to, str):
        lower = shape.levels.index(to) - 1
        floor = shape.levels.index(now) if now else 0
        return [shape.levels[lower]] if lower > floor else []
    if isinstance(to, bool):
        return []
    step = 0.25 if shape.shape == "number" else 1
    return [to - step] if to - step > (now or 0) else []


def test_only_what_a_person_can_decide_is_varied_and_no_veto_is_taken_back(library: Library) -> None:
    asked = {question.id for question in library.questions if question.actionable}
    assert asked == set(ACTIONABLE)
    seen: set[str] = set()
    for mine, _, _, explanation, _ in cases(library.compiled, 5):
        for change in (change for each in explanation.would_change for change in each.changes):
            path = ".".join(change.answer.split(".")[:2])
            seen.add(path)
            assert path in asked
            assert change.now == answer_now(mine, change.answer) != change.to
            assert change.now != "avoid"
            assert not change.answer.endswith(".touch")
    assert len(seen) > 5


def test_it_is_a_function_of_what_the_other_pooled(compiled: CompiledRuleset) -> None:
    random = seeded(6)
    everything = list(targets_of(compiled).values())
    for _ in range(200):
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


def test_nothing_private_is_named(compiled: CompiledRuleset) -> None:
    private = {finding.id for finding in compiled.findings if finding.label == "private"}
    of_private = {rule.id for rule in compiled.rules if rule.is_private}
    paths = set(PRIVATE_PATHS)
    for _, _, _, explanation, _ in cases(compiled, 7):
        for reason in explanation.because:
            assert reason.rule not in of_private
            assert not {finding for finding, _ in reason.because} & private
        assert not answers_of(explanation.would_change) & paths
        for each in explanation.blocked_by:
            if each in (PRIVATE_LIMIT, SHARED):
                assert (each.needs, each.has, each.kind) == (None, None, None)


def test_what_is_named_of_a_limit_is_the_viewers_own(compiled: CompiledRuleset) -> None:
    """With the other gone, every limit that was named still fails and names the same: none of it came from them."""
    for mine, theirs, target, explanation, most in cases(compiled, 8):
        if theirs is None or target.kind != "activity":
            continue
        alone = explain(compiled, mine, None, target, most)
        named = {
            each for each in explanation.blocked_by if each.is_named and each.constraint != "counts_as_quality_time"
        }
        assert named <= set(alone.blocked_by)


def test_a_component_that_is_named_is_there_for_the_viewer_alone(
    compiled: CompiledRuleset, targets: dict[str, Target]
) -> None:
    mine = a_report(likes=dict.fromkeys(KINDS, "love"))
    theirs = pooled(likes={kind: "love" for kind in KINDS if kind != "walk"})

    explanation = explain(compiled, mine, theirs, targets["evening-walk"])

    assert explanation.status == "outranked"
    assert explanation.outranked_by is not None
    assert explanation.outranked_by.component == "both_of_you"


def test_every_reason_is_one_that_a_renderer_can_keep(compiled: CompiledRuleset) -> None:
    """Reasons are kept by whoever renders them: the same one has to be the same object."""
    made = [
        {id(reason) for _, _, _, explanation, _ in cases(compiled, 9, 60) for reason in explanation.because}
        for _ in range(2)
    ]

    assert made[0] == made[1]
