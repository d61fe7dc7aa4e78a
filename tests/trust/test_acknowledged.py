"""A hundred servers killed and twenty databases without power, while four write; and what would be lost if it could."""

from pathlib import Path

from tests.reliability.chaos import acknowledged_under_fire

KILLS, RESTARTS = 100, 20
RISKED = 3


def test_no_acknowledged_write_is_lost(tmp_path: Path) -> None:
    outcome = acknowledged_under_fire(tmp_path, KILLS, RESTARTS, {"synchronous_commit": "on", "fsync": "on"})

    print(outcome.acknowledged, "acknowledged", dict(outcome.refusals))  # noqa: T201  the figures of a long run
    assert outcome.lost == []
    assert outcome.refusals.keys() <= {"cut off", "database_unavailable", "still_running", "too_many_requests"}
    assert outcome.acknowledged > KILLS


def test_a_loss_would_be_seen(tmp_path: Path) -> None:
    settings = {"synchronous_commit": "off", "wal_writer_delay": "10s"}

    outcome = acknowledged_under_fire(tmp_path, 0, RISKED, settings)

    print(len(outcome.lost), "lost of", outcome.acknowledged)  # noqa: T201
    assert outcome.lost
