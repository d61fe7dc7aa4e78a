"""INSERT … ON CONFLICT: the same SQL on both databases, two classes in SQLAlchemy."""

from functools import cache
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_into(connection: AsyncConnection, table: Table) -> postgresql.Insert:
    """Return an insert that has `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return _insert_into(connection.dialect.name, table)


@cache
def _insert_into(dialect: str, table: Table) -> postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else cast(postgresql.Insert, sqlite.insert(table))
