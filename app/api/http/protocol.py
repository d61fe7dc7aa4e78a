"""The connections of the server: how much one may hold before it is a request, and how it is refused."""

import asyncio
import sys
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from app.api.http.middleware import DEFAULT_HEADERS, FIXED_HEADERS, make_id
from app.api.http.problems import MEDIA_TYPE, problem_headers, render
from app.errors import HeadersTooLarge, MalformedRequest, RekindleError, TooManyConnections

if sys.platform == "win32":
    UvicornProtocol = H11Protocol
else:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as UvicornProtocol

# Of the path with its query and all headers; proxies allow 8 to 64 KiB.
MAX_HEAD_BYTES = 32_768
MAX_HEADERS = 100
# From the first byte of a connection, or of a request on it, to the end of its headers.
HEAD_SECONDS = 15
MAX_CONNECTIONS = 5_000


class UnreadableRequestMixin:
    """A mixin for a protocol of uvicorn, which by itself responds in plain text."""

    transport: asyncio.Transport
    refusal: RekindleError = MalformedRequest()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  the text that uvicorn would have sent
        self.transport.write(problem_bytes(self.refusal))
        self.transport.close()


class BoundedHeadMixin(UnreadableRequestMixin):
    """A mixin for uvicorn's protocol on httptools, which reads a head without end and waits for one without end."""

    loop: asyncio.AbstractEventLoop
    connections: set[Any]
    headers: list[tuple[bytes, bytes]]
    _head_bytes = 0
    # What came in since a head or a part of a body was last complete: also trailers, and a header without an end.
    _unread_bytes = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)  # type: ignore[misc]
        self._start_timer()
        if len(self.connections) > MAX_CONNECTIONS:
            self._refuse(TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)  # type: ignore[misc]

    def data_received(self, data: bytes) -> None:
        self._unread_bytes += len(data)
        super().data_received(data)  # type: ignore[misc]
        if self._unread_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        self._start_timer()
        super().on_message_begin()  # type: ignore[misc]

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)  # type: ignore[misc]

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        # Blanks at the end are no part of a value (RFC 9110, 5.5), and httptools leaves them there.
        super().on_header(name, value.rstrip(b" \t"))  # type: ignore[misc]

    def on_headers_complete(self) -> None:
        self._unread_bytes = 0
        self._stop_timer()
        super().on_headers_complete()  # type: ignore[misc]

    def on_body(self, body: bytes) -> None:
        self._unread_bytes = 0
        super().on_body(body)  # type: ignore[misc]

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD_BYTES or len(self.headers) >= MAX_HEADERS:
            self.refusal = HeadersTooLarge()
            # The parser stops, and uvicorn responds with the refusal.
            raise self.refusal

    def _refuse(self, refusal: RekindleError) -> None:
        self.refusal = refusal
        self.send_400_response("")

    def _start_timer(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


if sys.platform == "win32":

    class ProblemProtocol(UnreadableRequestMixin, UvicornProtocol):
        """The protocol to pass to uvicorn as `http`."""

else:

    class ProblemProtocol(BoundedHeadMixin, UvicornProtocol):  # type: ignore[misc]  # of a narrower transport
        """The protocol to pass to uvicorn as `http`."""


def problem_bytes(problem: RekindleError) -> bytes:
    request_id = make_id()
    body = render(problem, request_id)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"x-request-id", request_id.encode()),
        *((name.lower().encode(), value.encode()) for name, value in problem_headers(problem).items()),
        *DEFAULT_HEADERS,
        *FIXED_HEADERS,
    ]
    status = HTTPStatus(problem.status)
    lines = [f"HTTP/1.1 {status} {status.phrase}".encode(), *(name + b": " + value for name, value in headers)]
    return b"\r\n".join([*lines, b"", body])
