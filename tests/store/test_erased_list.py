from pathlib import Path

import pytest

from app.store.crypto import erased_list
from app.store.crypto.erased_list import ErasedList, UnreadableList

A, B, C = (letter * 32 for letter in (b"a", b"b", b"c"))


@pytest.fixture
def erased(tmp_path: Path) -> ErasedList:
    return ErasedList(tmp_path / "keys.erased")


def content(erased: ErasedList) -> list[set[bytes]]:
    return list(erased.ranges())


def test_what_is_added_stands_there_once_and_only_its_owner_reads_it(erased: ErasedList) -> None:
    assert (erased.is_empty(), content(erased)) == (True, [])

    erased.add([A, B])
    erased.add([B, C])

    assert (erased.is_empty(), content(erased)) == (False, [{A, B, C}])
    assert len(erased.file.read_text().splitlines()) == 3
    assert erased.file.stat().st_mode & 0o077 == 0


def test_it_is_read_in_ranges(erased: ErasedList, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erased_list, "RANGE", 2)
    erased.append(A, B, C)

    assert content(erased) == [{A, B}, {C}]


def test_a_line_that_a_loss_of_power_cut_off_takes_no_other_with_it(erased: ErasedList) -> None:
    erased.append(A)
    erased.file.write_bytes(erased.file.read_bytes() + B.hex()[:20].encode())

    erased.append(C)

    assert content(erased) == [{A, C}]


def test_a_damaged_list_is_not_read_as_a_shorter_one(erased: ErasedList) -> None:
    erased.file.write_text(f"{'x' * 64}\n")

    with pytest.raises(UnreadableList):
        content(erased)
