"""What the server says before there is a request to route: it could not read one."""

import asyncio
import sys

from uvicorn.protocols.http.h11_impl import H11Protocol

from app.api.http.middleware import ALWAYS, UNLESS_SAID_OTHERWISE, make_id
from app.api.http.problems import MEDIA_TYPE, render
from app.errors import MalformedRequest

if sys.platform == "win32":
    Plain = H11Protocol
else:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Plain


class AnswersUnreadable:
    """Mixed into a protocol of uvicorn, which would answer in plain text."""

    transport: asyncio.Transport

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  what uvicorn would have said
        self.transport.write(answer_unreadable())
        self.transport.close()


class ProblemProtocol(AnswersUnreadable, Plain):
    """To hand to uvicorn as `http`."""


def answer_unreadable() -> bytes:
    request_id = make_id()
    body = render(MalformedRequest(), request_id)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", b"en"),
        (b"connection", b"close"),
        (b"x-request-id", request_id.encode()),
        *UNLESS_SAID_OTHERWISE,
        *ALWAYS,
    ]
    lines = [b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in headers)]
    return b"\r\n".join([*lines, b"", body])
