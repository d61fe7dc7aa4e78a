"""INSERT … ON CONFLICT, which both databases spell alike and SQLAlchemy keeps apart."""

from functools import cache
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_into(connection: AsyncConnection, table: Table) -> postgresql.Insert:
    """An insert that can say what happens where the row is there already."""
    return _insert_into(connection.dialect.name, table)


@cache
def _insert_into(dialect: str, table: Table) -> postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else cast(postgresql.Insert, sqlite.insert(table))
