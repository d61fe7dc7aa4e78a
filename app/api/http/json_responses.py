"""Responses of compact JSON: whole, or sent while it is read, in the memory of one part of it."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from app.api.http.compression import choose_coding, compress_stream

CHUNK_BYTES = 65_536


def to_bytes(value: object) -> bytes:
    """Return `value` as JSON without white space."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def json_response(content: object, status: int = 200, **headers: str) -> Response:
    """Return a value, or bytes that are JSON already, with headers such as `Content_Language`."""
    body = content if isinstance(content, bytes) else to_bytes(content)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status, named, "application/json")


def json_stream(
    request: Request, head: Mapping[str, Any], *, lists: Mapping[str, AsyncIterator[object]]
) -> StreamingResponse:
    """Return an object with the members of `head`, of which there are some, and then `lists` as they are read."""
    chunks, headers = _write(head, lists), {"Vary": "Accept-Encoding"}
    coding = choose_coding(request.headers.get("accept-encoding", "").encode("latin-1"))
    if coding:
        chunks, headers = compress_stream(chunks, coding), {**headers, "Content-Encoding": coding}
    return StreamingResponse(chunks, headers=headers, media_type="application/json")


async def _write(head: Mapping[str, Any], lists: Mapping[str, AsyncIterator[object]]) -> AsyncGenerator[bytes]:
    buffer = bytearray(to_bytes(head).removesuffix(b"}"))
    for name, items in lists.items():
        buffer += b",%b:[" % to_bytes(name)
        separator = b""
        async for item in items:
            buffer += separator + to_bytes(item)
            separator = b","
            if len(buffer) >= CHUNK_BYTES:
                yield bytes(buffer)
                buffer.clear()
        buffer += b"]"
    yield bytes(buffer + b"}")
