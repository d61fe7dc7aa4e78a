import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from app.errors import DatabaseUnavailable


async def read_column(database_url: str, table: str, column: str) -> list[str]:
    """Return a column of a table, none where there is no such table. Raises `DatabaseUnavailable`."""
    return await asyncio.to_thread(_read, file_of(database_url), table, column)


def file_of(database_url: str) -> Path:
    return Path(database_url.partition(":///")[2].partition("?")[0])


def _read(file: Path, table: str, column: str) -> list[str]:
    if not file.parent.is_dir():
        raise DatabaseUnavailable(f"There is no folder {file.parent} to keep the database in.")
    if not file.exists():
        return []
    try:
        with closing(sqlite3.connect(file, timeout=2)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone():
                return []
            return [row[0] for row in connection.execute(f"SELECT {column} FROM {table}")]  # noqa: S608
    except sqlite3.Error as error:
        raise DatabaseUnavailable(f"The database {file} cannot be read: {error}.") from error
