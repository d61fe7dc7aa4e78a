"""PostgreSQL's own driver, below SQLAlchemy: it opens and ends transactions, and sends the statements of every request.

SQLAlchemy keeps the connections and leaves transactions alone (its autocommit); what it runs is in ours all the same.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from anyio import move_on_after
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncConnection

_SECONDS_TO_UNDO = 2
"""Also where whoever asked has gone away in the middle."""


def opened_on_postgresql(connection: AsyncConnection) -> Connection | None:
    """SQLAlchemy's own connection, where PostgreSQL is at its other end."""
    opened = connection.sync_connection
    return opened if opened is not None and opened.dialect.driver == "asyncpg" else None


def driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


def failures_of(connection: Connection) -> tuple[type[Exception], ...]:
    """What the driver raises, known to whoever has a connection."""
    errors = _errors_of(connection)
    return errors.PostgresError, errors.InterfaceError, errors.InternalClientError


def as_sqlalchemy_says(error: Exception, connection: Connection, sql: str) -> DBAPIError:
    """One of the driver's errors, as it would come through SQLAlchemy."""
    driver, errors = driver_of(connection), _errors_of(connection)
    if isinstance(error, errors.IntegrityConstraintViolationError):
        return IntegrityError(sql, None, error)
    if isinstance(error, errors.InternalClientError):
        # So the driver says that it lost count, as where the server's last word comes between two statements.
        driver.terminate()
    kind = InterfaceError if isinstance(error, errors.InterfaceError) else DBAPIError
    return kind(sql, None, error, connection_invalidated=driver.is_closed())


@asynccontextmanager
async def transaction(connection: Connection, *, writes: bool) -> AsyncGenerator[None]:
    """Kept when the block ends, undone when it fails. Whatever could not be ended is cut off, and nobody gets it."""
    driver = driver_of(connection)
    opened = driver.transaction(readonly=not writes)
    try:
        await opened.start()
        try:
            yield
        except BaseException:
            with move_on_after(_SECONDS_TO_UNDO, shield=True):
                if not driver.is_closed():
                    await opened.rollback()
            raise
        await opened.commit()
    except failures_of(connection) as error:
        raise as_sqlalchemy_says(error, connection, "COMMIT") from error
    finally:
        if not driver.is_closed() and driver.is_in_transaction():
            driver.terminate()


def _errors_of(connection: Connection) -> Any:
    return connection.dialect.loaded_dbapi.asyncpg
