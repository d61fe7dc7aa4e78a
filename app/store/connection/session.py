from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, event, func, literal, make_url, select, text, true
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.errors import DatabaseUnavailable
from app.store.connection import driver, embedded
from app.store.connection.postgresql import SECONDS_TO_CONNECT, connect, read_address

# One second for a connection and one for a lock: a request waits for others at most two seconds.
_POOL_TIMEOUT_SECONDS = 1
# A little longer than the server's own limit, which says more; this one also ends the wait for a server that is silent.
STATEMENT_SECONDS = 6
_SESSION = {"application_name": "rekindle", "timezone": "UTC"}
_LIMITS = {
    "statement_timeout": "5000",
    "lock_timeout": "1000",
    "idle_in_transaction_session_timeout": "10000",
}
# A migration's statements may run long, but it keeps the lock timeout: readers queue behind a lock that it waits for.
_MIGRATION_LIMITS = _LIMITS | {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
# SQLAlchemy prepares every statement; behind a pooler it must not be kept, nor have a name that another one may have.
_UNPREPARED = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}
# query_canceled, lock_not_available, serialization_failure, deadlock_detected
_TRANSIENT_STATES = {"57014", "55P03", "40001", "40P01"}
# The class of states in which the server lacks something: its disk is full, it has too many connections.
_SHORT_OF_RESOURCES = "53"
# A partner erased while they write breaks this constraint; the same request sent again finds no partner.
_ERASED_CONSTRAINT = "partner_key_fk"
_LEAVES_NO_TRACE = "leaves_no_trace"

# Lets the row-level-security policies remove private rows of any partner.
ACT_AS_MAINTENANCE = text("SELECT set_config('rekindle.partner', 'upkeep', true)")


def open_engine(database_url: str, *, migrates: bool = False) -> AsyncEngine:
    if database_url.startswith("sqlite"):
        return embedded.open_file(make_url(database_url))
    return _postgresql(database_url, migrates=migrates)


@asynccontextmanager
async def begin(engine: AsyncEngine, *, writes: bool) -> AsyncGenerator[AsyncConnection]:
    """Open one transaction: commit when the block ends, roll back when it fails. Raises `DatabaseUnavailable`."""
    try:
        connection = await engine.connect()
    except (DBAPIError, PoolExhausted, OSError) as error:
        raise DatabaseUnavailable from error
    try:
        async with _transaction(connection, writes=writes):
            yield connection
        if connection.info.pop(_LEAVES_NO_TRACE, False):
            await embedded.empty_log(connection)
    except (ConnectionError, TimeoutError) as error:
        raise DatabaseUnavailable from error
    except DBAPIError as error:
        if _is_transient(error):
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
    """Set the row-level-security partner for this transaction, as a column of a query; PostgreSQL only."""
    return func.set_config("rekindle.partner", cast(partner, Text), true()).label("acting_for")


async def act_for(connection: AsyncConnection, partner: UUID) -> None:
    """Set the row-level-security partner for this transaction; nothing on SQLite, which has no such policies."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(acting_for(literal(str(partner)))))


def leave_no_trace(connection: AsyncConnection) -> None:
    """Let the log of an embedded database be emptied after the commit: it holds rows as they were before."""
    if connection.dialect.name == "sqlite":
        connection.info[_LEAVES_NO_TRACE] = True


def _is_transient(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return _ERASED_CONSTRAINT in str(error.orig)
    if error.connection_invalidated or isinstance(error, OperationalError | InterfaceError):
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return state in _TRANSIENT_STATES or state.startswith(_SHORT_OF_RESOURCES)


def _postgresql(database_url: str, *, migrates: bool) -> AsyncEngine:
    address = read_address(database_url)
    limits = _MIGRATION_LIMITS if migrates else _LIMITS
    # A pooler gives each transaction another connection, without the settings of a session.
    of_transaction = "; ".join([f"SET LOCAL {name} = {value}" for name, value in limits.items()])
    opened = partial(
        connect,
        address,
        timeout=SECONDS_TO_CONNECT,
        command_timeout=None if migrates else STATEMENT_SECONDS,
        server_settings=_SESSION if address.is_pooled else _SESSION | limits,
    )
    engine = create_async_engine(
        "postgresql+asyncpg://",
        connect_args={"async_creator_fn": opened} | (_UNPREPARED if address.is_pooled else {}),
        execution_options={driver.LIMITS: of_transaction if address.is_pooled else None},
        pool_size=5,
        max_overflow=5,
        pool_timeout=_POOL_TIMEOUT_SECONDS,
        pool_reset_on_return=None,
        # Alembic begins a migration's transactions; all others are begun by the driver (driver.py).
        isolation_level="READ COMMITTED" if migrates else "AUTOCOMMIT",
    )
    event.listen(engine.sync_engine, "checkout", _refuse_if_closed)
    return engine


def _refuse_if_closed(connection: AdaptedConnection, _record: object, _proxy: object) -> None:
    """Check the driver's own state: SQLAlchemy's pre-ping would take three round trips a request."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError
