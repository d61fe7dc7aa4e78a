"""What was acknowledged is there, whatever dies; `make trust` kills a hundred servers and restarts twenty databases."""

from pathlib import Path

from tests.reliability.chaos import acknowledged_under_fire

KILLS, RESTARTS = 4, 1


def test_no_acknowledged_write_is_lost(tmp_path: Path) -> None:
    outcome = acknowledged_under_fire(tmp_path, KILLS, RESTARTS, {"synchronous_commit": "on", "fsync": "on"})

    assert outcome.lost == []
    assert outcome.refusals.keys() <= {"cut off", "database_unavailable", "still_running", "too_many_requests"}
    assert outcome.acknowledged > 20


def test_a_loss_would_be_seen(tmp_path: Path) -> None:
    outcome = acknowledged_under_fire(tmp_path, 0, RESTARTS, {"synchronous_commit": "off", "wal_writer_delay": "10s"})

    assert outcome.lost
