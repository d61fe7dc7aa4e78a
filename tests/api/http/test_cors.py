from collections.abc import Callable

import pytest

from tests.client import TestClient

APP = "https://app.example"
PREFLIGHT = {"Origin": APP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
ALLOWED = "access-control-allow-headers"
EXPOSED = {
    "ETag",
    "Location",
    "Link",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-Id",
    "Rekindle-Version",
    "Content-Language",
    "Idempotency-Replayed",
}


@pytest.fixture
def client(connect: Callable[..., TestClient]) -> TestClient:
    return connect(cors_origins=f"{APP},https://other.example")


@pytest.mark.parametrize("path", ["/healthz", "/nowhere"])
def test_a_listed_origin_may_read_answers_and_errors(client: TestClient, path: str) -> None:
    headers = client.get(path, headers={"Origin": APP}).headers

    assert headers["access-control-allow-origin"] == APP
    assert set(headers["access-control-expose-headers"].split(", ")) == EXPOSED
    assert "Origin" in headers["vary"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://app.example.evil.example", f"{APP}:444"])
def test_another_origin_may_not(client: TestClient, origin: str) -> None:
    headers = client.get("/healthz", headers={"Origin": origin}).headers

    assert "access-control-allow-origin" not in headers
    assert headers["vary"] == "Origin"


def test_a_listed_origin_may_send_what_the_api_reads(client: TestClient) -> None:
    answer = client.options("/v1/recommendations", headers=PREFLIGHT)

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == APP
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert {"Authorization", "Content-Type", "Idempotency-Key"} <= set(
        answer.headers["access-control-allow-headers"].split(", ")
    )


def test_a_strange_origin_is_promised_nothing(client: TestClient) -> None:
    answer = client.options("/v1/recommendations", headers=PREFLIGHT | {"Origin": "https://evil.example"})

    assert answer.status_code == 204
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_without_origins_there_is_no_word_of_them(connect: Callable[..., TestClient]) -> None:
    headers = connect().get("/healthz", headers={"Origin": APP}).headers

    assert "vary" not in headers
    assert "access-control-allow-origin" not in headers


def test_what_varies_for_another_reason_still_does(client: TestClient) -> None:
    assert set(", ".join(client.get("/problems").headers.get_list("vary")).split(", ")) == {
        "Accept",
        "Accept-Encoding",
        "Origin",
    }


@pytest.mark.parametrize(
    "origin", ["capacitor://localhost", "tauri://localhost", "ionic://localhost", "app://rekindle"]
)
def test_an_app_in_a_web_view_may_read_answers(connect: Callable[..., TestClient], origin: str) -> None:
    client = connect(cors_origins=f"{APP},{origin}")

    assert client.get("/healthz", headers={"Origin": origin}).headers["access-control-allow-origin"] == origin
    assert client.options("/v1/me", headers=PREFLIGHT | {"Origin": origin}).headers["access-control-allow-methods"]


def test_further_headers_are_allowed_where_the_operator_says_so(connect: Callable[..., TestClient]) -> None:
    allowed = [
        connect(cors_origins=APP, cors_headers=more).options("/v1/me", headers=PREFLIGHT).headers[ALLOWED].split(", ")
        for more in ("", "traceparent, baggage")
    ]

    assert [name for name in allowed[1] if name not in allowed[0]] == ["traceparent", "baggage"]
    assert "Authorization" in allowed[1]
