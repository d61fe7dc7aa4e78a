import json
import socket
import threading
import time
from collections.abc import Callable, Generator

import pytest
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.api.http.protocol import ProblemProtocol, UnreadableRequestMixin


class ProblemH11(UnreadableRequestMixin, H11Protocol):
    pass


@pytest.fixture(params=[ProblemProtocol, ProblemH11])
def port(request: pytest.FixtureRequest, build_app: Callable[..., FastAPI]) -> Generator[int]:
    config = uvicorn.Config(build_app(), http=request.param, port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def send(port: int, sent: bytes) -> tuple[bytes, dict[str, str], bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return status.encode(), {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body


@pytest.mark.parametrize("sent", [b"secret nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n"])
def test_what_cannot_be_read_is_answered_with_a_problem(port: int, sent: bytes) -> None:
    status, headers, body = send(port, sent)

    assert status == b"HTTP/1.1 400 Bad Request"
    assert headers["content-type"] == "application/problem+json"
    assert int(headers["content-length"]) == len(body)
    assert headers["x-content-type-options"] == "nosniff"
    problem = json.loads(body)
    assert problem["code"] == "malformed_request"
    assert problem["request_id"] == headers["x-request-id"]
    assert b"secret" not in body


def test_what_can_be_read_is_answered_as_ever(port: int) -> None:
    status, _, body = send(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert (status, body) == (b"HTTP/1.1 200 OK", b'{"status":"ok"}')


def test_a_head_has_no_body_over_the_wire(port: int) -> None:
    status, headers, body = send(port, b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert (status, body, headers["content-length"]) == (b"HTTP/1.1 200 OK", b"", "15")


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize("size", [300_000, 3_000_000])
def test_who_sends_too_much_reads_why(port: int, size: int, kind: str) -> None:
    head = f"POST /v1/recommendations HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\n"

    status, _, body = send(port, f"{head}Content-Length: {size}\r\n\r\n".encode() + b"1" * size)

    assert status.startswith(b"HTTP/1.1 413")
    assert json.loads(body)["code"] == "body_too_large"


def test_who_asks_first_is_answered_before_sending(port: int) -> None:
    head = b"POST /v1/recommendations HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"

    status, _, _ = send(port, head + b"Content-Length: 300000\r\nExpect: 100-continue\r\n\r\n")

    assert status.startswith(b"HTTP/1.1 413")
