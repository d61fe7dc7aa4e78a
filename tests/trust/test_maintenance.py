"""Maintenance in a process of its own, beside the servers."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.store.crypto.keyring import KeyRing
from tests.waiting import PATIENCE, looks

INTERRUPTED = 130


def test_it_begins_at_once_and_goes_on_until_it_is_stopped(sqlite_url: str, tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "rekindle.keys")
    ring.create(datetime(2001, 1, 1, tzinfo=UTC))
    settings = {"REKINDLE_DATABASE_URL": sqlite_url.replace("+aiosqlite", ""), "REKINDLE_KEY_FILE": str(ring.file)}
    process = subprocess.Popen([sys.executable, "-m", "app", "maintenance", "--loop"], env=os.environ | settings)
    try:
        for _ in looks():
            if ring.keys().current > 1:
                break
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == INTERRUPTED
    finally:
        process.kill()
