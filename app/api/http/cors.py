"""Which web origins' pages may read the answers: those the operator wrote out, no other."""

from collections.abc import Iterable, Mapping

Headers = list[tuple[bytes, bytes]]

EXPOSED = (
    b"ETag, Location, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Rekindle-Version, "
    b"Content-Language, Idempotency-Replayed"
)
ACCEPTED = (
    b"Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Rekindle-Test-Now, "
    b"X-Request-Id"
)
METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
PREFLIGHT_SECONDS = b"600"


class Cors:
    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)

    def headers(self, origin: bytes | None) -> Headers:
        """What lets the page of this origin read an answer. It varies even for those it does not let."""
        if not self._origins:
            return []
        if origin is None or origin not in self._origins:
            return [(b"vary", b"Origin")]
        return [
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", EXPOSED),
        ]

    def is_preflight(self, method: str, asked: Mapping[bytes, bytes]) -> bool:
        is_asked = b"origin" in asked and b"access-control-request-method" in asked
        return method == "OPTIONS" and is_asked and bool(self._origins)

    def preflight_headers(self, origin: bytes) -> Headers:
        """What a browser asks for before it sends; to a strange origin nothing is promised."""
        if origin not in self._origins:
            return []
        return [
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", ACCEPTED),
            (b"access-control-max-age", PREFLIGHT_SECONDS),
        ]
