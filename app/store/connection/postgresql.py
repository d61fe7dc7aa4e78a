"""Addresses of PostgreSQL, and connections of its driver: requests, migrations and the first look read them alike.

An address may have all that the driver knows: `sslmode=verify-full` with `sslrootcert`, several hosts with
`target_session_attrs=read-write`. `statement_cache_size=0` says that a pooler such as PgBouncer stands before it.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import asyncpg

from app.errors import DatabaseUnavailable

SECONDS_TO_CONNECT = 2
# False for a superuser, for a role with BYPASSRLS and for an owner whose tables do not FORCE it.
IS_BOUND = "SELECT bool_and(row_security_active(oid)) FROM pg_class WHERE relrowsecurity AND relkind = 'r'"
_SECONDS = 3
_PREPARED = "statement_cache_size"


class Address(NamedTuple):
    """An address for the driver, and whether prepared statements and settings of a session do not survive there."""

    text: str
    is_pooled: bool


def read_address(database_url: str) -> Address:
    head, _, query = database_url.partition("?")
    # `ssl` is what SQLAlchemy calls it.
    parameters = {"sslmode" if name == "ssl" else name: value for name, value in parse_qsl(query)}
    is_pooled = parameters.pop(_PREPARED, None) == "0"
    address = head.replace("postgresql+asyncpg://", "postgresql://", 1)
    return Address(f"{address}?{urlencode(parameters)}" if parameters else address, is_pooled)


async def connect(address: Address, **options: Any) -> Any:
    """Open a connection; `options` are those of the driver."""
    prepared = {_PREPARED: 0} if address.is_pooled else {}
    return await asyncpg.connect(address.text, **prepared, **options)


async def read_column(database_url: str, table: str, column: str) -> list[str]:
    """Return a column of a table, none where there is no such table. Raises `DatabaseUnavailable`."""
    async with _looking(database_url) as connection:
        if not await connection.fetchval("SELECT to_regclass($1)", table):
            return []
        return [row[0] for row in await connection.fetch(f"SELECT {column} FROM {table}")]  # noqa: S608


async def is_bound_by_row_security(database_url: str) -> bool:
    """Tell whether row-level security binds the role of an address. Raises `DatabaseUnavailable`."""
    async with _looking(database_url) as connection:
        return await connection.fetchval(IS_BOUND) is not False


@asynccontextmanager
async def _looking(database_url: str) -> AsyncGenerator[Any]:
    try:
        connection = await connect(read_address(database_url), timeout=_SECONDS, command_timeout=_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        raise DatabaseUnavailable(f"PostgreSQL cannot be reached: {error}") from error
    try:
        yield connection
    except (asyncpg.PostgresError, TimeoutError) as error:
        raise DatabaseUnavailable(f"PostgreSQL does not answer: {error}") from error
    finally:
        connection.terminate()
