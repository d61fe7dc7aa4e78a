import json
import socket
import threading
import time

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.api.protocol import AnswersUnreadable, ProblemProtocol


class ProblemH11(AnswersUnreadable, H11Protocol):
    pass


@pytest.fixture(params=[ProblemProtocol, ProblemH11])
def port(request, build_app):
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
def test_what_cannot_be_read_is_answered_with_a_problem(port, sent):
    status, headers, body = send(port, sent)

    assert status == b"HTTP/1.1 400 Bad Request"
    assert headers["content-type"] == "application/problem+json"
    assert int(headers["content-length"]) == len(body)
    assert headers["x-content-type-options"] == "nosniff"
    problem = json.loads(body)
    assert problem["code"] == "malformed_request"
    assert problem["request_id"] == headers["x-request-id"]
    assert b"secret" not in body


def test_what_can_be_read_is_answered_as_ever(port):
    status, _, body = send(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert (status, body) == (b"HTTP/1.1 200 OK", b'{"status":"ok"}')


def test_head_and_oversize_work_over_the_wire(port):
    status, headers, body = send(port, b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (status, body, headers["content-length"]) == (b"HTTP/1.1 200 OK", b"", "15")

    big = b"1" * 300_000
    status, headers, body = send(
        port,
        b"POST /v1/recommendations HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(big) + big,
    )
    assert status.startswith(b"HTTP/1.1 413")
    assert json.loads(body)["code"] == "body_too_large"
