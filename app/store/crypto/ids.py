"""Public ids and secrets: random throughout, so that nothing can be read from one, not even its age."""

import secrets
import time
from string import ascii_letters, digits
from uuid import UUID

_ALPHABET = digits + ascii_letters


def new_id(prefix: str) -> str:
    """A prefix that names the kind, and 130 random bits."""
    return f"{prefix}_{_random(22)}"


def new_secret() -> str:
    """256 random bits."""
    return _random(43)


def new_key() -> UUID:
    """A UUID of version 7, so that rows written one after the other lie side by side. It never leaves the server."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
