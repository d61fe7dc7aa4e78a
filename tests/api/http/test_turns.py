"""What one partner sends at once does not keep the database from the others."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import structlog
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import text

from app.api.http import turns
from app.api.http.turns import READS_AT_ONCE, UNKNOWN_AT_ONCE, Turns
from app.errors import TooManyRequests
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from app.store.connection import session
from app.store.connection.database import Database
from tests import clock
from tests.people import REPORT, Integrator, Person

AT_ONCE = 30
FLOODS: dict[str, tuple[str, dict[str, Any]]] = {
    "partners": ("/v1/me/reports", REPORT),
    "passphrases": ("/v1/me/unlock", {"passphrase": "another one"}),
}
"""Requests of one partner that wait while their row in this table is locked."""


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def people(integrator: Integrator) -> list[Person]:
    people = [integrator.add() for _ in range(4)]
    for person in people:
        person.report()
    people[0].put("/v1/me/passphrase", {"passphrase": "four words nobody guesses"})
    return people


@pytest.fixture
async def client(
    people: list[Person], database_url: str, rulesets: ActiveRuleset, tmp_path: Path
) -> AsyncGenerator[AsyncClient]:
    url = database_url.replace("+asyncpg", "")
    settings = Settings.model_validate({"database_url": url, "key_file": tmp_path / "rekindle.keys"})
    app = create_app(settings, rulesets, clock=clock.now)
    with structlog.testing.capture_logs():
        async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as client:
            # Known by now: a new login has its turn by address.
            for person in people:
                assert (await client.get("/v1/me/view", headers=as_one(person))).status_code == 200
            yield client
        await app.state.database.close()


@pytest.fixture
def long_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that who waits for a lock still has the connection when others give up waiting for one."""
    monkeypatch.setitem(session._LIMITS, "lock_timeout", "4000")


def as_one(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.bearer}"}


@asynccontextmanager
async def holding_up(database: Database, table: str, person: Person) -> AsyncGenerator[None]:
    """Lock the row of one partner, so that each of their writes waits as long as it may."""
    key = "key" if table == "partners" else "partner_key"
    lock = f"SELECT 1 FROM {table} WHERE {key} = (SELECT key FROM partners WHERE id = :id) FOR UPDATE"  # noqa: S608
    async with database.writing() as connection:
        await connection.execute(
            text("SELECT set_config('rekindle.partner', key::text, true) FROM partners WHERE id = :id"),
            {"id": person.id},
        )
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await connection.execute(text(lock), {"id": person.id})
        yield


async def statuses(client: AsyncClient, database: Database, table: str, people: list[Person]) -> tuple[set[int], ...]:
    """Of the one who floods, and of the others meanwhile."""
    path, body = FLOODS[table]
    flooder, *others = people
    async with holding_up(database, table, flooder):
        flood = [client.post(path, json=body, headers=as_one(flooder)) for _ in range(AT_ONCE)]
        flooding = asyncio.gather(*flood)
        await asyncio.sleep(0.2)
        met = await asyncio.gather(*[client.get("/v1/me/view", headers=as_one(other)) for other in others])
        return {answer.status_code for answer in await flooding}, {answer.status_code for answer in met}


@pytest.mark.parametrize("table", FLOODS)
async def test_one_who_floods_is_held_up_alone(
    client: AsyncClient, database: Database, people: list[Person], table: str
) -> None:
    flooder, others = await statuses(client, database, table, people)

    assert flooder == {429, 503}
    assert others == {200}


@pytest.mark.usefixtures("long_locks")
async def test_without_turns_the_others_would_be_held_up_too(
    client: AsyncClient, database: Database, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Turns, "transact", lambda *_, **__: nullcontext())

    assert 503 in (await statuses(client, database, "partners", people))[1]


async def test_credentials_that_nobody_knows_wait_for_each_other_by_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAIT_SECONDS", "UNKNOWN_WAIT_SECONDS"):
        monkeypatch.setattr(turns, name, 0.01)
    known, here, there = Turns(), {"client": ("192.0.2.1", 1)}, {"client": ("192.0.2.2", 1)}
    known.remember("a", "ptr_a")
    known.remember("back end", None)
    async with AsyncExitStack() as running:
        for number in range(UNKNOWN_AT_ONCE):
            await running.enter_async_context(known.transact(f"made up {number}", here, writes=True))
        for _ in range(READS_AT_ONCE):
            await running.enter_async_context(known.transact("a", here, writes=False))
        for credentials in ("made up", "a"):
            with pytest.raises(TooManyRequests):
                await running.enter_async_context(known.transact(credentials, here, writes=False))
        await running.enter_async_context(known.transact("made up", there, writes=False))
        await running.enter_async_context(known.transact("a", here, writes=True))
        await running.enter_async_context(known.transact("back end", here, writes=True))
    async with known.transact("made up", here, writes=False):
        pass
