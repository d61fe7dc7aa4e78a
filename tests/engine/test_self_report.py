from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from app.engine.self_report import (
    GRAVEST_FIRST,
    NO_AGREEMENT,
    SAFETY_QUESTIONS,
    Agreed,
    Mutual,
    PooledReport,
    Safety,
    SelfReport,
    agree,
    answer_at,
    pool,
    poolable,
    support_kinds,
)
from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS, PRACTICES
from tests.engine.build import a_report, report_of, with_answer, without_private
from tests.engine.reports import PRIVATE_PATHS, random_value, seeded


def everything() -> SelfReport:
    random = seeded(1)
    answers = {path: random_value(random, path) for path in ANSWERS if path != "keep_private"}
    return report_of(answers | {"activity_preferences.likes": {"walk": "love"}, "circumstances.season": {"grief"}})


def answers_in(report: Any) -> set[str]:
    """The paths of all fields that a report has, answered or not."""
    paths = set()
    for field in fields(report):
        value = getattr(report, field.name)
        paths |= {f"{field.name}.{inner.name}" for inner in fields(value)} if is_dataclass(value) else {field.name}
    return paths


def test_a_pooled_report_has_exactly_the_pooled_answers() -> None:
    assert answers_in(pool(everything())) == POOLED_PATHS
    assert not POOLED_PATHS & set(PRIVATE_PATHS)


def test_every_pooled_answer_passes_as_it_is() -> None:
    report = everything()
    for path in POOLED_PATHS:
        group, _, name = path.partition(".")
        said = getattr(report, group) if not name else getattr(getattr(report, group), name)
        assert answer_at(pool(report), path) == said


@pytest.mark.parametrize("path", sorted(POOLED_PATHS))
def test_an_answer_kept_private_does_not_pass_and_all_others_do(path: str) -> None:
    kept = pool(with_answer(everything(), "keep_private", {path}))

    assert answer_at(kept, path) is None
    for other in POOLED_PATHS - {path}:
        assert answer_at(kept, other) == answer_at(pool(everything()), other)


def test_keeping_private_what_was_never_answered_changes_nothing() -> None:
    assert pool(a_report(keep_private={"novelty.routine", "goal"})) == pool(a_report())
    assert pool(SelfReport()) == poolable(SelfReport()) == PooledReport()


def test_a_liking_of_touch_and_a_separation_stay_with_their_owner() -> None:
    report = a_report(likes={"touch": "avoid", "walk": "love"}, season={"separation", "grief"})
    theirs, own, quiet = pool(report), poolable(report), without_private(report)

    for told in (theirs, quiet):
        assert answer_at(told, "activity_preferences.likes") == {"walk": "love"}
        assert answer_at(told, "circumstances.season") == {"grief"}
    assert answer_at(own, "activity_preferences.likes") == {"touch": "avoid", "walk": "love"}
    assert answer_at(own, "circumstances.season") == {"separation", "grief"}


@pytest.mark.parametrize(
    ("a", "b", "agreed"),
    [
        ("open", "open", "open"),
        ("open", "everyday_touch", "everyday_touch"),
        ("everyday_touch", "open", "everyday_touch"),
        ("open", "no", None),
        ("open", None, None),
        ("no", "no", None),
    ],
)
def test_two_agree_on_the_lower_of_what_both_are_open_to(a: Any, b: Any, agreed: str | None) -> None:
    assert agree(Mutual(affection=a), Mutual(affection=b)).affection == agreed


def test_two_agree_on_the_topics_that_both_named() -> None:
    mine, theirs = Mutual(about=frozenset({"money", "screens"})), Mutual(about=frozenset({"money", "plans"}))

    assert agree(mine, theirs) == Agreed(about=frozenset({"money"}))
    assert agree(mine, Mutual()) == agree(mine, None) == agree(None, None) == NO_AGREEMENT


def test_all_is_skipped_where_every_safety_question_is() -> None:
    skipped = a_report(**dict.fromkeys(SAFETY_QUESTIONS, "skip"))
    all_but_one = with_answer(skipped, "safety.fear", None)

    assert answer_at(skipped, "safety.all_skipped") is True
    assert answer_at(all_but_one, "safety.all_skipped") is Safety(fear="no").all_skipped is False
    assert Safety().all_skipped is None


def test_the_owner_reads_even_what_is_kept_private() -> None:
    assert poolable(a_report(keep_private={"conflict.level"})) == poolable(a_report())


def test_every_kind_of_answer_is_known_with_its_levels_from_low_to_high() -> None:
    assert ANSWERS["conflict.level"].levels == ("rare", "occasional", "frequent", "chronic")
    assert ANSWERS["closeness.level"].levels == ("1", "2", "3", "4", "5", "6", "7")
    assert ANSWERS["activity_preferences.likes"].levels == ("avoid", "ok", "like", "love")
    shapes = {path: ANSWERS[path].shape for path in ("goal", "busyness.sources", "novelty.shared_purpose")}
    assert shapes == {"goal": "choice", "busyness.sources": "choices", "novelty.shared_purpose": "yes_no"}
    assert ANSWERS["time_together.hours_per_week"].shape == "number"
    assert ANSWERS["busyness.minutes_per_week"].shape == "integer"
    assert ANSWERS["activity_preferences.likes"].shape == "map_of_choices"
    assert ANSWERS["activity_preferences.counts_as_quality_time"].shape == "map_of_scales"
    assert ANSWERS["communication.trust"].is_pooled
    assert not ANSWERS["private.willingness"].is_pooled
    assert len(KINDS) == 19
    assert len(PRACTICES) == 13


def test_no_safety_answers_and_none_given_are_alike() -> None:
    assert support_kinds(None) == support_kinds(Safety()) == support_kinds(Safety(fear="skip")) == ()
    assert GRAVEST_FIRST == ("crisis", "danger", "concern", "own_acts")
