"""An address that is forwarded is believed of the proxies in front, and of nobody else."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI, Request

from tests.client import TestClient

Seen = Callable[..., list[int]]


@pytest.fixture
def seen(build_app: Callable[..., FastAPI]) -> Seen:
    """The statuses of requests, each with an `X-Forwarded-For`, where one a minute is granted to an address."""

    def seen(trusted: str, peer: str, *forwarded: str) -> list[int]:
        app = build_app(rate_limit="1/minute", trusted_proxies=trusted)
        with TestClient(app, client=(peer, 50_000)) as client:
            return [client.get("/problems", headers={"X-Forwarded-For": one}).status_code for one in forwarded]

    return seen


def test_behind_a_trusted_proxy_each_address_counts_for_itself(seen: Seen) -> None:
    assert seen("172.16.0.0/12", "172.18.0.2", "192.0.2.1", "192.0.2.2", "192.0.2.1") == [200, 200, 429]


@pytest.mark.parametrize(("trusted", "peer"), [("", "127.0.0.1"), ("172.16.0.0/12", "192.0.2.9")])
def test_nobody_else_is_believed(seen: Seen, trusted: str, peer: str) -> None:
    assert seen(trusted, peer, "192.0.2.1", "192.0.2.2") == [200, 429]


def test_what_a_caller_puts_before_the_proxy_is_not_believed(seen: Seen) -> None:
    assert seen("10.0.0.1", "10.0.0.1", "1.1.1.1, 192.0.2.1", "2.2.2.2, 192.0.2.1") == [200, 429]


def test_several_proxies_are_passed(seen: Seen) -> None:
    assert seen("10.0.0.1,10.0.0.2", "10.0.0.1", "192.0.2.1, 10.0.0.2", "192.0.2.2, 10.0.0.2") == [200, 200]


def test_a_proxy_that_is_trusted_says_that_it_speaks_tls(build_app: Callable[..., FastAPI]) -> None:
    app = build_app(trusted_proxies="10.0.0.1")

    @app.get("/trial")
    async def told(request: Request) -> str:
        return str(request.base_url)

    urls = []
    for peer in ("10.0.0.1", "10.0.0.2"):
        with TestClient(app, client=(peer, 1)) as client:
            urls.append(client.get("/trial", headers={"X-Forwarded-Proto": "https"}).json())

    assert urls == ["https://testserver/", "http://testserver/"]
