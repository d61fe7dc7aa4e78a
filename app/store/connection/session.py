from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, cast, event, func, literal, make_url, select, text, true
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.errors import DatabaseUnavailable
from app.store.connection import driver

# Waiting for a connection and then for a lock is the longest that anyone waits for what others hold: two seconds.
_SECONDS_FOR_A_CONNECTION = 1
_LIMITS = {
    "application_name": "rekindle",
    "timezone": "UTC",
    "statement_timeout": "5000",
    "lock_timeout": "1000",
    "idle_in_transaction_session_timeout": "10000",
}
# A migration may take its time over its own rows, but never queues the readers of others behind its lock.
_LIMITS_OF_MIGRATIONS = _LIMITS | {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}


# A statement that took too long, a lock that was not free, two transactions in each other's way.
_PASSING = {"57014", "55P03", "40001", "40P01"}
# Whoever writes while they are erased: said again, the request finds nobody.
_ERASED_MEANWHILE = "partner_key_fk"


UPKEEP = text("SELECT set_config('rekindle.partner', 'upkeep', true)")


def open_engine(database_url: str, *, migrates: bool = False) -> AsyncEngine:
    url = make_url(database_url)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url, migrates=migrates)


@asynccontextmanager
async def begin(engine: AsyncEngine, *, writes: bool) -> AsyncGenerator[AsyncConnection]:
    """One transaction: kept when the block ends, undone when it fails."""
    connection = await _connect(engine)
    try:
        async with _transaction(connection, writes=writes):
            yield connection
    except ConnectionError as error:
        raise DatabaseUnavailable from error
    except DBAPIError as error:
        if _will_pass(error):
            raise DatabaseUnavailable from error
        raise
    finally:
        await connection.close()


@asynccontextmanager
async def _transaction(connection: AsyncConnection, *, writes: bool) -> AsyncGenerator[None]:
    opened = driver.opened_on_postgresql(connection)
    if opened is not None:
        async with driver.transaction(opened, writes=writes):
            yield
        return
    connection = await connection.execution_options(writes=writes)
    async with connection.begin():
        yield


def acting_for(partner: ColumnElement[Any]) -> ColumnElement[str]:
    """Selected, it has this transaction see the private rows of this partner from now on, and of nobody else.

    That is PostgreSQL's own wall; SQLite has none.
    """
    return func.set_config("rekindle.partner", cast(partner, Text), true()).label("acting_for")


async def act_for(connection: AsyncConnection, partner: UUID) -> None:
    """The same for a partner who did not come with a token."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(acting_for(literal(str(partner)))))


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except (DBAPIError, PoolExhausted, OSError) as error:
        raise DatabaseUnavailable from error


def _will_pass(error: DBAPIError) -> bool:
    """Whether the same request may succeed a moment later."""
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError):
        return _ERASED_MEANWHILE in str(error.orig)
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError) or state in _PASSING


def _postgresql(url: URL, *, migrates: bool) -> AsyncEngine:
    # asyncpg says `ssl` for what every hosted database's address calls `sslmode`.
    query = {"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
    engine = create_async_engine(
        url.set(query=query),
        connect_args={"server_settings": _LIMITS_OF_MIGRATIONS if migrates else _LIMITS, "timeout": 2},
        pool_size=5,
        max_overflow=5,
        pool_timeout=_SECONDS_FOR_A_CONNECTION,
        pool_reset_on_return=None,
        # A migration's transactions are Alembic's; all others are opened by the driver (driver.py).
        isolation_level="READ COMMITTED" if migrates else "AUTOCOMMIT",
    )
    event.listen(engine.sync_engine, "checkout", _refuse_if_closed)
    return engine


def _refuse_if_closed(connection: Any, _record: object, _proxy: object) -> None:
    """The driver knows of a server that went away; asking it each time would take three round trips."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _sqlite(url: URL) -> AsyncEngine:
    engine = create_async_engine(url)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once, because SQLite refuses to wait for it in the middle of a transaction."""
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
