"""Sealing with AES-256-GCM: each owner has a data key, wrapped by a key-encryption key from outside the database.

A sealed value opens only in its own table, column, row and owner: they are its associated data.
"""

import hmac
import secrets
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import RekindleError
from app.store.crypto.keyring import KEY_BYTES, KeyRing
from app.store.crypto.padding import pack, unpack

_UNPACKED, _PACKED = b"\x01", b"\x02"
"""The first byte of a sealed value: those from before values were packed have their own length."""
_NONCE = 12
_TAG = 16


class Tampered(RekindleError):
    """A stored value was changed, moved to another row, or sealed with another file of keys."""


class Wrapped(NamedTuple):
    """A data key as it is stored: wrapped by the key-encryption key of an epoch."""

    epoch: int
    wrapped: bytes


class DataKey:
    """The key of one owner: it seals and opens values, and makes keyed marks to look them up by."""

    def __init__(self, owner: str, key: bytes) -> None:
        self._owner = owner
        self._key = key
        self._sealing = AESGCM(_derive(key, b"sealing"))

    def seal(self, place: str, row: str, value: bytes) -> bytes:
        """Pack and encrypt a value for a `place`, `table.column`, and the id of a row."""
        nonce = secrets.token_bytes(_NONCE)
        packed = pack(place, value)
        return _PACKED + nonce + self._sealing.encrypt(nonce, packed, _PACKED + self._bound_to(place, row))

    def open(self, place: str, row: str, sealed: bytes) -> bytes:
        """Decrypt a value from this place and row. Raises `Tampered`."""
        form, nonce, encrypted = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        bound_to = self._bound_to(place, row)
        try:
            if form == _PACKED:
                return unpack(self._sealing.decrypt(nonce, encrypted, _PACKED + bound_to))
            if form == _UNPACKED:
                return self._sealing.decrypt(nonce, encrypted, bound_to)
        except (InvalidTag, ValueError) as error:
            raise Tampered from error
        raise Tampered

    def mark(self, *parts: str) -> bytes:
        """Return 32 bytes: the HMAC-SHA-256 of the parts."""
        return hmac.digest(self._marking, "\0".join(parts).encode(), "sha256")

    @cached_property
    def _marking(self) -> bytes:
        return _derive(self._key, b"marking")

    def _bound_to(self, place: str, row: str) -> bytes:
        return f"{place}\0{row}\0{self._owner}".encode()


def tag_of(sealed: bytes) -> bytes:
    """Return the tag that a sealed value ends with: another one whenever the value was sealed anew."""
    return sealed[-_TAG:]


class Vault:
    """A store of data keys: makes, wraps and unwraps them."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring

    def make(self, owner: str) -> tuple[DataKey, Wrapped]:
        """Return a new data key, and the same key wrapped for storage."""
        key = secrets.token_bytes(KEY_BYTES)
        return DataKey(owner, key), self._wrap(owner, key)

    def unwrap(self, owner: str, wrapped: Wrapped) -> DataKey:
        """Return the data key of an owner. Raises `Tampered`."""
        return DataKey(owner, self._unwrapped(owner, wrapped))

    def opens(self, owner: str, wrapped: Wrapped) -> bool:
        """Return whether a data key can be unwrapped."""
        try:
            self._unwrapped(owner, wrapped)
        except Tampered:
            return False
        return True

    def rewrap(self, owner: str, wrapped: Wrapped) -> Wrapped:
        """Wrap the same data key by the current key-encryption key. Raises `Tampered`."""
        return self._wrap(owner, self._unwrapped(owner, wrapped))

    def seal_of(self, *parts: bytes) -> bytes:
        """Return a keyed digest that does not change with epochs, for cursors and the audit chain."""
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
