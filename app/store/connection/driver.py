"""Transactions of PostgreSQL's own driver, asyncpg, below SQLAlchemy.

Prepared statements go to the driver directly, so the transaction is begun and ended there: SQLAlchemy would begin it
only with the first statement of its own. Its connections are in autocommit; what it runs is in this transaction as
well. `prepared_statement.py` has the figures that both rest on.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from anyio import move_on_after
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncConnection

_ROLLBACK_SECONDS = 2
LIMITS = "limits"
"""The execution option with statements that begin each transaction."""


def opened_on_postgresql(connection: AsyncConnection) -> Connection | None:
    """Return SQLAlchemy's synchronous connection where it is one to PostgreSQL, else None."""
    opened = connection.sync_connection
    return opened if opened is not None and opened.dialect.driver == "asyncpg" else None


def driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


def failures_of(connection: Connection) -> tuple[type[Exception], ...]:
    """Return the base classes of all that the driver raises."""
    errors = _errors_of(connection)
    return errors.PostgresError, errors.InterfaceError, errors.InternalClientError


def to_sqlalchemy_error(error: Exception, connection: Connection, sql: str) -> DBAPIError:
    """Wrap one of the driver's errors as SQLAlchemy wraps it."""
    driver, errors = driver_of(connection), _errors_of(connection)
    if isinstance(error, errors.IntegrityConstraintViolationError):
        return IntegrityError(sql, None, error)
    if isinstance(error, errors.InternalClientError):
        # The driver lost track of the protocol, as when the server's last message comes between two statements.
        driver.terminate()
    kind = InterfaceError if isinstance(error, errors.InterfaceError) else DBAPIError
    return kind(sql, None, error, connection_invalidated=driver.is_closed())


@asynccontextmanager
async def transaction(connection: Connection, *, writes: bool) -> AsyncGenerator[None]:
    """Commit when the block ends, roll back when it fails; close a connection on which neither was possible."""
    driver = driver_of(connection)
    opened = driver.transaction(readonly=not writes)
    limits = connection.get_execution_options().get(LIMITS)
    try:
        await opened.start()
        try:
            if limits:
                await driver.execute(limits)
            yield
        except TimeoutError:
            # Whoever did not answer in time will not answer a rollback.
            driver.terminate()
            raise
        except BaseException:
            # Shielded: also when the client went away and the request is cancelled.
            with move_on_after(_ROLLBACK_SECONDS, shield=True):
                if not driver.is_closed():
                    await opened.rollback()
            raise
        await opened.commit()
    except failures_of(connection) as error:
        raise to_sqlalchemy_error(error, connection, "COMMIT") from error
    finally:
        if not driver.is_closed() and driver.is_in_transaction():
            driver.terminate()


def _errors_of(connection: Connection) -> Any:
    return connection.dialect.loaded_dbapi.asyncpg
