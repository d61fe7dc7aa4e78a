"""Every caller has a limit of their own, and nobody reads in it that somebody else was here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.api.http import middleware
from app.api.http.request_context import MAX_COUNTED, LimitedRequest, RateLimiter
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import RateLimit, Settings
from tests import clock
from tests.client import TestClient
from tests.people import Caller, Integrator, Person

Connect = Callable[..., TestClient]
A_TOKEN = f"Bearer rt_test_{'0' * 43}"


class Clock:
    def __init__(self) -> None:
        self.now = clock.NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def limited(sqlite_url: str, rulesets: ActiveRuleset, tmp_path: Path) -> Callable[..., FastAPI]:
    """An application with a limit, on the database of `integrator`."""

    def limited(limit: str, present: Clock, **settings: object) -> FastAPI:
        given = {"database_url": sqlite_url.replace("+aiosqlite", ""), "key_file": tmp_path / "rekindle.keys"}
        return create_app(Settings.model_validate({**given, "rate_limit": limit, **settings}), rulesets, clock=present)

    return limited


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def left_of(caller: Caller, client: TestClient, path: str = "/v1/me") -> str | None:
    """What a response says is left, None where it says nothing."""
    rest = client.get(path, headers={"Authorization": f"Bearer {caller.bearer}"}).headers.get("ratelimit")
    return rest and rest.split(";")[1]


def test_limits_are_on_unless_they_are_set_off(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REKINDLE_RATE_LIMIT")

    assert connect().get("/problems").headers["ratelimit-policy"] == '"default";q=3000;w=60'
    assert "ratelimit-policy" not in connect(rate_limit="off").get("/problems").headers


def test_over_the_limit_is_a_problem_that_says_when_to_come_back(connect: Connect) -> None:
    client = connect(rate_limit="1/minute")
    client.get("/problems")

    answer = client.get("/problems")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-policy"] == '"default";q=1;w=60'


def test_after_the_window_there_is_more_and_all_windows_begin_alike(limited: Callable[..., FastAPI]) -> None:
    present = Clock()
    with TestClient(limited("1/minute", present)) as client:
        present.now += timedelta(seconds=59.5)
        client.get("/problems")
        refused = client.get("/problems")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        present.now += timedelta(seconds=0.5)
        assert client.get("/problems").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/help"])
def test_help_and_what_watches_are_never_limited(connect: Connect, path: str) -> None:
    client = connect(rate_limit="1/minute")

    assert 429 not in {client.get(path, headers=headers).status_code for headers in ({}, {}, {"Authorization": "x"})}


def test_an_address_is_told_the_limit_and_never_what_is_left(connect: Connect) -> None:
    client = connect(rate_limit="9/minute", require_key="true")

    for headers in ({}, {"Authorization": "x"}, {"Authorization": A_TOKEN}):
        for path in ("/problems", "/v1/rules", "/v1/me", "/nowhere", "/docs"):
            answered = client.get(path, headers=headers).headers
            assert answered["ratelimit-policy"] == '"default";q=9;w=60'
            assert "ratelimit" not in answered


def check_nobody_shares(limited: Callable[..., FastAPI], a: Person, b: Person, other: Integrator) -> None:
    """Two partners at one address, and two integrators, each count for themselves, over all that they hold."""
    with TestClient(limited("5/minute", Clock(), require_key="true")) as client:
        for _ in range(9):
            client.get("/problems")
        assert client.get("/problems").status_code == 429
        assert [left_of(a, client) for _ in range(6)] == ["r=4", "r=3", "r=2", "r=1", "r=0", "r=0"]
        assert client.get("/v1/me", headers={"Authorization": f"Bearer {a.bearer}"}).status_code == 429
        assert left_of(b, client) == "r=4"
        assert left_of(other, client, "/v1/partners") == "r=4"
        assert left_of(other, client, "/v1/rules") == "r=3"


def test_nobody_shares_a_limit(limited: Callable[..., FastAPI], integrator: Integrator) -> None:
    check_nobody_shares(limited, integrator.add(), integrator.add(), integrator)


def everyone_is_one(patch: pytest.MonkeyPatch) -> None:
    take = RateLimiter.take
    patch.setattr(RateLimiter, "take", lambda self, _caller, now: take(self, "everyone", now))


def by_address_first(patch: pytest.MonkeyPatch) -> None:
    """As a server that counts before it looks at credentials."""
    patch.setattr(middleware, "prepare_count", lambda _scope, limited: limited.count(None))


def what_is_left_is_always_told(patch: pytest.MonkeyPatch) -> None:
    count = LimitedRequest.count
    patch.setattr(LimitedRequest, "count", lambda self, caller: count(self, caller or "somebody"))


@pytest.mark.parametrize("plant", [everyone_is_one, by_address_first])
def test_a_limit_that_is_shared_would_be_found(
    limited: Callable[..., FastAPI], integrator: Integrator, monkeypatch: pytest.MonkeyPatch, plant: Any
) -> None:
    plant(monkeypatch)

    with pytest.raises(AssertionError):
        check_nobody_shares(limited, integrator.add(), integrator.add(), integrator)


def test_a_number_told_to_an_address_would_be_found(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    what_is_left_is_always_told(monkeypatch)

    with pytest.raises(AssertionError):
        test_an_address_is_told_the_limit_and_never_what_is_left(connect)


def test_all_tokens_of_a_partner_count_as_one(limited: Callable[..., FastAPI], integrator: Integrator) -> None:
    person = integrator.add()
    again = Person(person.client, integrator.token_for(person.id), id=person.id)

    with TestClient(limited("5/minute", Clock())) as client:
        assert [left_of(one, client) for one in (person, again, person)] == ["r=4", "r=3", "r=2"]


def test_bad_credentials_get_nobody_past_the_limit_of_their_address(connect: Connect) -> None:
    """On every path, also where nobody looks at credentials."""
    client = connect(rate_limit="1/minute")
    client.get("/problems")
    paths = client.get("/openapi.json", headers={"Authorization": "x"}).status_code, client.app.openapi()["paths"]  # type: ignore[attr-defined]

    assert paths[0] == 429
    for path, methods in [*paths[1].items(), ("/nowhere", ["get"]), ("/docs", ["get"])]:
        if path not in middleware.UNLIMITED_PATHS:
            for method in methods:
                answer = client.request(method, path, headers={"Authorization": A_TOKEN})
                assert answer.status_code == 429, (method, path)


@contextmanager
def at(app: FastAPI, address: str) -> Iterator[TestClient]:
    with TestClient(app, client=(address, 50_000)) as client:
        yield client


def test_one_network_of_ipv6_counts_as_one(build_app: Callable[..., FastAPI]) -> None:
    app = build_app(rate_limit="1/minute")
    seen = {}
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "::ffff:192.0.2.1", "192.0.2.1"):
        with at(app, address) as client:
            seen[address] = client.get("/problems").status_code

    assert list(seen.values()) == [200, 429, 200, 200, 429]


def test_callers_without_end_do_not_fill_the_memory() -> None:
    limiter = RateLimiter(RateLimit(2, 60))
    for number in range(MAX_COUNTED + 10):
        limiter.take(str(number), clock.NOW)

    assert len(limiter._taken) == MAX_COUNTED


def test_help_is_never_limited_behind_a_prefix_either(connect: Connect) -> None:
    client = connect(rate_limit="1/minute", root_path="/rekindle")

    for path in ("/v1/help", "/rekindle/v1/help"):
        assert {client.get(path).status_code for _ in range(3)} == {200}
