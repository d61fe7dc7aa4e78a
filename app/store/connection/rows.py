"""Typed rows: a query's rows become NamedTuples, declared beside the query."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Column, Executable, FromClause, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

R = TypeVar("R", bound=NamedTuple)
"""The type of one query's rows: its fields are the columns, in their order."""


class KeyAndIdRow(NamedTuple):
    """The key and the public id of a partner or a couple."""

    key: UUID
    id: str


class SealedRow(NamedTuple):
    """A sealed value that is read alone."""

    sealed: bytes


class MarkedRow(NamedTuple):
    """A sealed value under the keyed mark of what it is about."""

    mark: bytes
    sealed: bytes


def select_row(row_type: type[R], table: FromClause) -> Select[Any]:
    """Select from `table` the columns that `row_type` names."""
    return select(*[table.c[name] for name in row_type._fields])


def page_of(query: Select[Any], after: object, limit: int, *place: Column[Any]) -> Select[Any]:
    """Return at most `limit` rows of a query in the order of the columns `place`, from behind their values `after`."""
    page = query.order_by(*place).limit(limit)
    if after is None:
        return page
    return page.where(place[0] > after if len(place) == 1 else tuple_(*place) > after)


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
