"""Public ids and secrets: random throughout, so that nothing can be read from one, not even its age."""

import secrets
from string import ascii_letters, digits

_ALPHABET = digits + ascii_letters


def new_id(prefix: str) -> str:
    """A prefix that names the kind, and 130 random bits."""
    return f"{prefix}_{_random(22)}"


def new_secret() -> str:
    """256 random bits."""
    return _random(43)


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
