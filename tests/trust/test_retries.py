"""A thousand keys, each sent eight times at once to two processes."""

from pathlib import Path

import pytest

from tests.reliability.retries import KINDS, TABLES, TOGETHER, repeat

KEYS = 1_000


def test_a_retry_never_doubles(postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One partner gets more tokens than anybody needs.
    monkeypatch.setenv("REKINDLE_QUOTA_TOKENS", str(KEYS))

    counted = repeat(postgresql_url, tmp_path, KEYS, workers=2)

    assert counted.wrong == []
    assert counted.answers == KEYS * TOGETHER
    assert counted.effects == dict.fromkeys(TABLES, KEYS // KINDS)
    assert counted.doubled == dict.fromkeys(TABLES, 1)
