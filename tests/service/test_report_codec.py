"""What is stored of a report is read as the present questions mean it, whenever it was answered."""

import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from app.engine.plain_values import from_plain, to_plain, without_none
from app.engine.self_report import PooledReport, SelfReport, answer_at, pool
from app.service.answers_by_path import by_path
from app.service.private_marks import Mark, Opened
from app.service.report_codec import (
    decode_pooled,
    decode_report,
    encode_pooled,
    encode_private,
    marks_of,
    read_marked,
    read_plain,
)
from tests.engine.build import a_report, report_of
from tests.engine.reports import random_report, seeded

POOLED_OF_1 = json.dumps(
    {
        "activity_preferences": {"likes": {"touch": "avoid", "walk": "love"}},
        "circumstances": {"budget": "low", "season": ["grief", "separation"]},
    }
).encode()
PRIVATE_OF_1 = json.dumps({"private": {"affection_interest": "open", "willingness": "yes"}}).encode()


def test_a_report_is_read_as_it_was_stored() -> None:
    random = seeded(3)
    for _ in range(200):
        report = random_report(random)

        marks = marks_of(report, Mark(date(2026, 11, 30), None))
        pooled = encode_pooled(report)
        stored = pooled, encode_private(report, marks, pooled)

        assert decode_report(*stored) == report
        assert read_marked(*stored).marks == marks


def test_what_is_stored_for_the_other_has_nothing_private_or_mutual() -> None:
    report = a_report(likes={"touch": "avoid"}, season={"separation"}, affection="open", about={"money"}, mood="low")
    stored = encode_pooled(report)

    for word in (b"touch", b"separation", b"mutual", b"mood"):
        assert word not in stored
    assert stored == encode_pooled(a_report(season=set()))


def test_the_answers_of_the_first_questions_are_lifted_for_their_owner() -> None:
    report = decode_report(POOLED_OF_1, PRIVATE_OF_1)

    assert report == report_of(
        {
            "activity_preferences.likes": {"touch": "avoid", "walk": "love"},
            "circumstances.budget": "low",
            "circumstances.season": {"grief", "separation"},
            "private.willingness": "yes",
            "mutual.affection": "open",
        }
    )


def test_the_answers_of_the_first_questions_are_lifted_for_the_other() -> None:
    pooled = decode_pooled(POOLED_OF_1)

    assert answer_at(pooled, "activity_preferences.likes") == {"walk": "love"}
    assert answer_at(pooled, "circumstances.season") == {"grief"}
    assert read_plain(POOLED_OF_1, None)["circumstances"] == {"budget": "low", "season": ["grief"]}


def answers_of(report: PooledReport | SelfReport) -> dict[str, Any]:
    return by_path(without_none(to_plain(report)))


def test_of_a_stored_report_only_what_is_opened_is_disclosed() -> None:
    random, mine, other = seeded(4), uuid4(), uuid4()
    for _ in range(200):
        report = random_report(random)
        marks = {
            path: mark._replace(generation=random.choice((mine, other, None)))
            for path, mark in marks_of(report, Mark(date(2026, 11, 30), None)).items()
        }
        pooled = encode_pooled(report)
        stored = read_marked(pooled, encode_private(report, marks, pooled))
        disclosed = from_plain(SelfReport, stored.disclosed(Opened(mine)))

        # To the other it is the same report, and what is disclosed bears the mark.
        assert answers_of(pool(disclosed)) == answers_of(pool(report))
        opened = {path for path, mark in marks.items() if mark.generation == mine}
        assert marks_of(disclosed, Mark(date(2026, 11, 30), None)).keys() == opened
        everything = Opened(mine, frozenset(marks))
        whole = from_plain(SelfReport, stored.disclosed(everything))
        assert answers_of(whole) == answers_of(replace(report, safety=None))
