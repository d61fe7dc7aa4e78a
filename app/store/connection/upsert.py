"""INSERT … ON CONFLICT: the same SQL on both databases, two classes in SQLAlchemy."""

from collections.abc import Mapping
from functools import cache
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedStatement


async def upsert(connection: AsyncConnection, table: Table, key: Mapping[str, object], **values: object) -> None:
    """Insert a row, or set `values` in the row that has this `key`, the columns of a unique constraint."""
    insertion = insert_into(connection, table).values(**key, **values)
    await connection.execute(insertion.on_conflict_do_update(index_elements=list(key), set_=values))


def insert_into(connection: AsyncConnection, table: Table) -> postgresql.Insert:
    """Return an insert that has `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return _insert_into(connection.dialect.name, table)


def prepare_upserts(table: Table, *key: str) -> dict[str, PreparedStatement]:
    """Prepare by dialect to insert a row, or to set `sealed` in the row with this key, the columns of a constraint."""
    insertions = {dialect: _insert_into(dialect, table) for dialect in ("postgresql", "sqlite")}
    return {
        dialect: PreparedStatement(
            insertion.on_conflict_do_update(index_elements=key, set_={"sealed": insertion.excluded.sealed})
        )
        for dialect, insertion in insertions.items()
    }


@cache
def _insert_into(dialect: str, table: Table) -> postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else cast(postgresql.Insert, sqlite.insert(table))
