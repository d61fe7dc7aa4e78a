"""What is stored of a report is read as the present questions mean it, whenever it was answered."""

import json

from app.engine.self_report import answer_at
from app.service.report_codec import decode_pooled, decode_report, encode_pooled, encode_private, read_plain
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

        assert decode_report(encode_pooled(report), encode_private(report)) == report


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
