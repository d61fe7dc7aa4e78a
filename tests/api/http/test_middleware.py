import asyncio
import re
from collections.abc import Callable, Iterator

import pytest
import structlog
from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.api.http.middleware import HttpMiddleware, Metrics
from app.errors import TooManyRequests
from tests import clock
from tests.client import TestClient

LIMIT = 262_144


@pytest.fixture
def app(build_app: Callable[..., FastAPI]) -> FastAPI:
    app: FastAPI = build_app()

    @app.post("/trial/{name}")
    async def weigh(request: Request, name: str) -> int:
        return len(await request.body())

    @app.get("/trial/{name}")
    async def fail(name: str) -> None:
        raise LookupError(f"answered {name}")

    return app


@pytest.fixture
def client(connect: Callable[..., TestClient], app: FastAPI) -> TestClient:
    client: TestClient = connect(app)
    return client


# Request id


@pytest.mark.parametrize("given", ["a", "A.b_c-9", "x" * 64])
def test_a_request_id_that_is_sound_comes_back(client: TestClient, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a/b", "a\u00e9", "<script>"])
def test_a_request_id_that_is_not_is_replaced(client: TestClient, given: str) -> None:
    answered = client.get("/healthz", headers={b"X-Request-Id": given.encode()}).headers["x-request-id"]

    assert re.fullmatch(r"req_[0-9a-f]{16}", answered)


def test_two_requests_have_two_ids(client: TestClient) -> None:
    assert client.get("/healthz").headers["x-request-id"] != client.get("/healthz").headers["x-request-id"]


# Headers of every answer

EVERYWHERE = ["/healthz", "/nowhere", "/trial/boom", "/docs", "/openapi.json", "/problems"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_is_guarded_and_names_the_version(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["rekindle-version"] == __version__
    assert len(headers.get_list("content-security-policy")) == len(headers.get_list("cache-control")) == 1


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/trial/boom"])
def test_nothing_is_kept_unless_it_says_that_it_may_be(client: TestClient, path: str) -> None:
    assert client.get(path).headers["cache-control"] == "no-store"


def test_head_answers_like_get_without_the_body(client: TestClient) -> None:
    got, headed = client.get("/healthz"), client.head("/healthz")

    assert headed.status_code == 200
    assert headed.content == b""
    assert headed.headers["content-length"] == got.headers["content-length"]


def test_a_slash_too_many_is_not_found_rather_than_sent_elsewhere(client: TestClient) -> None:
    assert client.get("/healthz/", follow_redirects=False).status_code == 404


# Bodies


def test_a_body_as_large_as_the_limit_is_read(client: TestClient) -> None:
    answer = client.post("/trial/x", content=b"1" * LIMIT, headers={"Content-Type": "application/json"})

    assert answer.json() == LIMIT


def test_a_larger_body_is_refused(client: TestClient) -> None:
    answer = client.post("/trial/x", content=b"1" * (LIMIT + 1), headers={"Content-Type": "application/json"})

    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


def test_a_larger_body_without_a_length_is_refused(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield from [b"1" * 1024] * 257

    answer = client.post("/trial/x", content=pieces(), headers={"Content-Type": "application/json"})

    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


def test_a_body_that_fastapi_reads_is_refused_alike(client: TestClient) -> None:
    for content in (b"1" * (LIMIT + 1), iter([b"1" * LIMIT, b"1"])):
        answer = client.post("/v1/recommendations", content=content, headers={"Content-Type": "application/json"})

        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_length_of_thousands_of_digits_is_too_large(build_app: Callable[..., FastAPI]) -> None:
    sent = ask_raw(
        build_app(), "POST", "/v1/recommendations", {"content-length": "9" * 5000, "content-type": "application/json"}
    )

    assert sent[0]["status"] == 413


def test_an_unknown_path_is_not_found_whatever_is_sent_there(client: TestClient) -> None:
    assert (
        client.post("/nowhere", content=b"x" * (LIMIT + 1), headers={"Content-Type": "text/plain"}).status_code == 404
    )


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", "json"])
def test_a_body_that_is_not_sent_as_json_is_refused(client: TestClient, kind: str) -> None:
    answer = client.post("/v1/recommendations", content=b"{}", headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json", "application/vnd.a.b+json"],
)
def test_every_way_to_say_json_is_read(client: TestClient, kind: str) -> None:
    assert client.post("/trial/x", content=b"{}", headers={"Content-Type": kind}).status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize("coding", ["gzip", "identity", None])
def test_a_refusal_names_the_header_that_is_wrong_and_what_is_read_instead(
    client: TestClient, kind: str, coding: str | None
) -> None:
    if kind == "application/json" and coding is None:
        return
    headers = {"Content-Type": kind} | ({"Content-Encoding": coding} if coding else {})

    answer = client.post("/trial/x", content=b"{}", headers=headers)

    assert answer.status_code == 415
    assert ("Content-Encoding" in answer.json()["detail"]) == (coding is not None)
    assert ("Content-Type" in answer.json()["detail"]) == (kind == "text/plain")
    # RFC 9110, 12.5.3: never where the coding is not at fault.
    assert answer.headers.get("accept-encoding") == ("identity" if coding else None)
    assert answer.headers.get("accept") == ("application/json" if kind == "text/plain" else None)


def test_no_body_needs_no_media_type(client: TestClient) -> None:
    assert client.post("/trial/x").json() == 0


# Errors from anywhere


def test_what_a_route_does_not_expect_is_a_problem_without_a_word_of_it(client: TestClient) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = client.get("/trial/secret")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert "secret" not in answer.text
    assert "secret" not in str(lines)
    assert any("LookupError" in line.get("error", ()) for line in lines)


def ask_raw(
    app: ASGIApp, method: str, path: str, headers: dict[str, str], pieces: tuple[bytes, ...] = (b"",)
) -> list[Message]:
    """Speak ASGI without a client in between, to send what clients do not."""
    sent: list[Message] = []
    incoming = iter(pieces)

    async def receive() -> Message:
        return {"type": "http.request", "body": next(incoming), "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async def speak() -> None:
        await app(scope, receive, send)

    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": None,
        "server": None,
    }
    asyncio.run(speak())
    return sent


def shell_around(app: ASGIApp) -> HttpMiddleware:
    return HttpMiddleware(app, metrics=Metrics(), cors=None, limiter=None, clock=clock.now, body_limit=LIMIT)


def test_an_error_outside_the_router_is_a_problem_too() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("secret")

    start, body = ask_raw(shell_around(broken), "GET", "/", {})

    assert start["status"] == 500
    assert (b"content-type", b"application/problem+json") in start["headers"]
    assert b"secret" not in body["body"]


def test_an_answer_that_breaks_off_is_cut_without_saying_what_broke() -> None:
    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise LookupError("secret")

    with pytest.raises(RuntimeError) as raised:
        ask_raw(shell_around(breaks_off), "GET", "/", {})

    assert "secret" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_an_answer_that_breaks_off_before_anything_was_sent_is_a_problem() -> None:
    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise TooManyRequests("later", 5)

    start, body = ask_raw(shell_around(breaks_off), "GET", "/", {})

    assert start["status"] == 429
    assert b"later" in body["body"]


# The log


def log_of(client: TestClient, path: str, **request: object) -> dict[str, object]:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        client.request("POST", path, **request)  # type: ignore[arg-type]
    return dict(lines[-1])


def test_a_request_is_told_by_its_template_and_its_id(client: TestClient) -> None:
    line = log_of(client, "/trial/ptr_1?token=abc", json={"fear": "yes"}, headers={"X-Request-Id": "mine"})

    assert line.pop("milliseconds") > 0  # type: ignore[operator]
    assert line == {
        "event": "answered",
        "log_level": "info",
        "method": "POST",
        "route": "/trial/{name}",
        "status": 200,
        "request_id": "mine",
    }


def test_a_refused_request_is_told_with_its_problem_and_nothing_of_what_was_sent(
    client: TestClient, whole_report: dict[str, object]
) -> None:
    body = {"reports": {"a": {**whole_report, "safety": {"fear": "yes", "hurt": "quite"}}}}

    line = log_of(client, "/v1/recommendations?who=someone", json=body)

    assert line["problem"] == "validation_failed"
    assert not re.search("quite|someone|fear", str(line))


def test_an_unknown_path_is_not_repeated_in_the_log(client: TestClient) -> None:
    assert log_of(client, "/v1/calendar/a-secret.ics")["route"] == "unmatched"


def test_what_watches_over_the_server_is_not_told_among_the_rest(client: TestClient) -> None:
    with structlog.testing.capture_logs() as lines:
        client.get("/healthz")

    assert [line["log_level"] for line in lines] == ["debug"]
