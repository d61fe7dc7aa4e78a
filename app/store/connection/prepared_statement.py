"""Statements that every request of a partner runs: compiled once, and sent by PostgreSQL's driver itself.

Through SQLAlchemy `GET /v1/me/view` costs 1.30 times the CPU and `POST /v1/me/reports` 1.17 times (whole requests over
HTTP, paired, 12 rounds of 200; the same server twice: 0.98 and 1.02). `python -m benchmarks.statements` measures it.
Events of SQLAlchemy's engine see these statements as well. SQLite runs them through SQLAlchemy.
"""

from collections.abc import Iterable
from typing import Any, Generic

from sqlalchemy import CompoundSelect, Connection, Dialect, Insert, Select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from app.store.connection.driver import driver_of, failures_of, opened_on_postgresql, to_sqlalchemy_error
from app.store.connection.rows import R


class PreparedStatement:
    """A statement that is compiled once, for PostgreSQL."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any] | Insert) -> None:
        self.statement = statement
        self._compiled: CompiledStatement | None = None

    async def run(self, connection: AsyncConnection, **parameters: object) -> Iterable[Iterable[Any]]:
        """Send the statement and return its rows, as the driver gives them."""
        opened = opened_on_postgresql(connection)
        if opened is None:
            rows: Iterable[Iterable[Any]] = await connection.execute(self.statement, parameters)
            return rows
        return await self.compiled(opened.dialect).fetch(opened, parameters)

    def compiled(self, dialect: Dialect) -> "CompiledStatement":
        if self._compiled is None:
            self._compiled = CompiledStatement(self.statement, dialect)
        return self._compiled


class PreparedQuery(PreparedStatement, Generic[R]):
    """A query whose rows are of one type."""

    def __init__(self, row_type: type[R], statement: Select[Any] | CompoundSelect[Any]) -> None:
        """Raise `TypeError` where the columns of `statement` are not the fields of `row_type`, in their order."""
        columns = tuple(column.key for column in statement.selected_columns)
        if columns != row_type._fields:
            raise TypeError(f"{row_type} does not have the fields {columns}")
        super().__init__(statement)
        self._row_type = row_type

    async def all(self, connection: AsyncConnection, **parameters: object) -> list[R]:
        return [*map(self._row_type._make, await self.run(connection, **parameters))]

    async def one(self, connection: AsyncConnection, **parameters: object) -> R | None:
        """Return the first row, or None."""
        rows = await self.all(connection, **parameters)
        return rows[0] if rows else None


class CompiledStatement:
    """A statement's SQL, with the conversions of its values to the driver's types and back."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any] | Insert, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        names = compiled.positiontup
        columns = [] if isinstance(statement, Insert) else list(statement.selected_columns)
        self.sql = str(compiled)
        self._constants = {name: compiled.params[name] for name in names if not compiled.binds[name].required}
        self._writers = [(name, _type_of(compiled.binds[name], dialect).bind_processor(dialect)) for name in names]
        readers = [_type_of(column, dialect).result_processor(dialect, None) for column in columns]
        self._readers = [(place, read) for place, read in enumerate(readers) if read]

    def values(self, parameters: dict[str, Any]) -> list[Any]:
        """Return the values of `parameters` and of the statement's constants, in the order of their placeholders."""
        values = {**self._constants, **parameters}
        return [write(values[name]) if write else values[name] for name, write in self._writers]

    async def fetch(self, connection: Connection, parameters: dict[str, Any]) -> list[Any]:
        """Send the statement and return its rows. Raises `DBAPIError`, as SQLAlchemy does."""
        driver = driver_of(connection)
        sql, values = self.sql, self.values(parameters)
        try:
            for listener in connection.dispatch.before_cursor_execute:
                sql, values = listener(connection, None, sql, values, None, False)
            rows: list[Any] = await driver.fetch(sql, *values)
        except failures_of(connection) as error:
            raise to_sqlalchemy_error(error, connection, sql) from error
        return [self._converted(row) for row in rows] if self._readers else rows

    def _converted(self, row: Iterable[Any]) -> list[Any]:
        values = list(row)
        for place, read in self._readers:
            values[place] = read(values[place])
        return values


def _type_of(value: Any, dialect: Dialect) -> TypeEngine[Any]:
    kind: TypeEngine[Any] = value.type
    return kind.dialect_impl(dialect)
