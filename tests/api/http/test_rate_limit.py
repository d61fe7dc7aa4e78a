from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.http.rate_limit import MAX_CALLERS, RateLimiter
from app.settings import RateLimit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> RateLimiter:
    return RateLimiter(RateLimit(2, 60), clock)


def test_so_many_and_no_more(limiter: RateLimiter) -> None:
    assert [limiter.take("home", None).granted for _ in range(3)] == [True, True, False]


def test_another_address_has_its_own(limiter: RateLimiter) -> None:
    limiter.take("home", None)

    assert limiter.take("work", None).left == 1


def test_after_the_window_there_is_more(limiter: RateLimiter, clock: Clock) -> None:
    for _ in range(3):
        limiter.take("home", None)
    clock.now += 60

    assert limiter.take("home", None).left == 1


def test_the_seconds_left_are_rounded_up(limiter: RateLimiter, clock: Clock) -> None:
    limiter.take("home", None)
    clock.now += 59.5

    assert limiter.take("home", None).seconds == 1


def test_a_made_up_token_counts_for_its_address(limiter: RateLimiter) -> None:
    assert [limiter.take("home", f"token-{number}").granted for number in range(3)] == [True, True, False]


def test_a_recognised_token_counts_for_itself(limiter: RateLimiter) -> None:
    for token in ("a", "b"):
        limiter.take("home", token)
        limiter.recognise(token, "home")
    for _ in range(3):
        limiter.take("home", "a")

    assert limiter.take("home", "b").left == 0
    assert limiter.take("home", None).left == 1


def test_tokens_are_not_kept_as_they_are(limiter: RateLimiter) -> None:
    limiter.recognise("rk_test_secret", "home")
    limiter.take("home", "rk_test_secret")

    assert "secret" not in repr(vars(limiter))


def test_callers_without_end_do_not_fill_the_memory(limiter: RateLimiter, clock: Clock) -> None:
    for number in range(MAX_CALLERS + 10):
        limiter.take(str(number), None)
        limiter.recognise(str(number), str(number))

    assert len(limiter._windows) <= MAX_CALLERS
    assert len(limiter._recognised) <= MAX_CALLERS


# Over HTTP


def test_without_a_limit_nothing_is_said_of_one(client: TestClient) -> None:
    assert "ratelimit" not in client.get("/problems").headers


def test_an_answer_says_what_is_left(connect: Callable[..., TestClient]) -> None:
    headers = connect(rate_limit="3/minute").get("/problems").headers

    assert headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert headers["ratelimit"] == '"default";r=2;t=60'


def test_over_the_limit_is_a_problem_that_says_when_to_come_back(connect: Callable[..., TestClient]) -> None:
    client = connect(rate_limit="1/minute")
    client.get("/problems")

    answer = client.get("/problems")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit"].startswith('"default";r=0;t=')
    assert answer.headers["ratelimit-policy"] == '"default";q=1;w=60'


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v1/help"])
def test_help_and_what_watches_are_never_limited(connect: Callable[..., TestClient], path: str) -> None:
    client = connect(rate_limit="1/minute")

    assert 429 not in {client.get(path).status_code for _ in range(3)}


def test_help_is_never_limited_behind_a_prefix_either(
    connect: Callable[..., TestClient], build_app: Callable[..., FastAPI]
) -> None:
    app = build_app(rate_limit="1/minute")
    app.root_path = "/rekindle"
    client = connect(app)

    assert {client.get("/rekindle/v1/help").status_code for _ in range(3)} == {200}
