from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.engine.self_report import ActivityPreferences, PooledReport, TimeTogether
from app.engine.shares import Known, LikelyAnswer, QuestionShares, ShareTable
from app.rulesets.diagnostics import ContentError
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.question_shares import FILE, read_share_file, read_shares, write_share_file, write_shares

LIKELY = (
    LikelyAnswer(PooledReport(time_together=TimeTogether(hours_per_week=2.5)), 3),
    LikelyAnswer(PooledReport(activity_preferences=ActivityPreferences(likes={"walk": "love"})), 1),
)
TABLE = ShareTable(
    500,
    (Known("communication.ease"), Known("circumstances.season", "grief"), Known("closeness.level", cuts=(3.0,))),
    {
        "time_together.hours_per_week": QuestionShares(150, (0, 1), {"easy|with": 40, "|": 200}, LIKELY[:1]),
        "activity_preferences.likes": QuestionShares(300, (), {}, LIKELY[1:]),
    },
)


def test_what_was_written_is_read_as_it_was(tmp_path: Path) -> None:
    write_share_file(tmp_path, TABLE)

    assert read_share_file(tmp_path) == TABLE
    assert read_shares(write_shares(TABLE)) == TABLE


def test_content_of_which_nothing_was_counted_has_no_shares(tmp_path: Path) -> None:
    assert read_share_file(tmp_path) == ShareTable()


def test_a_question_that_is_asked_otherwise_now_has_no_shares() -> None:
    plain = write_shares(TABLE)
    plain["questions"]["time_together.hours_per_week"]["answers"][0]["report"] = {"time_together": {"hours": 2}}
    plain["questions"]["gone.for_good"] = plain["questions"]["activity_preferences.likes"]

    assert read_shares(plain).questions.keys() == {"activity_preferences.likes"}


def test_where_a_known_answer_is_gone_the_general_shares_stay() -> None:
    plain = write_shares(TABLE)
    plain["known"][0]["path"] = "communication.gone"

    shares = read_shares(plain)

    assert not shares.known
    assert shares.questions["time_together.hours_per_week"] == QuestionShares(150, answers=LIKELY[:1])


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"reports":1,"known":[],"questions":[]}', "\xff"])
def test_a_damaged_table_is_named(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE).write_text(damage, encoding="latin-1")

    with pytest.raises(ContentError, match="`rekindle release`"):
        read_share_file(tmp_path)


def test_the_files_ask_by_the_table_beside_them(content_with: Callable[..., Path]) -> None:
    root = content_with({})
    write_share_file(root, TABLE)

    assert load_ruleset(root).compiled.shares.table == TABLE


def test_the_table_is_small_and_knows_every_question() -> None:
    table: Any = read_share_file(CONTENT)
    declared = load_ruleset()

    assert (CONTENT / FILE).stat().st_size <= 60_000
    assert table.questions.keys() == {each.id for each in declared.questions if each.audience == "pooled"}
    assert all(0 <= entry.share < 1000 and entry.answers for entry in table.questions.values())
