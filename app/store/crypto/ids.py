"""Public ids and secrets. They are random throughout, so that an id does not even tell its age."""

import secrets
import time
from hashlib import sha256
from string import ascii_letters, digits
from uuid import UUID

_ALPHABET = digits + ascii_letters


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
    # One number and its digits: as random as a draw for each, for a tenth of the time.
    number, characters = secrets.randbelow(len(_ALPHABET) ** length), ""
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        characters += _ALPHABET[digit]
    return characters
