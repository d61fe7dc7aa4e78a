from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Tampered, Vault, Wrapped

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    ring = KeyRing(tmp_path / "keys")
    ring.create(NOW)
    return Vault(ring)


@pytest.mark.parametrize(
    ("owner", "place", "row"),
    [("ptr_b", "reports.pooled", "1"), ("ptr_a", "reports.other", "1"), ("ptr_a", "reports.pooled", "2")],
)
def test_what_is_sealed_opens_in_its_own_place_alone(vault: Vault, owner: str, place: str, row: str) -> None:
    data_key, wrapped = vault.make("ptr_a")
    sealed = data_key.seal("reports.pooled", "1", b"yes")
    assert data_key.open("reports.pooled", "1", sealed) == b"yes"

    with pytest.raises(Tampered):
        (data_key if owner == "ptr_a" else vault.make(owner)[0]).open(place, row, sealed)
    with pytest.raises(Tampered):
        vault.unwrap("ptr_b", wrapped)


def test_any_bit_that_was_flipped_is_found(vault: Vault) -> None:
    data_key, wrapped = vault.make("ptr_a")
    sealed = data_key.seal("reports.pooled", "1", b"yes")

    for bit in range(8, len(sealed) * 8):
        with pytest.raises(Tampered):
            data_key.open("reports.pooled", "1", flipped(sealed, bit))
    for bit in range(len(wrapped.wrapped) * 8):
        with pytest.raises(Tampered):
            vault.unwrap("ptr_a", Wrapped(wrapped.epoch, flipped(wrapped.wrapped, bit)))


def flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_the_same_answer_never_looks_the_same(vault: Vault) -> None:
    data_key, _ = vault.make("ptr_a")

    assert len({data_key.seal("reports.pooled", "1", b"yes") for _ in range(100)}) == 100


def test_marks_of_the_same_are_the_same_for_one_owner_and_a_riddle_to_others(vault: Vault) -> None:
    one, other = vault.make("ptr_a")[0], vault.make("ptr_a")[0]

    assert one.mark("choice", "evening-walk") == one.mark("choice", "evening-walk")
    assert one.mark("choice", "evening-walk") != other.mark("choice", "evening-walk")
    assert one.mark("choice", "evening-walk") != one.mark("choiceevening-walk")


def test_wrapped_anew_it_opens_the_same_and_the_old_wrapping_dies_with_its_epoch(vault: Vault) -> None:
    data_key, before = vault.make("ptr_a")
    sealed = data_key.seal("reports.pooled", "1", b"yes")
    vault.ring.begin_epoch(NOW)

    after = vault.rewrap("ptr_a", before)
    vault.ring.destroy_before(2)

    assert after.epoch == 2
    assert vault.unwrap("ptr_a", after).open("reports.pooled", "1", sealed) == b"yes"
    with pytest.raises(Tampered):
        vault.unwrap("ptr_a", before)
