"""The list of the erased, beside the file of keys: SHA-256 hashes of their ids, which a restored database keeps."""

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from app.errors import NotReady

RANGE = 1000
"""How many hashes are in memory at a time, and are looked for in one statement."""
_HEX_DIGITS = 64


class UnreadableList(NotReady):
    """The list of the erased is there and cannot be read, so nobody knows who must not come back."""


class ErasedList:
    """A file that is only added to, one hash a line; processes and backups share it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def is_empty(self) -> bool:
        return not self.file.exists() or self.file.stat().st_size == 0

    def ranges(self) -> Iterator[set[bytes]]:
        """Yield the hashes, a range at a time. Raises `UnreadableList`."""
        try:
            with self.file.open("rb") as file:
                while lines := list(islice(file, RANGE)):
                    # A line that a loss of power cut off was never acknowledged; the database has its receipt.
                    whole = [line.strip() for line in lines if len(line.strip()) == _HEX_DIGITS]
                    yield {bytes.fromhex(line.decode("ascii")) for line in whole}
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            raise UnreadableList("The list of the erased, beside the file of keys, cannot be read.") from error

    def add(self, hashes: Iterable[bytes]) -> None:
        """Add those of the hashes that are not in the list."""
        new = set(hashes)
        for known in self.ranges() if new else ():
            new -= known
        if new:
            self.append(*sorted(new))

    def append(self, *hashes: bytes) -> None:
        """Add hashes without looking whether they are there, and wait until they are on the disk."""
        text = "".join(f"{hash_.hex()}\n" for hash_ in hashes).encode("ascii")
        opened = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(opened, "r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            if end and os.pread(opened, 1, end - 1) != b"\n":
                text = b"\n" + text
            file.write(text)
            os.fsync(opened)
