import json
from collections.abc import Callable
from typing import cast

import pytest
from fastapi import FastAPI
from httpx2 import Response

from app.api.http.problem_pages import problem_classes
from app.api.http.routing import ResourceRouter, RouteTable
from app.errors import ScopeMissing
from tests.client import TestClient

JSON = {"Content-Type": "application/json"}
KEY = f"Bearer rk_test_{'0' * 43}"


def post(client: TestClient, content: bytes | str, **headers: str) -> Response:
    return client.post("/v1/recommendations", content=content, headers=JSON | headers)


def ask_until_refused(connect: Callable[..., TestClient]) -> Response:
    client = connect(rate_limit="1/minute")
    client.get("/problems")
    return client.get("/problems")


def fail_unexpectedly(connect: Callable[..., TestClient], build_app: Callable[..., FastAPI]) -> Response:
    app = build_app()
    app.add_api_route("/trial", lambda: 1 / 0)
    return connect(app).get("/trial")


# How each problem comes about that no route names by itself.
REACHED: dict[str, Callable[..., Response]] = {
    "malformed_json": lambda connect, _: post(connect(), "{"),
    "not_found": lambda connect, _: connect().get("/nowhere"),
    "method_not_allowed": lambda connect, _: connect().delete("/healthz"),
    "body_too_large": lambda connect, _: post(connect(), b"1" * 300_000),
    "unsupported_media_type": lambda connect, _: post(connect(), "{}", **{"Content-Type": "text/plain"}),
    "validation_failed": lambda connect, _: post(connect(), "{}"),
    "too_many_requests": lambda connect, _: ask_until_refused(connect),
    "internal_error": fail_unexpectedly,
    "not_ready": lambda connect, _: connect().get("/readyz"),
    "database_unavailable": lambda connect, _: connect(database_url="postgresql://x:y@127.0.0.1:1/z").get(
        "/v1/me", headers={"Authorization": f"Bearer rt_test_{'0' * 43}"}
    ),
    "credentials_missing": lambda connect, _: post(connect(require_key="true"), "{}"),
    "credentials_malformed": lambda connect, _: post(connect(require_key="true"), "{}", Authorization="Bearer x"),
}
# Shown where a key is made first, and where the server speaks before there is a request.
REACHED_ELSEWHERE = {
    "credentials_unknown": "test_keys.py",
    "credentials_expired": "test_keys.py",
    "credentials_revoked": "test_keys.py",
    "scope_missing": "test_keys.py",
    "malformed_request": "test_protocol.py",
    "took_too_long": "test_silence.py",
    "headers_too_large": "test_protocol.py",
    "too_many_connections": "test_protocol.py",
}


def test_every_problem_is_reachable(client: TestClient) -> None:
    responses = client.get("/openapi.json").json()["components"]["responses"]
    named = {
        code
        for response in responses.values()
        for code in response.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }

    assert set(problem_classes()) <= named | set(REACHED) | set(REACHED_ELSEWHERE)


@pytest.mark.parametrize("code", REACHED)
def test_it_is_a_whole_problem(
    connect: Callable[..., TestClient], build_app: Callable[..., FastAPI], code: str
) -> None:
    answer = REACHED[code](connect, build_app)

    kind = problem_classes()[code]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    problem = answer.json()
    assert problem.pop("detail") != kind.title or kind.status >= 500
    assert isinstance(problem.pop("errors", []), list)
    assert problem == {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": kind.title,
        "status": kind.status,
        "code": code,
        "request_id": answer.headers["x-request-id"],
    }
    assert answer.status_code == kind.status
    assert connect().get(problem["type"]).status_code == 200


@pytest.mark.parametrize("credentials", ["x", "rk_test_x", "rt_test_x"])
@pytest.mark.parametrize("path", ["/v1/me", "/v1/partners"])
def test_malformed_credentials_are_told_so_without_a_database(
    connect: Callable[..., TestClient], path: str, credentials: str
) -> None:
    answer = connect().get(path, headers={"Authorization": f"Bearer {credentials}"})

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_malformed")


def test_what_is_raised_in_a_route_is_rendered_alike(
    connect: Callable[..., TestClient], build_app: Callable[..., FastAPI]
) -> None:
    async def refuse() -> None:
        raise ScopeMissing("This needs another one.")

    app = build_app()
    app.add_api_route("/trial", refuse)

    answer = connect(app).get("/trial")

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert answer.json()["detail"] == "This needs another one."


# Malformed JSON


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"a": 1,\n "b" 2}', "line 2, column 6"),
        ("{", "line 1, column 2"),
        ('{"a": "secret', "line 1, column 7"),
        ("{'a': 1}", "line 1, column 2"),
        ('{"a": 1} {', "line 1, column 10"),
        ('{"a":\n\n  secret}', "line 3, column 3"),
        ('{"a": "\\x"}', "line 1, column 8"),
    ],
)
def test_malformed_json_is_400_and_says_where(client: TestClient, content: bytes | str, place: str) -> None:
    answer = post(client, content)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert place in answer.json()["detail"]
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xff\xfe\xff", "UTF-8"),
        (b"[" * 200_000, "nested"),
        (b'{"a": ' + b"9" * 5000 + b"}", "thousands of digits"),
    ],
)
def test_what_no_reader_takes_is_malformed_too(client: TestClient, content: bytes | str, reason: str) -> None:
    answer = post(client, content)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert reason in answer.json()["detail"]


# Methods


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/recommendations", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/problems/not-found", "GET, HEAD"),
        ("POST", "/docs", "GET, HEAD"),
        ("PROPFIND", "/healthz", "GET, HEAD"),
        ("OPTIONS", "/v1/recommendations", "POST"),
    ],
)
def test_a_method_that_is_not_known_is_told_which_are(client: TestClient, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert allowed in answer.json()["detail"]


def test_two_routes_of_one_path_are_allowed_together(
    connect: Callable[..., TestClient], build_app: Callable[..., FastAPI]
) -> None:
    app = build_app()
    router = ResourceRouter(prefix="/v1/trial")
    router.add_api_route("/{name}", lambda name: name, methods=["GET"], name="read_trial")
    router.add_api_route("/{name}", lambda name: name, methods=["DELETE"], name="remove_trial")
    [table] = app.router.routes
    cast(RouteTable, table).add(app, router)

    assert connect(app).post("/v1/trial/x").headers["allow"] == "DELETE, GET, HEAD"


def test_a_problem_is_plain_ascii_json(client: TestClient) -> None:
    """So that even half a character in a field name cannot break it."""
    answer = post(client, '{"\\ud83d": 1, "é": 2}')

    assert answer.status_code == 422
    assert answer.content.isascii()
    json.loads(answer.content)
