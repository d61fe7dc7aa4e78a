"""Cacheable responses: the same for everyone, with a strong ETag of their bytes."""

from collections.abc import Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from app.api.http.compression import plain_tag
from app.api.http.json_responses import to_bytes

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
    """Return `body`, or 304 where the request's `If-None-Match` names it.

    An `etag` computed beforehand saves hashing the body; `max_age` is in seconds.
    """
    etag = etag or etag_of(body)
    all_headers = {"ETag": etag, "Cache-Control": f"public, max-age={max_age}", **(headers or {})}
    if is_not_modified(request.headers.get("if-none-match"), etag):
        return Response(None, NOT_MODIFIED, all_headers)
    return Response(body, headers=all_headers, media_type=media_type)


def own_response(request: Request, content: object, locale: str) -> Response:
    """Return what one partner reads of their own, or 304. No cache may store it: a client keeps its copy in memory.

    `content` may be JSON already.
    """
    headers = {"Cache-Control": "no-store", "Content-Language": locale}
    return cacheable_response(request, content if isinstance(content, bytes) else to_bytes(content), headers=headers)


def etag_of(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:32]}"'


def is_not_modified(if_none_match: str | None, etag: str) -> bool:
    """Return whether `if_none_match` names `etag`, compared weakly (RFC 9110)."""
    # A proxy that compresses the body weakens its tag.
    if if_none_match is None:
        return False
    tags = [plain_tag(tag.strip().removeprefix("W/")) for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags
