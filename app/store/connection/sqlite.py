import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from app.errors import DatabaseUnavailable


async def stored_revisions(database_url: str) -> list[str]:
    return await asyncio.to_thread(_read, file_of(database_url))


def file_of(database_url: str) -> Path:
    return Path(database_url.partition(":///")[2].partition("?")[0])


def _read(file: Path) -> list[str]:
    if not file.parent.is_dir():
        raise DatabaseUnavailable(f"There is no folder {file.parent} to keep the database in.")
    if not file.exists():
        return []
    try:
        with closing(sqlite3.connect(file, timeout=2)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                return []
            return [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]
    except sqlite3.Error as error:
        raise DatabaseUnavailable(f"The database {file} cannot be read: {error}.") from error
