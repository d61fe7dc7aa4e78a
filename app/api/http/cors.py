"""Cross-origin access for the web origins that the operator lists."""

from collections.abc import Iterable, Mapping

HeaderList = list[tuple[bytes, bytes]]

EXPOSED_HEADERS = (
    b"ETag, Location, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Rekindle-Version, "
    b"Content-Language, Idempotency-Replayed"
)
ALLOWED_HEADERS = (
    b"Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Rekindle-Test-Now, "
    b"X-Request-Id"
)
ALLOWED_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
PREFLIGHT_SECONDS = b"600"


class Cors:
    """Cross-origin headers for a fixed list of origins, without wildcards."""

    def __init__(self, origins: Iterable[str], more_headers: Iterable[str] = ()) -> None:
        """Allow `more_headers` beside those that the API reads, such as what tracing scripts add to every request."""
        self._origins = frozenset(origin.encode() for origin in origins)
        self._headers = b", ".join((ALLOWED_HEADERS, *(name.encode() for name in more_headers)))

    def headers(self, origin: bytes | None) -> HeaderList:
        """Return the response headers for a request from `origin`, None for one without an origin."""
        if origin is None or origin not in self._origins:
            # Caches must not serve this response, which allows nobody, to a page of a listed origin.
            return [(b"vary", b"Origin")]
        return [
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", EXPOSED_HEADERS),
        ]

    def is_preflight(self, method: str, headers: Mapping[bytes, bytes]) -> bool:
        return method == "OPTIONS" and b"origin" in headers and b"access-control-request-method" in headers

    def preflight_headers(self, origin: bytes) -> HeaderList:
        """Return the headers of a preflight response; none for an origin that is not listed."""
        if origin not in self._origins:
            return []
        return [
            (b"access-control-allow-methods", ALLOWED_METHODS),
            (b"access-control-allow-headers", self._headers),
            (b"access-control-max-age", PREFLIGHT_SECONDS),
        ]
