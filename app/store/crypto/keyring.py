"""The keys that are kept outside the database: without this file, what the database holds is noise.

One key-encryption key for each epoch wraps the data keys of all owners. An epoch ends once a day; when nothing is
wrapped by its key any longer, the key is destroyed, and with it whatever was erased but stayed in a log or a backup.
"""

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from app.errors import NotReady

KEY_BYTES = 32
EPOCH_LASTS = timedelta(days=1)
STALE_AFTER = timedelta(hours=1)
"""For how long another process may go on with the keys that it has read: so long an old key stays."""
UPKEEP_TAKES = timedelta(hours=1)
"""From what is due to what is done: waiting for the next round, twice, and wrapping everything anew."""


class UnusableKeys(NotReady):
    """The file of keys is not there, or is not one."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """A key-encryption key and when it began to be used."""

    key: bytes
    since: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """What the file holds. `seal` keeps its secret for cursors and events, which no epoch ends."""

    epochs: dict[int, Epoch]
    seal: bytes

    @property
    def current(self) -> int:
        return max(self.epochs)

    def unneeded_before(self, in_use: AbstractSet[int], now: datetime) -> int:
        """The first epoch that has to stay.

        An old one goes when nothing is wrapped by it, and no process can still be wrapping with it.
        """
        settled = [number for number, epoch in self.epochs.items() if epoch.since <= now - STALE_AFTER]
        return min([*in_use & self.epochs.keys(), max(settled, default=min(self.epochs))])

    def is_turn_due(self, now: datetime) -> bool:
        """A beginning that is still to come was set by a wrong clock, or by the present of test data."""
        since = self.epochs[self.current].since
        return not now - EPOCH_LASTS < since <= now

    def shredded_by(self, now: datetime) -> datetime:
        """When every key of now is destroyed, at the latest, as long as upkeep runs."""
        turn = now if self.is_turn_due(now) else self.epochs[self.current].since + EPOCH_LASTS
        return turn + STALE_AFTER + UPKEEP_TAKES


class KeyRing:
    """Reads the file anew whenever it has changed: several processes share one."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._read: tuple[tuple[int, int], Keys] | None = None

    def exists(self) -> bool:
        return self.file.exists()

    def create(self, now: datetime) -> None:
        """Make the file, unless another process just did. Raises `UnusableKeys`."""
        fresh = Keys({1: Epoch(secrets.token_bytes(KEY_BYTES), now)}, secrets.token_bytes(KEY_BYTES))
        try:
            with suppress(FileExistsError):
                self._write(fresh, only_if_new=True)
        except OSError as error:
            raise UnusableKeys(f"The file of keys {self.file} cannot be made: {error.strerror}.") from error

    def keys(self) -> Keys:
        """What the file holds now. Raises `UnusableKeys`."""
        try:
            found = self.file.stat()
            stamp = found.st_mtime_ns, found.st_ino
            if self._read is None or self._read[0] != stamp:
                self._read = stamp, _parse(self.file.read_bytes())
        except OSError as error:
            raise UnusableKeys(f"The file of keys {self.file} cannot be read: {error.strerror}.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise UnusableKeys(f"The file of keys {self.file} is damaged. Restore it from its backup.") from error
        return self._read[1]

    def begin_epoch(self, now: datetime) -> int:
        """Add a key-encryption key, with which everything is wrapped from now on. One process at a time may."""
        keys = self.keys()
        number = keys.current + 1
        self._write(Keys({**keys.epochs, number: Epoch(secrets.token_bytes(KEY_BYTES), now)}, keys.seal))
        return number

    def destroy_before(self, epoch: int) -> None:
        """Forget the keys of all epochs before this one. One process at a time may."""
        keys = self.keys()
        self._write(Keys({n: key for n, key in keys.epochs.items() if n >= epoch}, keys.seal))

    def erased(self) -> set[bytes]:
        """Who was erased, as hashes; kept here because a database that is restored has forgotten the last of them."""
        try:
            return {bytes.fromhex(line) for line in self._list_of_erased.read_text(encoding="ascii").splitlines()}
        except FileNotFoundError:
            return set()

    def remember_erased(self, hashes: Iterable[bytes]) -> None:
        new = sorted(set(hashes) - self.erased())
        if new:
            with self._list_of_erased.open("a", encoding="ascii") as file:
                file.writelines(f"{each.hex()}\n" for each in new)
                file.flush()
                os.fsync(file.fileno())

    @property
    def _list_of_erased(self) -> Path:
        return self.file.with_name(f"{self.file.name}.erased")

    def _write(self, keys: Keys, *, only_if_new: bool = False) -> None:
        """Whole or not at all, and readable by nobody else."""
        with NamedTemporaryFile(dir=self.file.parent, prefix=".keys-", delete=False) as file:
            file.write(_written(keys))
            file.flush()
            os.fsync(file.fileno())
        try:
            if only_if_new:
                os.link(file.name, self.file)
                Path(file.name).unlink()
            else:
                Path(file.name).replace(self.file)
            _make_lasting(self.file.parent)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _make_lasting(folder: Path) -> None:
    """A key that wraps anything must not be lost with the power."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _parse(content: bytes) -> Keys:
    held = json.loads(content)
    epochs = {
        int(number): Epoch(b64decode(epoch["key"]), datetime.fromisoformat(epoch["since"]))
        for number, epoch in held["epochs"].items()
    }
    keys = Keys(epochs, b64decode(held["seal"]))
    if not epochs or any(len(key) != KEY_BYTES for key in (keys.seal, *(epoch.key for epoch in epochs.values()))):
        raise ValueError
    return keys


def _written(keys: Keys) -> bytes:
    epochs = {
        str(number): {"key": b64encode(epoch.key).decode(), "since": epoch.since.isoformat()}
        for number, epoch in keys.epochs.items()
    }
    return json.dumps({"epochs": epochs, "seal": b64encode(keys.seal).decode()}, indent=1).encode()
