"""Dumping a database into a file and loading it from there: SQLite by itself, PostgreSQL by its own programs."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import unquote, urlsplit

from app.errors import NotReady
from app.settings import environment_with
from app.store.connection.sqlite import file_of

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# Row-level security binds the owner of the tables too; maintenance sees every row.
_AS_MAINTENANCE = "-c rekindle.partner=upkeep"


def kind_of(database_url: str) -> str:
    return SQLITE if database_url.startswith("sqlite") else POSTGRESQL


def dump(database_url: str, file: Path) -> None:
    """Write one consistent state of a database that may be in use. Raises `NotReady` with the reason."""
    if kind_of(database_url) == POSTGRESQL:
        arguments = ["--format=custom", "--enable-row-security", "--no-owner", "--no-acl", f"--file={file}"]
        _run("pg_dump", arguments, database_url)
        return
    try:
        with closing(sqlite3.connect(file_of(database_url))) as connection:
            # Not a copy of the pages: the free ones hold what was erased.
            connection.execute("VACUUM INTO ?", (str(file),))
    except sqlite3.Error as error:
        raise NotReady(f"The database cannot be dumped: {error}.") from error


def load(database_url: str, file: Path) -> None:
    """Fill an empty database from a dump: wholly, or not at all. Raises `NotReady` with the reason."""
    if kind_of(database_url) == POSTGRESQL:
        arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"]
        _run("pg_restore", arguments, database_url, str(file))
        return
    database = file_of(database_url)
    loaded = database.with_name(f"{database.name}.loading")
    shutil.copyfile(file, loaded)
    loaded.chmod(0o600)
    loaded.replace(database)


def require_empty(database_url: str) -> None:
    """Raise `NotReady` where there is an SQLite file, or a part of one that a dead server left."""
    database = file_of(database_url)
    if kind_of(database_url) == SQLITE and any(database.parent.glob(f"{database.name}*")):
        raise NotReady(f"There is a database already. Move {database}* away first; nothing was changed.")


def _run(program: str, arguments: list[str], database_url: str, *files: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise NotReady(
            f"{program} is not on this machine. Install the client programs of PostgreSQL, in the version of the "
            "server or a later one (Debian: postgresql-client), and run this again."
        )
    address, password = _address_of(database_url)
    environment = environment_with(PGOPTIONS=_AS_MAINTENANCE, **({"PGPASSWORD": password} if password else {}))
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        command = [path, *arguments, f"--dbname={address}", *files]
        code = subprocess.run(command, env=environment, stderr=errors, check=False).returncode  # noqa: S603
        errors.seek(0)
        if code:
            raise NotReady(f"{program} failed: {errors.read().strip() or code}")


def _address_of(database_url: str) -> tuple[str, str | None]:
    """Return the address as PostgreSQL's programs read it, and apart from it the password: others see arguments."""
    parts = urlsplit(database_url.replace("+asyncpg", "", 1))
    user, separator, place = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return parts._replace(netloc=f"{name}{separator}{place}").geturl(), unquote(password) or None
