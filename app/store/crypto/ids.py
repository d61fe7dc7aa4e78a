"""Public ids and secrets. They are random throughout, so that an id does not even tell its age."""

import secrets
import time
from hashlib import sha256
from string import ascii_letters, digits
from uuid import UUID

_ALPHABET = (digits + ascii_letters).encode()
_CHARACTERS = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
_UNEVEN = bytes(range(256 - 256 % len(_ALPHABET), 256))
"""Bytes beyond the last whole run of the alphabet would make its first characters likelier."""


def new_id(prefix: str) -> str:
    """Return `prefix`, which names the kind, and 130 random bits in base 62."""
    return f"{prefix}_{_random(22)}"


def new_secret() -> str:
    """Return 256 random bits in base 62."""
    return _random(43)


def new_seed() -> str:
    """Return 130 random bits in base 62, for the draws of a couple."""
    return _random(22)


def sha256_of(text: str) -> bytes:
    """Return the hash under which an id or a secret is found that is not stored itself."""
    # Without a salt: both are random throughout, so nobody can try all of them.
    return sha256(text.encode()).digest()


def new_key() -> UUID:
    """Return a UUID of version 7, which keeps rows of one time together in an index. It never leaves the server."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))


def _random(length: int) -> str:
    characters = b""
    while len(characters) < length:
        characters += secrets.token_bytes(length).translate(_CHARACTERS, _UNEVEN)
    return characters[:length].decode()
