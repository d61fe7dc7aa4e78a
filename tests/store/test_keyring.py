from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.store.crypto.keyring import EPOCH_LASTS, STALE_AFTER, KeyRing, UnusableKeys

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys")
    ring.create(NOW)
    return ring


def test_whoever_makes_it_second_finds_the_first(ring: KeyRing) -> None:
    before = ring.keys()

    KeyRing(ring.file).create(NOW)

    assert ring.keys() == before


def test_only_its_owner_reads_it(ring: KeyRing) -> None:
    ring.begin_epoch(NOW)

    assert ring.file.stat().st_mode & 0o077 == 0


def test_another_process_sees_a_new_epoch_at_once(ring: KeyRing) -> None:
    other = KeyRing(ring.file)
    assert other.keys().current == 1

    ring.begin_epoch(NOW)

    assert other.keys().current == 2


def test_a_damaged_file_is_named_and_not_replaced(ring: KeyRing) -> None:
    ring.file.write_text('{"epochs": {}, "seal": ""}')

    with pytest.raises(UnusableKeys, match="damaged"):
        ring.keys()
    ring.create(NOW)
    with pytest.raises(UnusableKeys, match="damaged"):
        ring.keys()


@pytest.mark.parametrize(
    ("after", "is_due"),
    [(timedelta(), False), (EPOCH_LASTS - timedelta(seconds=1), False), (EPOCH_LASTS, True), (-timedelta(1), True)],
)
def test_an_epoch_lasts_a_day_and_one_of_the_future_not_at_all(
    ring: KeyRing,
    after: timedelta,
    is_due: bool,  # noqa: FBT001
) -> None:
    assert ring.keys().is_turn_due(NOW + after) == is_due


def test_an_old_key_stays_while_anything_is_wrapped_by_it_or_the_next_one_is_young(ring: KeyRing) -> None:
    ring.begin_epoch(NOW + EPOCH_LASTS)
    keys, young = ring.keys(), NOW + EPOCH_LASTS + STALE_AFTER - timedelta(seconds=1)
    settled = NOW + EPOCH_LASTS + STALE_AFTER

    assert keys.first_needed_epoch({2}, young) == 1
    assert keys.first_needed_epoch({1, 2}, settled) == 1
    assert keys.first_needed_epoch({2}, settled) == 2
    assert keys.first_needed_epoch(set(), settled) == 2


def test_data_keys_of_an_epoch_that_is_long_gone_hold_nothing_up(ring: KeyRing) -> None:
    ring.begin_epoch(NOW)
    ring.begin_epoch(NOW)
    ring.destroy_before(2)

    assert ring.keys().first_needed_epoch({1, 3}, NOW + STALE_AFTER) == 3


def test_without_a_usable_file_the_keys_are_gone_two_hours_after_the_next_turn_at_the_latest(tmp_path: Path) -> None:
    assert KeyRing(tmp_path / "keys").latest_destruction(NOW) == NOW + timedelta(hours=26)
