"""Typed rows: a query's rows become NamedTuples, declared beside the query."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Executable, FromClause, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

R = TypeVar("R", bound=NamedTuple)
"""The type of one query's rows: its fields are the columns, in their order."""


def select_row(row_type: type[R], table: FromClause) -> Select[Any]:
    """Select from `table` the columns that `row_type` names."""
    return select(*[table.c[name] for name in row_type._fields])


async def fetch_all(
    connection: AsyncConnection, row_type: type[R], statement: Executable, parameters: Mapping[str, object]
) -> list[R]:
    """Run `statement` and return its rows."""
    return [row_type._make(row) for row in await connection.execute(statement, parameters)]


async def fetch_one(
    connection: AsyncConnection, row_type: type[R], statement: Executable, parameters: Mapping[str, object]
) -> R | None:
    """Run `statement` and return its only row, or None. Raises `MultipleResultsFound` where there are more."""
    row = (await connection.execute(statement, parameters)).one_or_none()
    return None if row is None else row_type._make(row)
