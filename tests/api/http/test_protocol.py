import json
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.api.http import protocol
from app.api.http.protocol import ProblemProtocol, UnreadableRequestMixin
from tests.waiting import PATIENCE


class ProblemH11(UnreadableRequestMixin, H11Protocol):
    pass


@pytest.fixture(params=[ProblemProtocol, ProblemH11])
def port(request: pytest.FixtureRequest, build_app: Callable[..., FastAPI]) -> Generator[int]:
    yield from run_with(request.param, build_app())


def run_with(http: type, app: FastAPI) -> Generator[int]:
    config = uvicorn.Config(app, http=http, port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def send(port: int, sent: bytes) -> tuple[bytes, dict[str, str], bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
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


def test_blanks_around_the_value_of_a_header_are_no_part_of_it(port: int) -> None:
    _, headers, _ = send(
        port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: \t one \t \r\n\r\n"
    )

    assert headers["x-request-id"] == "one"


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


LARGE_HEADS = {
    "one header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 40_000 + b"\r\n\r\n",
    "many bytes": b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X-A: xxxxxxxx\r\n" * 4_000 + b"\r\n",
    "many headers": b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 101 + b"\r\n",
    "long path": b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "no end of a header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 40_000,
    "no end of a path": b"GET /" + b"x" * 40_000,
}
CHUNK = b"POST /problems HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\nX-A: "


@pytest.fixture
def bounded(build_app: Callable[..., FastAPI]) -> Generator[int]:
    yield from run_with(ProblemProtocol, build_app())


@pytest.mark.parametrize("head", LARGE_HEADS)
def test_a_head_without_measure_is_refused_before_it_is_kept(bounded: int, head: str) -> None:
    status, headers, body = send(bounded, LARGE_HEADS[head])

    assert status == b"HTTP/1.1 431 Request Header Fields Too Large"
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["code"] == "headers_too_large"


def test_trailers_without_end_end_the_connection(bounded: int) -> None:
    status, _, _ = send(bounded, CHUNK + b"x" * 40_000)

    assert status.startswith(b"HTTP/1.1 4")


def test_a_usual_head_of_a_browser_and_its_proxies_is_read(bounded: int) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: " + b"x" * 20_000

    status, _, _ = send(bounded, head + b"\r\nA: b" * 90 + b"\r\n\r\n")

    assert status == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_who_does_not_finish_a_head_is_let_go(monkeypatch: pytest.MonkeyPatch, bounded: int, sent: bytes) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", bounded), timeout=PATIENCE) as connection:
        connection.sendall(sent)

        assert connection.recv(65_536) == b""


def test_a_kept_connection_is_no_way_around_it(monkeypatch: pytest.MonkeyPatch, bounded: int) -> None:
    with socket.create_connection(("127.0.0.1", bounded), timeout=PATIENCE) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")

        assert connection.recv(65_536) == b""


def test_more_connections_than_are_kept_are_refused(monkeypatch: pytest.MonkeyPatch, bounded: int) -> None:
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 2)
    with ExitStack() as stack:
        for _ in range(2):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", bounded), timeout=PATIENCE))
            held.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert held.recv(65_536).startswith(b"HTTP/1.1 200 OK")

        status, headers, body = send(bounded, b"")

    assert status == b"HTTP/1.1 503 Service Unavailable"
    assert json.loads(body)["code"] == "too_many_connections"
    assert int(headers["retry-after"]) > 0
