"""A request that is sent again does nothing twice, however many arrive at once; `make trust` tries a thousand keys."""

from pathlib import Path

from tests.reliability.retries import KINDS, TABLES, TOGETHER, repeat

KEYS = 40


def test_a_retry_never_doubles(postgresql_url: str, tmp_path: Path) -> None:
    counted = repeat(postgresql_url, tmp_path, KEYS, workers=1)

    assert counted.wrong == []
    assert counted.answers == KEYS * TOGETHER
    assert counted.effects == dict.fromkeys(TABLES, KEYS // KINDS)
    assert counted.of_another_caller == [201, 404, 201, 404, 201]
    assert counted.of_another_body == ["idempotency_key_reused"] * KINDS
    assert counted.doubled == dict.fromkeys(TABLES, 1)
