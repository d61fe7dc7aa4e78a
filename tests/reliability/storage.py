"""Everything that a database holds, to be compared and to be put back."""

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import asyncpg

Rows = dict[str, list[tuple[Any, ...]]]
VERSION = "alembic_version"


class Storage(Protocol):
    """Looked at from outside, past the application."""

    def rows(self) -> Rows: ...

    def put_back(self, rows: Rows) -> None: ...

    def run(self, *statements: str) -> None:
        """All of them or none."""


@contextmanager
def look_into(url: str) -> Generator[Storage]:
    opened: OnSqlite | OnPostgresql = OnSqlite(url) if url.startswith("sqlite") else OnPostgresql(url)
    try:
        yield opened
    finally:
        opened.close()


class OnSqlite:
    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(url.partition(":///")[2], isolation_level=None, timeout=10)

    def rows(self) -> Rows:
        run = self._connection.execute
        names = [name for (name,) in run("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return {name: sorted(run(f"SELECT * FROM {name}"), key=repr) for name in names if name != VERSION}  # noqa: S608

    def put_back(self, rows: Rows) -> None:
        changed = differing(rows, self.rows())
        triggers = list(self._connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
        with self._transaction():
            for trigger, _ in triggers:
                self._connection.execute(f"DROP TRIGGER {trigger}")
            for name in changed:
                self._connection.execute(f"DELETE FROM {name}")  # noqa: S608
                for row in rows[name]:
                    places = ",".join("?" * len(row))
                    self._connection.execute(f"INSERT INTO {name} VALUES ({places})", row)  # noqa: S608
            for _, sql in triggers:
                self._connection.execute(sql)

    def run(self, *statements: str) -> None:
        with self._transaction():
            for statement in statements:
                self._connection.execute(statement)

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        yield
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class OnPostgresql:
    """As the superuser, to whom row-level security hides nothing."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(asyncpg.connect(url.replace("+asyncpg", ""), user="postgres"))

    def rows(self) -> Rows:
        return self._runner.run(self._rows())

    def put_back(self, rows: Rows) -> None:
        self._runner.run(self._put_back(rows))

    def run(self, *statements: str) -> None:
        self._runner.run(self._connection.execute(";".join(statements)))

    def close(self) -> None:
        with suppress(OSError, asyncpg.PostgresError):
            self._runner.run(self._connection.close())
        self._runner.close()

    async def _rows(self) -> Rows:
        names = await self._connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return {
            name: sorted(map(tuple, await self._connection.fetch(f"SELECT * FROM {name}")), key=repr)  # noqa: S608
            for (name,) in names
            if name != VERSION
        }

    async def _put_back(self, rows: Rows) -> None:
        changed = differing(rows, await self._rows())
        async with self._connection.transaction():
            # Without triggers, and so without the order that foreign keys ask for.
            await self._connection.execute("SET LOCAL session_replication_role = replica")
            for name in changed:
                await self._connection.execute(f"DELETE FROM {name}")  # noqa: S608
                await self._connection.copy_records_to_table(name, records=rows[name])


def differing(before: Rows, after: Rows) -> list[str]:
    """The tables that are not as they were."""
    return [name for name in before if before[name] != after.get(name)]
