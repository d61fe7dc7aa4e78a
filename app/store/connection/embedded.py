"""Connections to an embedded database, SQLite: a file that its owner alone reads, in which nothing deleted stays."""

import sqlite3
from contextlib import suppress
from pathlib import Path

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.durable_file import OWNER_ALONE

_PRAGMAS: tuple[str, ...] = (
    "busy_timeout = 5000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    # Deleted rows are overwritten with zeros.
    "secure_delete = ON",
)


def open_file(url: URL) -> AsyncEngine:
    _keep_to_owner(Path(url.database or ""))
    engine = create_async_engine(url)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


async def empty_log(connection: AsyncConnection) -> None:
    """Write the log into the database and cut it to nothing; where a reader does not end, maintenance does it later."""
    opened = await connection.get_raw_connection()
    driver: aiosqlite.Connection | None = opened.driver_connection
    if driver is not None:
        with suppress(sqlite3.OperationalError):
            await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")


def _keep_to_owner(file: Path) -> None:
    """Let the owner of a database alone read it; SQLite gives its mode to the log. A new file is made, empty.

    What the file system or another owner refuses stays as it is.
    """
    with suppress(OSError):
        file.touch(mode=OWNER_ALONE)
        for name in ("", "-wal", "-shm"):
            Path(f"{file}{name}").chmod(OWNER_ALONE)


def _prepare(connection: AsyncAdapt_aiosqlite_connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once: SQLite does not wait for it in the middle of a transaction."""
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
