from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from app.engine.compiled_ruleset import answer_at
from app.engine.self_report import SelfReport
from tests.verification.tables import table_of, write
from verification.answers import Couple, decode
from verification.parquet import CouplesFile, UnreadableCouples
from verification.population import Population

COUPLES = 700


@pytest.fixture(scope="module")
def couples() -> list[Couple]:
    block = Population(seed=4).block(0, COUPLES)
    return [decode(block, row) for row in range(COUPLES)]


def read(file: Path) -> list[Couple]:
    opened = CouplesFile(file)
    blocks = [block for group in range(opened.row_groups) for block in opened.blocks(group)]
    return [decode(block, row) for block in blocks for row in range(block.couples)]


def without_empty_ratings(report: SelfReport | None) -> Any:
    """A map without a rating is like no map: neither has a column that says so."""
    if report is None:
        return None
    return [
        getattr(report, "keep_private", None),
        *(
            answer_at(report, path) or None  # type: ignore[arg-type]
            for path in (
                "conflict.level",
                "activity_preferences.likes",
                "closeness.feelings",
                "time_together.hours_per_week",
            )
        ),
    ]


def test_couples_come_out_of_a_file_as_they_went_in(couples: list[Couple], tmp_path: Path) -> None:
    found = read(write(table_of(couples), tmp_path / "couples.parquet", rows=300))

    assert len(found) == COUPLES
    same = sum(found == given for found, given in zip(found, couples, strict=True))
    assert same > COUPLES * 0.9
    for pair, given in zip(found, couples, strict=True):
        assert list(map(without_empty_ratings, pair)) == list(map(without_empty_ratings, given))


def test_words_may_be_a_dictionary_and_columns_may_be_missing(tmp_path: Path) -> None:
    table = pa.table(
        {
            "a_conflict__level": pa.array(["rare", None, "chronic"]).dictionary_encode(),
            "b_closeness__feelings": pa.array([["lonely"], None, []], pa.large_list(pa.string())),
            "a_communication__trust": pa.array([1, 5, None], pa.int8()),
        }
    )

    found = read(write(table, tmp_path / "couples.parquet"))

    assert [a.conflict and a.conflict.level for a, _ in found] == ["rare", None, "chronic"]
    assert [b and b.closeness and b.closeness.feelings for _, b in found] == [{"lonely"}, None, frozenset()]
    assert [a.communication and a.communication.trust for a, _ in found] == [1, 5, None]


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("a_conflict__level", ["rare", "always"], "column a_conflict__level, row 1: 'always' is none of rare,"),
        ("b_closeness__feelings", [["lonely"], ["sad"]], "column b_closeness__feelings, row 1: 'sad' is none of"),
        ("a_time_together__hours_per_week", [4.0, 4.1], "row 1: 4.1 is not from 0 to 168 in steps of 0.25"),
        ("a_time_together__hours_per_week", [4.0, float("nan")], "row 1: nan is not from 0 to 168"),
        ("a_busyness__longest_slot_minutes", [30, 3], "row 1: 3 is not from 5 to 2880 in whole numbers"),
        ("a_busyness__minutes_per_week", [None, "much"], "row 1: 'much' is not a number"),
        ("b_novelty__shared_purpose", [None, "yes"], "row 1: 'yes' is neither true nor false"),
        ("a_closeness__feelings", [None, "lonely"], "row 1: 'lonely' is not a list of words"),
        ("a_activity_preferences__likes__walk", ["love", "loved"], "row 1: 'loved' is none of avoid, ok, like, love"),
        ("a_communication__trust", [1, 6], "row 1: 6 is none of 1, 2, 3, 4, 5"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_column_and_row(
    tmp_path: Path, column: str, values: list[Any], said: str
) -> None:
    file = write(pa.table({column: values}), tmp_path / "couples.parquet")

    with pytest.raises(UnreadableCouples, match=said):
        read(file)


def test_the_row_is_counted_over_the_whole_file(tmp_path: Path) -> None:
    file = write(pa.table({"a_conflict__level": ["rare"] * 25 + ["bad"]}), tmp_path / "couples.parquet", rows=10)

    with pytest.raises(UnreadableCouples, match="row 25: 'bad'"):
        read(file)


def test_a_column_that_is_no_answer_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    file = write(pa.table({"a_conflict__levl": ["rare"]}), tmp_path / "couples.parquet")

    with pytest.raises(UnreadableCouples, match=r"column a_conflict__levl: .* did you mean a_conflict__level"):
        CouplesFile(file)


@pytest.mark.parametrize("held", [None, b"", b"not a table", b"PAR1 and then nothing PAR1"])
def test_a_file_that_is_no_parquet_file_is_named(tmp_path: Path, held: bytes | None) -> None:
    file = tmp_path / "couples.parquet"
    if held is not None:
        file.write_bytes(held)

    with pytest.raises(UnreadableCouples, match=r"couples\.parquet cannot be read as Parquet"):
        CouplesFile(file)


def test_a_file_without_answers_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCouples, match="no column of answers"):
        CouplesFile(write(pa.table({"id": [1]}), tmp_path / "couples.parquet"))
