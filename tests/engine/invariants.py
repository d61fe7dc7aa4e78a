"""What holds of every view, checked against the answers and the activities' own data, one plain sentence at a time."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import clauses
from app.engine.evaluate import evaluate
from app.engine.history import COOLDOWN_DAYS, NO_MOMENT, History, Moment
from app.engine.ruleset import Activity, Rule
from app.engine.self_report import NO_AGREEMENT, Agreed, PooledReport, SelfReport, pool
from app.engine.view import Reason, View
from app.engine.vocabulary import POOLED_PATHS
from tests.engine.reference import answer

COSTS = ("free", "low", "medium", "high")
NEW_EXPERIENCES = ("learn_together", "serve_together", "explore_together")
LEVELS = ("rare", "occasional", "frequent", "chronic")


@dataclass(frozen=True)
class Case:
    """One view with all that led to it."""

    compiled: CompiledRuleset
    mine: SelfReport
    theirs: PooledReport | None
    most: int
    view: View
    moment: Moment = NO_MOMENT
    agreed: Agreed = NO_AGREEMENT
    quiet: bool = False

    @property
    def past(self) -> History:
        return self.moment.history

    @property
    def heard(self) -> list[Any]:
        return [self.mine] if self.theirs is None else [self.mine, self.theirs]

    @property
    def activities(self) -> list[Activity]:
        return [self.compiled.index.order[suggestion.position] for suggestion in self.view.activities]

    @property
    def reasons(self) -> Iterator[Reason]:
        for strategy in self.view.strategies:
            yield from strategy.reasons + strategy.withheld_by
        for suggestion in self.view.activities:
            yield from suggestion.reasons

    def told(self, path: str) -> list[Any]:
        """What those who were heard told about this."""
        return [said for said in (answer(report, path) for report in self.heard) if said is not None]

    def conflict(self) -> int:
        return max((LEVELS.index(level) for level in self.told("conflict.level")), default=0)

    def seasons(self) -> set[str]:
        return {season for said in self.told("circumstances.season") for season in said}


def a_case(
    compiled: CompiledRuleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    moment: Moment = NO_MOMENT,
    agreed: Agreed = NO_AGREEMENT,
    *,
    quiet: bool = False,
) -> Case:
    view = evaluate(compiled, mine, theirs, agreed, moment, quiet=quiet)
    return Case(compiled, mine, theirs, moment.limit, view, moment, agreed, quiet)


def the_outcome_says_what_the_view_holds(case: Case) -> None:
    view, standings = case.view, [strategy.standing for strategy in case.view.strategies]
    assert (view.outcome == "suggestions") == bool(view.activities) == ("leading" in standings)
    if view.outcome == "support":
        assert view.support
        assert not any((view.strategies, view.activities, view.insights, view.ask_next, view.opening))
        return
    assert not view.support
    assert sorted(strategy.strategy for strategy in view.strategies) == sorted(
        strategy.id for strategy in case.compiled.ruleset.strategies
    )
    assert [strategy.rank for strategy in view.strategies] == [1, 2, 3]
    assert standings == sorted(standings, key=("leading", "also", "not_now").index)
    assert standings.count("leading") <= 1
    for strategy in view.strategies:
        assert bool(strategy.reasons) == (strategy.standing != "not_now")
        assert bool(strategy.withheld_by) == (strategy.standing == "not_now")


def only_a_safety_answer_of_the_viewer_leads_to_support(case: Case) -> None:
    safety = case.mine.safety
    named = ("fear", "hurt", "injury", "threat", "forced", "control", "self_harm", "worried_about_own_acts")
    asks = safety is not None and (any(getattr(safety, n) == "yes" for n in named) or safety.humiliated == "often")
    assert (case.view.outcome == "support") == (asks and not case.quiet)
    assert not asks or case.view.outcome in ("support", "nothing_now")


def one_who_is_not_willing_is_left_in_peace(case: Case) -> None:
    if case.view.outcome != "support" and answer(case.mine, "private.willingness") == "no":
        assert case.view.outcome == "nothing_now"
        assert not case.view.activities
        if not case.quiet:
            assert not case.view.ask_next
            assert {reason.id for reason in case.reasons} == {"not_willing"}


def every_hard_limit_is_kept(case: Case) -> None:
    for activity in case.activities:
        doers = case.heard if activity.together else [case.mine]
        a_week = 0 if activity.repeat == "seasonal" else activity.minutes * (activity.times_a_week or 1)
        for report in case.heard:
            likes = answer(report, "activity_preferences.likes") or {}
            assert all(likes.get(kind) != "avoid" for kind in activity.kinds)
        for report in doers:
            slot = answer(report, "busyness.longest_slot_minutes")
            assert activity.minutes <= (60 if slot is None else slot)
            assert a_week <= (answer(report, "busyness.minutes_per_week") or 0) or (
                answer(report, "busyness.minutes_per_week") is None
            )
            assert COSTS.index(activity.cost) <= COSTS.index(answer(report, "circumstances.budget") or "low")
            assert activity.novelty <= {"not_now": 1, "small_step": 2}.get(answer(report, "novelty.comfort_zone"), 3)
            assert not set(activity.unsuitable_for) & set(answer(report, "circumstances.health_limits") or ())
            assert not (activity.alcohol and answer(report, "circumstances.alcohol_free"))
            loves = (answer(report, "activity_preferences.likes") or {}).get(activity.kinds[0]) == "love"
            assert activity.energy == "drained" or loves or answer(report, "busyness.energy") != "drained"


def what_is_true_of_both_binds_both(case: Case) -> None:
    children = set(case.told("circumstances.children_at_home"))
    for activity in case.activities:
        assert activity.remote or "long_distance" not in case.told("circumstances.living")
        assert not activity.parents_only or children - {"none"}
        assert not activity.apart_only or {"same_city", "long_distance"} & set(case.told("circumstances.living"))
        if activity.children == "away" and children - {"none"}:
            assert set(case.told("circumstances.childcare")) == {True}


def chronic_conflict_bounds_time_and_takes_no_big_steps(case: Case) -> None:
    for activity in case.activities:
        assert LEVELS.index(activity.conflict_ceiling) >= case.conflict()
        if case.conflict() == LEVELS.index("chronic"):
            is_quality_time = activity.practice in case.compiled.ruleset.strategies[0].practices
            assert activity.minutes <= (30 if is_quality_time else 45)
            assert activity.fixed_end or not is_quality_time
            assert activity.practice not in (*NEW_EXPERIENCES, "retreat")


def small_steps_are_small(case: Case) -> None:
    if answer(case.mine, "private.willingness") == "small_steps" or case.past.gentle:
        assert all(activity.minutes <= 30 and activity.novelty <= 1 for activity in case.activities)


def unsteady_ground_carries_nothing_big(case: Case) -> None:
    private = case.mine.private
    is_private = private is not None and (private.recent_breach is True or private.leaning_out is True)
    if is_private or "separation" in (answer(case.mine, "circumstances.season") or ()):
        for activity in case.activities:
            assert activity.practice not in (*NEW_EXPERIENCES, "retreat", "affection")
            assert not {"surprise", "closeness"} & set(activity.asks)


def a_tender_season_is_gentle(case: Case) -> None:
    if case.seasons() & {"newborn", "grief", "pregnancy_loss", "illness"}:
        assert all(activity.energy != "lively" and activity.practice != "retreat" for activity in case.activities)


def nothing_passive_comes_first_unless_it_counts(case: Case) -> None:
    if not case.activities or not case.activities[0].together or case.activities[0].interaction != "parallel":
        return
    kinds = case.activities[0].kinds
    rated = [answer(report, "activity_preferences.counts_as_quality_time") or {} for report in case.heard]
    welcome = [answer(report, "activity_preferences.quiet_is_welcome") is True for report in case.heard]
    # For the kind `quiet`, who welcomes quiet counts it.
    counted = [any(of.get(kind, 0) >= 4 for kind in kinds) for of in rated]
    assert all(
        is_rated or ("quiet" in kinds and is_welcome) for is_rated, is_welcome in zip(counted, welcome, strict=True)
    )


def affection_is_for_two_who_are_open_to_it_and_never_first(case: Case) -> None:
    offered = [place for place, activity in enumerate(case.activities) if activity.practice == "affection"]
    if offered:
        assert case.agreed.affection is not None
        assert offered[0] > 0
        assert "touch" not in (answer(case.mine, "activity_preferences.likes") or {}) or (
            answer(case.mine, "activity_preferences.likes")["touch"] != "avoid"
        )


def no_surprise_where_acts_are_read_as_hurtful_or_tension_is_high(case: Case) -> None:
    hurtful = answer(case.mine, "conflict.feels_meant_to_hurt") in ("sometimes", "often", "always")
    if hurtful or case.conflict() > LEVELS.index("occasional"):
        assert all("surprise" not in activity.asks for activity in case.activities)


def no_thanks_are_pushed_on_one_whose_partner_does_not_take_them_warmly(case: Case) -> None:
    if answer(case.mine, "private.partner_responds_warmly") in ("never", "rarely"):
        assert all(activity.practice != "gratitude_and_surprise" for activity in case.activities)


def nothing_is_said_twice_by_two_of_a_family(case: Case) -> None:
    families = Counter(activity.family for activity in case.activities if activity.family)
    assert max(families.values(), default=0) <= 1
    assert sum(activity.prepares for activity in case.activities) <= 1


def care_asks_nothing_of_anybody(case: Case) -> None:
    conflict, private, safety = case.mine.conflict, case.mine.private, case.mine.safety
    hurt = conflict is not None and conflict.feels_meant_to_hurt in ("often", "always")
    together = conflict is not None and conflict.being_together_feels in ("overwhelming", "avoided")
    humiliated = safety is not None and safety.humiliated == "sometimes"
    leaning = private is not None and private.leaning_out is True
    if sum((hurt, together, humiliated, leaning)) > 1:
        assert not any(activity.asks for activity in case.activities)
        assert all(not a.together or (a.minutes <= 30 and a.setting != "same_room") for a in case.activities)


def the_first_belongs_to_the_leading_strategy(case: Case) -> None:
    suggested = [strategy.strategy for strategy in case.view.strategies if strategy.standing != "not_now"]
    strategy_of = {p: s.id for s in case.compiled.ruleset.strategies for p in s.practices}
    offered = [strategy_of.get(activity.practice) for activity in case.activities]
    is_the_only_one_and_solo = case.theirs is None and case.most == 1 and not any(a.together for a in case.activities)
    assert offered[:1] == suggested[:1] or is_the_only_one_and_solo
    assert set(offered) - {None} <= set(suggested)


def nothing_is_padded_doubled_or_left_empty(case: Case) -> None:
    view = case.view
    assert len(view.activities) <= case.most
    positions = [suggestion.position for suggestion in view.activities]
    questions = [asked.question for asked in view.ask_next]
    for each in (positions, questions, list(view.insights), list(view.limits), list(view.support)):
        assert len(each) == len(set(each))
    lists = [s.reasons for s in view.strategies] + [s.withheld_by for s in view.strategies]
    for reasons in lists + [suggestion.reasons for suggestion in view.activities]:
        said = [reason.id for reason in reasons]
        assert len(said) == len(set(said))
    for reason in case.reasons:
        assert reason.id
        assert len(reason.because) == len(set(reason.because))


def private_reasons_name_nothing(case: Case) -> None:
    private = {finding.id for finding in case.compiled.findings if finding.label != "pooled"}
    reading_private = {rule.id for rule in case.compiled.rules if rule.is_private}
    for reason in case.reasons:
        assert not {finding for finding, _ in reason.because} & private
        assert reason.id not in reading_private
        assert all(because.level for because in reason.because)


def only_unanswered_pooled_questions_are_asked(case: Case) -> None:
    asked = case.view.ask_next
    assert len(asked) <= 3
    assert all(one.share >= two.share > 0 for one, two in pairwise(asked))
    for each in asked:
        assert each.question in POOLED_PATHS
        assert answer(case.mine, each.question) is None


def it_always_says_what_it_is_not(case: Case) -> None:
    assert case.view.limits[0] == "not_therapy"
    if case.view.outcome != "support":
        assert bool({"one_heard", "one_heard_proposal"} & {*case.view.limits}) == (case.theirs is None)


def who_has_as_much_time_as_they_want_reads_no_reason_for_more(case: Case) -> None:
    # A quiet view says nothing of what is kept from the pool.
    told = pool(case.mine) if case.quiet else case.mine
    wanted = answer(told, "time_together.desired_hours_per_week")
    had = answer(told, "time_together.hours_per_week")
    feels = answer(told, "time_together.feels")
    has_enough = feels == "too_much"
    if wanted is not None and had is not None:
        has_enough = has_enough or wanted <= had
    elif feels in ("about_right", "enough", "plenty"):
        has_enough = True
    if has_enough:
        for_more = {
            rule.id
            for rule in case.compiled.ruleset.rules
            if rule.suggests in ("find_a_slot", "keep_a_slot", "protected_time") and reads_time(rule)
        }
        assert not {reason.id for reason in case.reasons} & for_more


def reads_time(rule: Rule) -> bool:
    """Whether a rule speaks of how much time there is, and not of how well it is kept."""
    return any(clause.finding == "time" for clause in clauses(rule.when))


def what_the_past_puts_aside_is_not_offered(case: Case) -> None:
    done = {each.activity: each.days_ago for each in sorted(case.past.done, key=lambda each: -each.days_ago)}
    for activity in case.activities:
        assert activity.id not in case.past.unwanted | case.past.put_off
        doers = case.heard if activity.together else [case.mine]
        likes = [answer(report, "activity_preferences.likes") or {} for report in doers]
        loved = all(of.get(activity.kinds[0]) == "love" for of in likes)
        if activity.id in done and not (activity.repeat == "ritual" and loved):
            assert done[activity.id] >= COOLDOWN_DAYS[activity.repeat]


def what_is_kept_small_says_so_to_its_owner_alone(case: Case) -> None:
    is_said = case.past.gentle and not case.quiet and case.view.outcome != "support"
    assert ("kept_small" in case.view.limits) == is_said


def a_quiet_view_names_nothing_private(case: Case) -> None:
    if case.quiet:
        assert "not_willing" not in {reason.id for reason in case.reasons}
        assert case.view.outcome != "support"
        assert case.view.verdict is not None
        kept = zip(case.compiled.findings, case.view.verdict.codes, strict=True)
        assert all(code < 0 for finding, code in kept if finding.label == "private")


INVARIANTS: tuple[Callable[[Case], None], ...] = (
    the_outcome_says_what_the_view_holds,
    only_a_safety_answer_of_the_viewer_leads_to_support,
    one_who_is_not_willing_is_left_in_peace,
    every_hard_limit_is_kept,
    what_is_true_of_both_binds_both,
    chronic_conflict_bounds_time_and_takes_no_big_steps,
    small_steps_are_small,
    unsteady_ground_carries_nothing_big,
    a_tender_season_is_gentle,
    nothing_passive_comes_first_unless_it_counts,
    affection_is_for_two_who_are_open_to_it_and_never_first,
    no_surprise_where_acts_are_read_as_hurtful_or_tension_is_high,
    no_thanks_are_pushed_on_one_whose_partner_does_not_take_them_warmly,
    nothing_is_said_twice_by_two_of_a_family,
    care_asks_nothing_of_anybody,
    the_first_belongs_to_the_leading_strategy,
    nothing_is_padded_doubled_or_left_empty,
    private_reasons_name_nothing,
    only_unanswered_pooled_questions_are_asked,
    it_always_says_what_it_is_not,
    who_has_as_much_time_as_they_want_reads_no_reason_for_more,
    what_the_past_puts_aside_is_not_offered,
    what_is_kept_small_says_so_to_its_owner_alone,
    a_quiet_view_names_nothing_private,
)
