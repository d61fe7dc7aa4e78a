"""Statements that every request of a partner runs: compiled once, and sent by PostgreSQL's driver itself.

Whoever listens to SQLAlchemy's statements hears these as well. SQLite runs them as it runs any other.
"""

from collections import namedtuple
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Dialect, Insert, Select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from app.store.connection.driver import as_sqlalchemy_says, driver_of, failures_of, opened_on_postgresql


class PreparedStatement:
    """One statement. What is `given` to it are its parameters by name."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any] | Insert) -> None:
        self.statement = statement
        self._compiled: CompiledStatement | None = None

    async def all(self, connection: AsyncConnection, **given: object) -> Sequence[Any]:
        """The rows, whose values have the names of their columns."""
        opened = opened_on_postgresql(connection)
        if opened is None:
            return (await connection.execute(self.statement, given)).all()
        return await self.compiled(opened.dialect).fetch(opened, given)

    async def one(self, connection: AsyncConnection, **given: object) -> Any | None:
        """The only row, where there is one."""
        found = await self.all(connection, **given)
        return found[0] if found else None

    async def run(self, connection: AsyncConnection, **given: object) -> None:
        """Write, with nothing to read."""
        opened = opened_on_postgresql(connection)
        if opened is None:
            await connection.execute(self.statement, given)
        else:
            await self.compiled(opened.dialect).fetch(opened, given)

    def compiled(self, dialect: Dialect) -> "CompiledStatement":
        """As PostgreSQL is asked."""
        if self._compiled is None:
            self._compiled = CompiledStatement(self.statement, dialect)
        return self._compiled


class CompiledStatement:
    """The text of a statement, and what its values pass through on their way to the driver and back."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any] | Insert, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        names = compiled.positiontup
        columns = [] if isinstance(statement, Insert) else list(statement.selected_columns)
        self.sql = str(compiled)
        self._own = {name: compiled.params[name] for name in names if not compiled.binds[name].required}
        self._writers = [(name, _type_of(compiled.binds[name], dialect).bind_processor(dialect)) for name in names]
        readers = [_type_of(each, dialect).result_processor(dialect, None) for each in columns]
        self._readers = [(place, read) for place, read in enumerate(readers) if read]
        self._row: Any = namedtuple("_row", [each.key for each in columns])  # type: ignore[misc]  # noqa: PYI024

    def values(self, given: dict[str, Any]) -> list[Any]:
        """The parameters in their order, as the driver takes them."""
        values = {**self._own, **given}
        return [write(values[name]) if write else values[name] for name, write in self._writers]

    async def fetch(self, connection: Connection, given: dict[str, Any]) -> list[Any]:
        """Raises what SQLAlchemy raises."""
        driver = driver_of(connection)
        sql, values = self.sql, self.values(given)
        try:
            for hear in connection.dispatch.before_cursor_execute:
                sql, values = hear(connection, None, sql, values, None, False)
            found = await driver.fetch(sql, *values)
        except failures_of(connection) as error:
            raise as_sqlalchemy_says(error, connection, sql) from error
        return [self._read(row) for row in found] if self._readers else [*map(self._row._make, found)]

    def _read(self, row: Iterable[Any]) -> Any:
        values = list(row)
        for place, read in self._readers:
            values[place] = read(values[place])
        return self._row(*values)


def _type_of(value: Any, dialect: Dialect) -> TypeEngine[Any]:
    kind: TypeEngine[Any] = value.type
    return kind.dialect_impl(dialect)
