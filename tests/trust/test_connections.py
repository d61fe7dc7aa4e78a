"""Addresses of PostgreSQL as hosted ones want them, with real programs: verified TLS, several hosts, a pooler."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.service.integrators import NewIntegrator, create_integrator
from app.settings import Settings
from app.store.connection.database import Database
from app.store.connection.migration import prepare
from tests import clock
from tests.client import TestClient
from tests.people import Integrator
from tests.trust.programs import ROLE, free_port, pgbouncer, postgresql_with_tls

MANY = 8


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of keys, one as the database is."""
    return tmp_path_factory.mktemp("keys") / "rekindle.keys"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Path]]:
    with postgresql_with_tls() as made:
        yield made


def address(hosts: str, query: str) -> str:
    return f"postgresql://{ROLE}@{hosts}/{ROLE}?{query}"


async def make_integrator(url: str) -> NewIntegrator:
    database = Database(url)
    async with database.writing() as connection:
        made = await create_integrator(connection, "Lighthouse", "test", clock.NOW)
    await database.close()
    return made


def live(url: str, rulesets: ActiveRuleset, keys: Path, times: int = 1) -> set[int]:
    """Let people report and read at one time; return the statuses, that of the probe first."""
    settings = Settings.model_validate({"database_url": url, "key_file": keys})
    asyncio.run(prepare(settings.database_url))
    made = asyncio.run(make_integrator(settings.database_url))
    with TestClient(create_app(settings, rulesets, clock=clock.now), raise_server_exceptions=False) as client:
        integrator = Integrator(client, made.api_key, id=made.integrator)
        people = [integrator.add() for _ in range(times)]
        with ThreadPoolExecutor(times) as pool:
            assert all(pool.map(lambda person: person.report(), people))
            read = [*pool.map(lambda person: person.get("/v1/me/view").status_code, people * 4)]
        return {client.get("/readyz").status_code, *read}


def test_tls_is_verified_and_serves(server: tuple[int, Path], rulesets: ActiveRuleset, keys: Path) -> None:
    port, certificate = server
    verified = f"sslmode=verify-full&sslrootcert={certificate}"

    assert live(address(f"localhost:{port}", verified), rulesets, keys) == {200}
    with pytest.raises(Exception, match="cannot be reached"):
        live(address(f"127.0.0.1:{port}", verified), rulesets, keys)


def test_of_several_hosts_the_one_that_takes_writes_serves(
    server: tuple[int, Path], rulesets: ActiveRuleset, keys: Path
) -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{server[0]}"

    assert live(address(hosts, "target_session_attrs=read-write"), rulesets, keys) == {200}


def test_behind_pgbouncer_in_transaction_mode_everybody_is_served_within_the_limits(
    server: tuple[int, Path], rulesets: ActiveRuleset, keys: Path
) -> None:
    with pgbouncer(server[0]) as port:
        url = address(f"127.0.0.1:{port}", "statement_cache_size=0")

        assert live(url, rulesets, keys, times=MANY) == {200}
        assert asyncio.run(limits(url.replace("postgresql:", "postgresql+asyncpg:"))) == ["5s", "1s", "10s"]


async def limits(url: str) -> list[str]:
    database = Database(url)
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    async with database.reading() as connection:
        found = [str((await connection.execute(text(f"SHOW {name}"))).scalar_one()) for name in names]
    await database.close()
    return found


def test_without_saying_that_a_pooler_is_there_it_is_not_served(
    server: tuple[int, Path], rulesets: ActiveRuleset, keys: Path
) -> None:
    with pgbouncer(server[0]) as port, pytest.raises(Exception, match=r"cannot be reached|unavailable"):
        live(address(f"127.0.0.1:{port}", "sslmode=prefer"), rulesets, keys, times=MANY)
