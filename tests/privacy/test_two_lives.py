"""Nothing that A does privately changes one byte of what B and the integrator see; and whatever would is found."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.service.integrators import create_integrator
from tests.people import Integrator
from tests.privacy.lives import BEGINNING, Life, lived, some_steps

PAIRS = 60
STEPS = 14
PAIRS_FOR_A_LEAK = 60

PRIVATE_TABLES = re.compile(
    r"\b(private_answers|held_support|choices|feedback|decisions|plan_items|passphrases)\b", re.IGNORECASE
)


class Statements:
    """What was asked of the database, and for whom."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def hear(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        self.heard.append((statement, repr(parameters)))


@pytest.fixture
def client(stored_app: FastAPI) -> Iterator[TestClient]:
    with TestClient(stored_app, raise_server_exceptions=False) as client:
        yield client


def begin(client: TestClient, app: FastAPI) -> Life:
    async def make() -> Any:
        async with app.state.database.writing() as connection:
            return await create_integrator(connection, "Lighthouse", "test", BEGINNING)

    assert client.portal
    made = client.portal.call(make)
    integrator = Integrator(client, made.api_key, BEGINNING.isoformat(), made.integrator)
    a, b = integrator.add(country="US"), integrator.add(country="US")
    return Life(integrator, a, b, integrator.link(a, b))


def what_differs(client: TestClient, app: FastAPI, seed: int) -> str | None:
    """Name the first thing that can be told apart; None when there is none."""
    one, other = begin(client, app), begin(client, app)
    for step in some_steps(seed, STEPS):
        lived(one, step.one, step.who)
        lived(other, step.other, step.who)
    for seen, also in zip(one.seen, other.seen, strict=True):
        if seen != also:
            return f"seed {seed}: {seen[0]}\n{seen[1]}\n{also[1]}"
    return None


@pytest.mark.usefixtures("unheard")
def test_b_and_the_integrator_cannot_tell_what_a_does_privately(client: TestClient, stored_app: FastAPI) -> None:
    for seed in range(PAIRS):
        assert what_differs(client, stored_app, seed) is None
