"""Sealing: AES-256-GCM with a key of each owner, which is itself wrapped by a key that is kept outside the database.

What is sealed for one place can be opened in that place alone: table, column, row and owner go into it.
"""

import hmac
import secrets
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import RekindleError
from app.store.crypto.keyring import KEY_BYTES, KeyRing

_FORM = b"\x01"
_NONCE = 12


class Tampered(RekindleError):
    """What is stored was changed, moved to another row, or belongs to another set of keys."""


class Wrapped(NamedTuple):
    """A data key as it is stored."""

    epoch: int
    wrapped: bytes


class DataKey:
    """What seals and opens everything of one owner, and makes the marks by which it is found again."""

    def __init__(self, owner: str, key: bytes) -> None:
        self._owner = owner
        self._sealing = AESGCM(_derive(key, b"sealing"))
        self._marking = _derive(key, b"marking")

    def seal(self, place: str, row: str, value: bytes) -> bytes:
        """Encrypt for `table.column` and one row of it."""
        nonce = secrets.token_bytes(_NONCE)
        return _FORM + nonce + self._sealing.encrypt(nonce, value, self._bound_to(place, row))

    def open(self, place: str, row: str, sealed: bytes) -> bytes:
        """Decrypt. Raises `Tampered`."""
        if sealed[:1] != _FORM:
            raise Tampered
        try:
            nonce, encrypted = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
            return self._sealing.decrypt(nonce, encrypted, self._bound_to(place, row))
        except InvalidTag as error:
            raise Tampered from error

    def mark(self, *parts: str) -> bytes:
        """The same 32 bytes for the same parts, and nothing to anyone without the key."""
        return hmac.digest(self._marking, "\0".join(parts).encode(), "sha256")

    def _bound_to(self, place: str, row: str) -> bytes:
        return f"{place}\0{row}\0{self._owner}".encode()


class Vault:
    """Makes, wraps and unwraps data keys."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring

    def make(self, owner: str) -> tuple[DataKey, Wrapped]:
        key = secrets.token_bytes(KEY_BYTES)
        return DataKey(owner, key), self._wrap(owner, key)

    def unwrap(self, owner: str, wrapped: Wrapped) -> DataKey:
        """Raises `Tampered`."""
        return DataKey(owner, self._unwrapped(owner, wrapped))

    def rewrap(self, owner: str, wrapped: Wrapped) -> Wrapped:
        """The same data key under the key-encryption key of now."""
        return self._wrap(owner, self._unwrapped(owner, wrapped))

    def seal_of(self, *parts: bytes) -> bytes:
        """A keyed digest that outlives every epoch: for cursors, and for the chain of events."""
        return hmac.digest(self.ring.keys().seal, b"\0".join(sha256(part).digest() for part in parts), "sha256")

    def _wrap(self, owner: str, key: bytes) -> Wrapped:
        keys = self.ring.keys()
        nonce = secrets.token_bytes(_NONCE)
        epoch = keys.current
        return Wrapped(epoch, nonce + AESGCM(keys.epochs[epoch].key).encrypt(nonce, key, owner.encode()))

    def _unwrapped(self, owner: str, wrapped: Wrapped) -> bytes:
        epoch = self.ring.keys().epochs.get(wrapped.epoch)
        if epoch is None:
            raise Tampered
        try:
            return AESGCM(epoch.key).decrypt(wrapped.wrapped[:_NONCE], wrapped.wrapped[_NONCE:], owner.encode())
        except InvalidTag as error:
            raise Tampered from error


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, "sha256")
