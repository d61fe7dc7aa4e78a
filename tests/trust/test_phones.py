"""The app in Chromium, further than tests/web goes: magnified and on PostgreSQL, and with many answers."""

from pathlib import Path

from tests.web.phones import HERE, SMALL, app_on, walk

MAGNIFIED = {"zoom": True}
WIDE = {"zoom": True, **SMALL, "viewport": {"width": 640, "height": 1200}}


def test_two_magnified_phones_walk_four_weeks_on_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    with app_on(tmp_path, postgresql_url) as place:
        told = walk(HERE / "journey.mjs", place, tmp_path, MAGNIFIED, WIDE)

    assert told["found"] == []
    assert told["control"]
    assert told["screens"] >= 40


def test_none_of_two_hundred_answers_is_found_anywhere(sqlite_url: str, tmp_path: Path) -> None:
    with app_on(tmp_path, sqlite_url) as place:
        told = walk(Path(__file__).with_name("canaries.mjs"), place, tmp_path, {})

    assert told["said"] >= 200
    assert told["found"] == []
    assert told["in_storage"] == told["in_a_log"] == told["said"]
