"""What comes before what: the precedences that the source leaves open, each decided once and said here."""

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.ruleset import Need
from app.engine.view import View
from tests.engine.build import a_report, ids, pooled, practices, rules, strategies, strategy, withheld_by


def reasons_of(compiled: CompiledRuleset, view: View, practice: str) -> set[str]:
    """The rules that speak for one practice in a view."""
    suggesting = {rule.id for rule in compiled.ruleset.rules if rule.suggests == practice}
    return rules(view) & suggesting


def need_of(compiled: CompiledRuleset, view: View, practice: str) -> int:
    """The strongest need that any rule of this view gives a practice, capped ones counted as moderate."""
    assert view.verdicts is not None
    needs = [0]
    for i, rule in enumerate(compiled.rules):
        if view.verdicts.true >> i & 1 and rule.need and compiled.ruleset.practices[rule.practice].id == practice:
            needs.append(min(rule.need, Need.moderate) if view.verdicts.capped >> i & 1 else rule.need)
    return max(needs)


def test_the_kind_of_time_comes_before_the_amount_where_there_is_time_enough(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(hours_per_week=10, desired_hours_per_week=10, engagement=1), None, 20)

    assert view.strategies[0].strategy == "quality_time"
    assert practices(compiled, view)[0] == "interactive_time"
    assert "protected_time" not in practices(compiled, view)
    assert "kind_over_amount" in view.insights


def test_where_time_is_short_the_amount_comes_before_the_kind(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(hours_per_week=1, desired_hours_per_week=8, engagement=1), None)

    assert practices(compiled, view)[0] == "protected_time"


def test_chronic_conflict_withholds_new_experiences_and_the_retreat(compiled: CompiledRuleset) -> None:
    mine = a_report(
        conflict="chronic", routine=5, comfort_zone="ready", closeness=1, longest_slot_minutes=2880, budget="high"
    )
    view = evaluate(compiled, mine, None, 20)

    assert withheld_by(view, "new_experiences") == {"small-steps-before-new-ventures-in-chronic-conflict"}
    assert not {"retreat", "learn_together", "serve_together", "explore_together"} & set(practices(compiled, view))


def test_chronic_conflict_bounds_time_but_never_to_zero(compiled: CompiledRuleset) -> None:
    mine = a_report(conflict="chronic", longest_slot_minutes=2880, minutes_per_week=1200, budget="high")
    view = evaluate(compiled, mine, None, 20)
    of = {activity.id: activity for activity in compiled.index.order}
    quality_time = compiled.ruleset.strategies[0].practices

    assert strategies(view) == ["structured_exercises", "quality_time"]
    for id_ in ids(compiled, view):
        assert of[id_].minutes <= (30 if of[id_].practice in quality_time else 45)
        assert of[id_].fixed_end or of[id_].practice not in quality_time


def test_the_same_couple_without_chronic_conflict_is_not_held_to_forty_five_minutes(compiled: CompiledRuleset) -> None:
    mine = a_report(conflict="rare", routine=5, comfort_zone="ready", longest_slot_minutes=2880, budget="high")
    view = evaluate(compiled, mine, None)

    assert view.strategies[0].strategy == "new_experiences"


QUIET_TEN_MINUTES: dict[str, object] = {"likes": {"quiet": "love"}, "longest_slot_minutes": 10, "energy": "drained"}


def test_something_passive_is_not_first_however_much_it_is_liked(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(**QUIET_TEN_MINUTES), pooled(**QUIET_TEN_MINUTES))

    assert ids(compiled, view)[0] != "tea-in-silence"
    assert "tea-in-silence" in ids(compiled, view)


def test_what_both_count_as_quality_time_beats_the_passive_rule(compiled: CompiledRuleset) -> None:
    rated = {"counts_as_quality_time": {"quiet": 4}}
    view = evaluate(compiled, a_report(**QUIET_TEN_MINUTES, **rated), pooled(**QUIET_TEN_MINUTES, **rated))

    assert ids(compiled, view)[0] == "tea-in-silence"


def test_quiet_that_is_welcome_to_both_beats_the_passive_rule(compiled: CompiledRuleset) -> None:
    welcome = {"quiet_is_welcome": True}
    view = evaluate(compiled, a_report(**QUIET_TEN_MINUTES, **welcome), pooled(**QUIET_TEN_MINUTES, **welcome))

    assert ids(compiled, view)[0] == "tea-in-silence"


def test_what_only_one_of_two_counts_does_not_beat_the_passive_rule(compiled: CompiledRuleset) -> None:
    for said in ({"counts_as_quality_time": {"quiet": 5}}, {"quiet_is_welcome": True}):
        for mine, theirs in ((said, {}), ({}, said), (said, {"counts_as_quality_time": {"quiet": 3}})):
            view = evaluate(compiled, a_report(**QUIET_TEN_MINUTES, **mine), pooled(**QUIET_TEN_MINUTES, **theirs))
            assert ids(compiled, view)[0] != "tea-in-silence"


def test_one_who_is_heard_alone_decides_alone_what_counts(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(**QUIET_TEN_MINUTES, counts_as_quality_time={"quiet": 4}), None)

    assert ids(compiled, view)[0] == "tea-in-silence"


def test_a_quiet_shared_moment_needs_no_talk_and_is_offered_where_talk_is_strained(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(ease="strained"), None, 20)
    of = {activity.id: activity for activity in compiled.index.order}

    assert "moments-without-words-when-talk-is-hard" in rules(view)
    assert all(of[id_].talk != "needed" for id_ in ids(compiled, view) if of[id_].practice == "everyday_moments")


def test_when_talk_is_strained_structure_comes_before_open_talk(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(ease="strained"), None)

    assert view.strategies[0].strategy == "structured_exercises"
    assert practices(compiled, view)[0] == "communication_exercises"


def test_a_date_night_is_not_bad_only_not_enough(compiled: CompiledRuleset) -> None:
    mine = a_report(mostly="date_night", closeness=4, hours_per_week=8, desired_hours_per_week=8)
    view = evaluate(compiled, mine, None, 20)
    withholding = [reason for s in view.strategies for reason in s.withheld_by if reason.rule != "no_support"]

    assert not withholding
    assert {"small-moments-between-date-nights", "more-doing-together-on-date-nights"} <= rules(view)
    assert practices(compiled, view)[0] == "everyday_moments"


def test_a_date_night_is_enough_for_those_who_feel_close(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(mostly="date_night", closeness=7), None, 20)

    assert "small-moments-between-date-nights" not in rules(view)


def test_a_withdraw_pattern_with_frequent_conflict_is_a_strong_need_for_turns(compiled: CompiledRuleset) -> None:
    frequent = evaluate(compiled, a_report(pattern="i_push_partner_withdraws", conflict="frequent"), None)
    occasional = evaluate(compiled, a_report(pattern="i_push_partner_withdraws", conflict="occasional"), None)

    assert need_of(compiled, frequent, "communication_exercises") == Need.strong
    assert need_of(compiled, occasional, "communication_exercises") == Need.moderate
    assert practices(compiled, frequent)[0] == "communication_exercises"


def test_where_time_is_low_feeling_unimportant_raises_time_first(compiled: CompiledRuleset) -> None:
    mine = a_report(feelings={"unimportant"}, hours_per_week=3, desired_hours_per_week=5)
    view = evaluate(compiled, mine, None)

    assert practices(compiled, view)[0] == "protected_time"
    assert "time-first-when-you-feel-unimportant" in rules(view)


def test_where_time_is_adequate_feeling_unimportant_raises_appreciation(compiled: CompiledRuleset) -> None:
    mine = a_report(feelings={"unimportant"}, hours_per_week=5, desired_hours_per_week=5)
    view = evaluate(compiled, mine, None)

    assert practices(compiled, view)[0] == "check_ins_and_affirmations"
    assert "warm-words-when-there-is-time-enough" in rules(view)
    assert "protected_time" not in practices(compiled, view)


def test_feeling_unappreciated_raises_check_ins_for_the_one_and_gratitude_for_the_other(
    compiled: CompiledRuleset,
) -> None:
    unseen, other = {"appreciated": "never", "hours_per_week": 4}, {"appreciated": "often", "hours_per_week": 4}
    mine = evaluate(compiled, a_report(**unseen), pooled(**other))
    theirs = evaluate(compiled, a_report(**other), pooled(**unseen))

    assert need_of(compiled, mine, "check_ins_and_affirmations") == Need.strong
    assert need_of(compiled, mine, "gratitude_and_surprise") == 0
    assert need_of(compiled, theirs, "gratitude_and_surprise") == Need.strong
    assert need_of(compiled, theirs, "check_ins_and_affirmations") == Need.slight


def test_one_who_is_heard_alone_is_not_asked_to_thank_for_their_own_feeling_unseen(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(appreciated="never"), None)

    assert need_of(compiled, view, "gratitude_and_surprise") == 0


def test_who_has_as_much_time_as_they_want_or_too_much_reads_no_reason_for_more(compiled: CompiledRuleset) -> None:
    for said in (
        {"hours_per_week": 6, "desired_hours_per_week": 6},
        {"hours_per_week": 6, "desired_hours_per_week": 3},
        {"feels": "too_much"},
        {"feels": "plenty"},
        {"feels": "enough"},
    ):
        mine = a_report(**said, regularity="irregular", priority=1, busyness="full", conflict="rare")
        view = evaluate(compiled, mine, pooled(feels="far_too_little", hours_per_week=0, desired_hours_per_week=20), 20)
        assert not reasons_of(compiled, view, "protected_time"), said
        assert "protected_time" not in practices(compiled, view)


def test_an_hour_less_than_wished_is_little_time_and_less_than_an_hour_is_not(compiled: CompiledRuleset) -> None:
    short = evaluate(compiled, a_report(hours_per_week=4, desired_hours_per_week=5), None)
    enough = evaluate(compiled, a_report(hours_per_week=4, desired_hours_per_week=4.75), None)

    assert "protect-time-when-it-is-short" in rules(short)
    assert not reasons_of(compiled, enough, "protected_time")


def test_time_is_measured_by_their_own_wish_and_never_by_a_norm(compiled: CompiledRuleset) -> None:
    little = evaluate(compiled, a_report(hours_per_week=0.25, desired_hours_per_week=0), None)

    assert not reasons_of(compiled, little, "protected_time")
    for said in ("less", "same", "more"):
        compared = evaluate(compiled, a_report(hours_per_week=1, compared_with_others=said), None)
        assert not reasons_of(compiled, compared, "protected_time")
        assert "own_measure" in compared.insights


def test_the_others_wishes_alone_raise_a_need_to_moderate_at_most(compiled: CompiledRuleset) -> None:
    for wish, practice in (
        ({"hours_per_week": 0, "desired_hours_per_week": 10}, "protected_time"),
        ({"shared_purpose": True}, "serve_together"),
    ):
        nothing: dict[str, None] = {"hours_per_week": None}
        theirs = evaluate(compiled, a_report(**nothing), pooled(**wish))
        own = evaluate(compiled, a_report(**nothing | wish), pooled())
        assert need_of(compiled, theirs, practice) == Need.moderate
        assert need_of(compiled, own, practice) == Need.strong


def test_a_bolder_step_that_only_the_other_is_ready_for_is_a_moderate_need(compiled: CompiledRuleset) -> None:
    mine = {"routine": 5, "longest_slot_minutes": 120}

    assert (
        need_of(compiled, evaluate(compiled, a_report(**mine), pooled(comfort_zone="ready")), "explore_together") == 2
    )
    assert (
        need_of(compiled, evaluate(compiled, a_report(**mine, comfort_zone="ready"), pooled()), "explore_together") == 3
    )


def test_what_the_other_does_not_want_binds_fully(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(shared_purpose=True), pooled(shared_purpose=False), 20)

    assert "serve_together" not in practices(compiled, view)


def test_what_withholds_beats_what_suggests_and_both_stay_in_the_verdicts(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(routine=5, conflict="chronic"), None)
    assert view.verdicts is not None
    fired = {rule.id for i, rule in enumerate(compiled.rules) if view.verdicts.true >> i & 1}

    assert {"learn-something-new-when-weeks-repeat", "small-steps-before-new-ventures-in-chronic-conflict"} <= fired
    assert strategy(view, "new_experiences").standing == "not_now"


def test_risk_takes_the_worse_of_two_answers_in_both_views(compiled: CompiledRuleset) -> None:
    calm, tense = {"conflict": "rare"}, {"conflict": "chronic"}

    for mine, theirs in ((calm, tense), (tense, calm)):
        view = evaluate(compiled, a_report(**mine), pooled(**theirs))
        assert view.strategies[0].strategy == "structured_exercises"
        assert "turns-and-a-stop-in-chronic-conflict" in rules(view)


def test_a_known_answer_stands_where_the_other_one_is_unknown(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(), pooled(ease="strained"))

    assert "structure-first-when-talk-is-strained" in rules(view)


def test_a_mismatch_needs_both(compiled: CompiledRuleset) -> None:
    rated = {"counts_as_quality_time": {"screen": 5}}

    for theirs in (None, pooled(), pooled(counts_as_quality_time={"walk": 1})):
        assert "find-out-what-counts-for-each-of-you" not in rules(evaluate(compiled, a_report(**rated), theirs))
    both = evaluate(compiled, a_report(**rated), pooled(counts_as_quality_time={"screen": 2}))
    assert "find-out-what-counts-for-each-of-you" in rules(both)
    assert "different_meanings" in both.insights


def test_a_rule_more_for_the_same_practice_changes_neither_rank_nor_list(compiled: CompiledRuleset) -> None:
    one = evaluate(compiled, a_report(routine=5, conflict="rare"), None)
    more = evaluate(compiled, a_report(routine=5, boredom=5, conflict="rare"), None)

    assert strategies(one) == strategies(more)
    assert ids(compiled, one) == ids(compiled, more)


def test_the_article_decides_between_strategies_of_equal_need(compiled: CompiledRuleset) -> None:
    nothing_said = evaluate(compiled, a_report(hours_per_week=None), None)
    quality, structured = nothing_said.strategies[0], nothing_said.strategies[1]

    assert (quality.strategy, structured.strategy) == ("quality_time", "structured_exercises")
