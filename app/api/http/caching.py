"""What may be kept: answers that are the same for everyone, with a strong ETag of their bytes."""

from collections.abc import Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

NOT_MODIFIED = 304


def cacheable_response(
    request: Request,
    body: bytes,
    *,
    etag: str | None = None,
    media_type: str = "application/json",
    max_age: int = 300,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The body, or 304 to whoever holds it already. An `etag` computed beforehand spares the hashing."""
    etag = etag or etag_of(body)
    kept = {"ETag": etag, "Cache-Control": f"public, max-age={max_age}", **(headers or {})}
    if is_not_modified(request.headers.get("if-none-match"), etag):
        return Response(None, NOT_MODIFIED, kept)
    return Response(body, headers=kept, media_type=media_type)


def etag_of(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:32]}"'


def is_not_modified(if_none_match: str | None, etag: str) -> bool:
    """Compared weakly, as RFC 9110 asks for: a proxy that compressed the body has weakened the tag."""
    if if_none_match is None:
        return False
    held = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in held or etag in held
