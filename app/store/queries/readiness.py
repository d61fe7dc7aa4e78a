"""What a server asks of its database before it says that it is ready, over a connection that it serves from."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotReady
from app.store.connection.postgresql import IS_BOUND
from app.store.connection.revision import HEAD, State, compare

_IS_THERE = {
    "sqlite": text("SELECT count(*) FROM sqlite_master WHERE name = :table"),
    "postgresql": text("SELECT count(to_regclass(:table))"),
}


async def require_served(connection: AsyncConnection) -> State:
    """Return the state of the database. Raises `NotReady` where this version may not serve it."""
    stored = await _column(connection, "alembic_version", "version_num")
    state = compare(stored, await _column(connection, "served_revisions", "revision"))
    if not state.is_served:
        raise NotReady(f"The database is {state.value}; `rekindle migrate` brings it to {HEAD}.")
    return state


async def is_bound_by_row_security(connection: AsyncConnection) -> bool:
    """Tell whether row-level security binds the role of this connection; on SQLite there is none to get around."""
    if connection.dialect.name != "postgresql":
        return True
    return (await connection.execute(text(IS_BOUND))).scalar_one() is not False


async def _column(connection: AsyncConnection, table: str, column: str) -> list[str]:
    if not (await connection.execute(_IS_THERE[connection.dialect.name], {"table": table})).scalar_one():
        return []
    return list((await connection.execute(text(f"SELECT {column} FROM {table}"))).scalars())  # noqa: S608
