"""The file of keys outside the database, without which its sealed values cannot be opened.

The key-encryption key of an epoch wraps the data keys of all owners. A new epoch begins every day; when no data key is
wrapped by an old key, it is destroyed, and with it erased data that stayed in a log or a backup.
"""

import hmac
import secrets
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import msgspec

from app.durable_file import OWNER_ALONE, write_whole
from app.errors import NotReady
from app.store.crypto.erased_list import ErasedList

KEY_BYTES = 32
# Callers may read it, so it names the setting and no path.
_FILE = "The file of keys (REKINDLE_KEY_FILE)"
OF_ANOTHER = f"{_FILE} is that of another database. Put its own one there."
EPOCH_LASTS = timedelta(days=1)
STALE_AFTER = timedelta(hours=1)
"""Another process may use the keys that it has read for so long; an old key stays until then."""
MAINTENANCE_DELAY = timedelta(hours=1)
"""An upper estimate of two waits for the next maintenance round, and of rewrapping every data key."""


class UnusableKeys(NotReady):
    """The file of keys is missing, damaged or that of another database."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """A key-encryption key and the moment from which it is used."""

    key: bytes
    since: datetime


@dataclass(frozen=True)
class Keys:
    """The content of the file. `seal` is the key of digests that outlive epochs: cursors and the audit chain."""

    epochs: dict[int, Epoch]
    seal: bytes

    @property
    def current(self) -> int:
        return max(self.epochs)

    @cached_property
    def fingerprint(self) -> bytes:
        """A keyed digest that no other file makes, the same in every epoch."""
        return hmac.digest(self.seal, b"fingerprint", "sha256")

    def with_epochs_of(self, other: "Keys") -> "Keys":
        """Return the keys of both; where both have an epoch, that of `other`."""
        return Keys({**self.epochs, **other.epochs}, other.seal)

    def first_needed_epoch(self, in_use: AbstractSet[int], now: datetime) -> int:
        """Return the first epoch that has to stay.

        An earlier one wraps no data key (`in_use`), and no process can still have it as its current one.
        """
        settled = [number for number, epoch in self.epochs.items() if epoch.since <= now - STALE_AFTER]
        return min([*in_use & self.epochs.keys(), max(settled, default=min(self.epochs))])

    def is_turn_due(self, now: datetime) -> bool:
        """Return whether a new epoch is due: after a day, or where the current one begins in the future."""
        since = self.epochs[self.current].since
        # A clock that was wrong, or the clock of test data, may have set a beginning in the future.
        return not now - EPOCH_LASTS < since <= now

    def latest_destruction(self, now: datetime) -> datetime:
        """Return when all current keys are destroyed at the latest, as long as maintenance runs."""
        turn = now if self.is_turn_due(now) else self.epochs[self.current].since + EPOCH_LASTS
        return turn + STALE_AFTER + MAINTENANCE_DELAY


class KeyRing:
    """The file of keys, shared by several processes: it is read again whenever it has changed."""

    def __init__(self, file: Path) -> None:
        """`fingerprint` is that of the one file which opens the database, None while nobody has asked it."""
        self.file = file
        self.fingerprint: bytes | None = None
        self._read: tuple[tuple[int, int], Keys] | None = None

    def exists(self) -> bool:
        return self.file.exists()

    def create(self, now: datetime) -> None:
        """Create the file unless another process just did. Raises `UnusableKeys`."""
        fresh = Keys({1: Epoch(secrets.token_bytes(KEY_BYTES), now)}, secrets.token_bytes(KEY_BYTES))
        try:
            with suppress(FileExistsError):
                self._write(fresh, is_new=True)
        except OSError as error:
            raise UnusableKeys(f"{_FILE} cannot be made: {error.strerror}.") from error

    def put(self, keys: Keys) -> None:
        """Write the file, in place of one that is there. Nobody else may use it meanwhile."""
        self._write(keys)

    def keys(self) -> Keys:
        """Return the current content of the file. Raises `UnusableKeys`, also where it is of another database."""
        try:
            status = self.file.stat()
            stamp = status.st_mtime_ns, status.st_ino
            if self._read is None or self._read[0] != stamp:
                # A file system that is read-only keeps its mode.
                with suppress(OSError):
                    self.file.chmod(OWNER_ALONE)
                self._read = stamp, _parse(self.file.read_bytes())
        except OSError as error:
            raise UnusableKeys(f"{_FILE} cannot be read: {error.strerror}.") from error
        except (ValueError, msgspec.MsgspecError) as error:
            raise UnusableKeys(f"{_FILE} is damaged. Restore it from its backup.") from error
        keys = self._read[1]
        if self.fingerprint is not None and not hmac.compare_digest(self.fingerprint, keys.fingerprint):
            raise UnusableKeys(OF_ANOTHER)
        return keys

    def latest_destruction(self, now: datetime) -> datetime:
        """Return when all current keys are destroyed at the latest; without a usable file, those of one put back."""
        try:
            return self.keys().latest_destruction(now)
        except UnusableKeys:
            return now + EPOCH_LASTS + STALE_AFTER + MAINTENANCE_DELAY

    def begin_epoch(self, now: datetime) -> int:
        """Add a key-encryption key and return its epoch. The caller holds the maintenance lock."""
        keys = self.keys()
        number = keys.current + 1
        self._write(Keys({**keys.epochs, number: Epoch(secrets.token_bytes(KEY_BYTES), now)}, keys.seal))
        return number

    def destroy_before(self, epoch: int) -> None:
        """Remove the keys of all earlier epochs. The caller holds the maintenance lock."""
        keys = self.keys()
        self._write(Keys({n: key for n, key in keys.epochs.items() if n >= epoch}, keys.seal))

    @property
    def erased(self) -> ErasedList:
        """The list of the erased, which belongs to this file."""
        return ErasedList(self.file.with_name(f"{self.file.name}.erased"))

    def _write(self, keys: Keys, *, is_new: bool = False) -> None:
        write_whole(
            self.file, msgspec.json.format(msgspec.json.encode(keys), indent=1), is_new=is_new, mode=OWNER_ALONE
        )


def _parse(content: bytes) -> Keys:
    keys = msgspec.json.decode(content, type=Keys)
    present = [keys.seal, *(epoch.key for epoch in keys.epochs.values())]
    if not keys.epochs or any(len(key) != KEY_BYTES for key in present):
        raise ValueError
    return keys
