"""Problem responses to bytes that uvicorn cannot read as a request."""

import asyncio
import sys

from uvicorn.protocols.http.h11_impl import H11Protocol

from app.api.http.middleware import DEFAULT_HEADERS, FIXED_HEADERS, make_id
from app.api.http.problems import MEDIA_TYPE, render
from app.errors import MalformedRequest

if sys.platform == "win32":
    UvicornProtocol = H11Protocol
else:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as UvicornProtocol


class UnreadableRequestMixin:
    """A mixin for a protocol of uvicorn, which by itself responds in plain text."""

    transport: asyncio.Transport

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  the text that uvicorn would have sent
        self.transport.write(problem_bytes())
        self.transport.close()


class ProblemProtocol(UnreadableRequestMixin, UvicornProtocol):
    """The protocol to pass to uvicorn as `http`."""


def problem_bytes() -> bytes:
    request_id = make_id()
    body = render(MalformedRequest(), request_id)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", b"en"),
        (b"connection", b"close"),
        (b"x-request-id", request_id.encode()),
        *DEFAULT_HEADERS,
        *FIXED_HEADERS,
    ]
    lines = [b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in headers)]
    return b"\r\n".join([*lines, b"", body])
