"""The form asks for exactly what a report can hold: the dataclasses of the engine are the measure."""

from collections.abc import Mapping
from dataclasses import fields
from itertools import groupby

from app.engine.self_report import SelfReport
from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS
from app.rulesets.library import Library, Question

REQUIRED = {
    "time_together.hours_per_week",
    "conflict.level",
    "busyness.level",
}
DECIDED_BY_THEM = {
    "busyness.minutes_per_week",
    "busyness.longest_slot_minutes",
    "activity_preferences.likes",
    "activity_preferences.counts_as_quality_time",
    "activity_preferences.quiet_is_welcome",
    "novelty.comfort_zone",
    "novelty.shared_purpose",
    "circumstances.budget",
    "time_together.desired_hours_per_week",
}
RANGES = {
    "time_together.hours_per_week": (0, 168, 0.25),
    "time_together.desired_hours_per_week": (0, 168, 0.25),
    "time_together.date_nights_per_month": (0, 31, 1),
    "busyness.minutes_per_week": (0, 1200, 1),
    "busyness.longest_slot_minutes": (5, 2880, 1),
}
MOST_MEMBERS: Mapping[str, tuple[float | None, ...]] = {
    "mutual.about": (None, 3, None),
    "activity_preferences.likes": (None, 5, None),
}


def by_id(library: Library) -> dict[str, Question]:
    return {question.id: question for question in library.questions}


def test_every_answer_is_asked_for_once(library: Library) -> None:
    assert sorted(question.id for question in library.questions) == sorted(ANSWERS)


def test_questions_stand_group_by_group(library: Library) -> None:
    assert [group for group, _ in groupby(library.questions, lambda question: question.group)] == list(library.groups)
    assert set(library.groups) == {field.name for field in fields(SelfReport)}


def test_a_question_offers_the_levels_that_the_answer_has_in_their_order(library: Library) -> None:
    for question in library.questions:
        answer = ANSWERS[question.id]
        assert question.input == ("picks" if answer.shape == "map_of_choices" else answer.shape), question.id
        levels = tuple(sorted(POOLED_PATHS)) if question.id == "keep_private" else answer.levels
        assert question.levels == levels, question.id


def test_every_level_has_a_label_and_no_two_labels_of_one_question_are_alike(library: Library) -> None:
    texts = library.texts["en"]
    for question in library.questions:
        if question.id != "keep_private":
            labels = [texts[f"questions/{question.id}/labels/{level}"] for level in question.levels]
            assert len(set(labels)) == len(question.levels), question.id
        keys = [texts[f"questions/{question.id}/keys/{key}/label"] for key in question.keys]
        assert len(set(keys)) == len(question.keys), question.id


def test_a_map_asks_for_every_kind(library: Library) -> None:
    for question in library.questions:
        assert question.keys == (KINDS if question.input in ("picks", "map_of_scales") else ()), question.id


def test_scales_are_ordered_and_sets_are_not(library: Library) -> None:
    for question in library.questions:
        if question.input in ("scale", "map_of_scales", "picks"):
            assert question.ordered, question.id
        elif question.input != "choice":
            assert not question.ordered, question.id


def test_three_answers_are_required_and_asked_in_the_first_minute(library: Library) -> None:
    assert {question.id for question in library.questions if question.required} == REQUIRED
    assert all(question.first_minute for question in library.questions if question.required)


def test_numbers_have_their_ranges(library: Library) -> None:
    for question in library.questions:
        range_ = RANGES.get(question.id) or MOST_MEMBERS.get(question.id, (None, None, None))
        assert (question.minimum, question.maximum, question.step) == range_, question.id
        assert (question.unit is not None) is (question.id in RANGES), question.id


def test_a_question_says_whom_its_answer_may_reach(library: Library) -> None:
    for question in library.questions:
        is_pooled, is_mutual = question.id in POOLED_PATHS, question.id.startswith("mutual.")
        audience = "pooled" if is_pooled else "mutual" if is_mutual else "private"
        assert question.audience == audience, question.id
        assert question.ask_alone is not is_pooled, question.id


def test_what_a_person_can_decide_is_marked(library: Library) -> None:
    assert {question.id for question in library.questions if question.actionable} == DECIDED_BY_THEM


def test_windows_are_those_that_the_answers_are_about(library: Library) -> None:
    for question in library.questions:
        if question.id.startswith("safety."):
            assert question.window == "twelve_months", question.id
        elif question.id == "private.recent_breach":
            assert question.window == "three_months"
        else:
            assert question.window in ("two_weeks", "now"), question.id


def test_a_question_hangs_only_on_one_that_comes_before_it(library: Library) -> None:
    order = [question.id for question in library.questions]
    for question in library.questions:
        if question.show_when:
            other, levels = question.show_when
            assert order.index(other) < order.index(question.id)
            assert set(levels) < set(by_id(library)[other].levels)


def test_every_safety_question_can_be_skipped(library: Library) -> None:
    for question in library.questions:
        if question.id.startswith("safety."):
            assert "skip" in question.levels, question.id
            assert not question.required, question.id
