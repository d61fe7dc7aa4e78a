"""A database that is held up is answered for soon, the process lives meanwhile, and is well again at once."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import text

from app.errors import DatabaseUnavailable
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from app.store.connection import session
from app.store.connection.database import Database
from tests import clock
from tests.people import Integrator
from tests.waiting import PATIENCE

SOON = 3
# Each of another partner, because the requests of one wait for each other.
MORE_THAN_CONNECTIONS = 12


class Caller:
    """Partners who ask for their views, and whoever watches the process."""

    def __init__(self, client: AsyncClient, bearers: Sequence[str]) -> None:
        self._client = client
        self._bearers = bearers

    async def views(self) -> list[Response]:
        return await asyncio.gather(*[self._get("/v1/me/view", bearer) for bearer in self._bearers])

    async def recover(self) -> None:
        """Ask until every answer is a view again. Raises `TimeoutError` where that never happens."""
        async with asyncio.timeout(PATIENCE):
            while {answer.status_code for answer in await self.views()} != {200}:
                pass

    async def look_until(self, done: asyncio.Task[list[Response]]) -> list[Response]:
        looks = []
        while not done.done():
            looks.append(await self._get("/healthz", ""))
            await asyncio.sleep(0.05)
        return looks

    async def _get(self, path: str, bearer: str) -> Response:
        return await self._client.get(path, headers={"Authorization": f"Bearer {bearer}"})


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def bearers(integrator: Integrator) -> list[str]:
    return bearers_of(integrator, MORE_THAN_CONNECTIONS)


def bearers_of(integrator: Integrator, count: int) -> list[str]:
    people = [integrator.add() for _ in range(count)]
    for person in people:
        person.report()
    return [person.bearer for person in people]


@pytest.fixture(autouse=True)
def unheard() -> Generator[None]:
    """Dozens of failures on purpose."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
async def caller(
    bearers: list[str], database_url: str, rulesets: ActiveRuleset, tmp_path: Path
) -> AsyncGenerator[Caller]:
    """On an application of its own, with every connection that it may have."""
    address = database_url.replace("+asyncpg", "")
    app = create_app(
        Settings.model_validate({"database_url": address, "key_file": tmp_path / "rekindle.keys"}),
        rulesets,
        clock=clock.now,
    )
    async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as client:
        caller = Caller(client, bearers)
        # What is loaded at first use is no part of what is measured.
        await caller.recover()
        yield caller
    await app.state.database.close()


@asynccontextmanager
async def locked(database: Database, table: str) -> AsyncGenerator[None]:
    """As by a migration that went wrong."""
    async with database.writing() as connection:
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield


@pytest.mark.parametrize("table", ["tokens", "reports"])
async def test_a_locked_table_is_answered_for_soon_and_the_process_lives(
    caller: Caller, database: Database, table: str
) -> None:
    # As long as the table is locked, an answer can only come from giving up on it.
    async with locked(database, table):
        asking = asyncio.create_task(caller.views())
        looks = await caller.look_until(asking)
        asked = asking.result()

    assert {answer.status_code for answer in asked} == {503}
    assert {answer.json()["code"] for answer in asked} == {"database_unavailable"}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in asked)
    assert {answer.status_code for answer in looks} == {200}
    assert len(looks) > 1
    await caller.recover()


async def test_without_its_limits_a_locked_table_would_hold_up_everyone(
    monkeypatch: pytest.MonkeyPatch, database: Database, database_url: str
) -> None:
    monkeypatch.setitem(session._LIMITS, "lock_timeout", "0")
    patient = Database(database_url)

    async def read() -> None:
        async with patient.reading() as connection:
            await connection.execute(text("SELECT count(*) FROM tokens"))

    async with locked(database, "tokens"):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read(), SOON)
    await patient.close()


async def test_connections_that_were_ended_are_made_anew(caller: Caller, database: Database) -> None:
    async with database.reading() as connection:
        ended = await connection.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        assert ended.scalar_one() > 1

    met = await caller.views()

    assert {answer.status_code for answer in met} <= {200, 503}
    assert all("retry-after" in answer.headers for answer in met if answer.status_code != 200)
    await caller.recover()


async def test_a_transaction_that_is_left_open_is_ended(database: Database) -> None:
    async def fall_asleep() -> None:
        async with database.writing() as connection:
            await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 50"))
            await asyncio.sleep(0.3)
            await connection.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        await fall_asleep()
    async with database.reading() as connection:
        usual = (await connection.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar_one()

    assert usual == "10s"
