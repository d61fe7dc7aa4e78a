"""Checks before a server starts: its database has the tables that this version needs."""

import asyncio
import subprocess
import sys

from app.errors import NotReady
from app.store.connection.revision import State, state_of


async def prepare(database_url: str) -> None:
    """Migrate an SQLite database; raise `NotReady` with the command for any other that is not up to date."""
    if await is_at_head(database_url):
        return
    if not database_url.startswith("sqlite"):
        raise NotReady("The database is not up to date. Run `rekindle migrate` first, then start again.")
    await asyncio.to_thread(_migrate_in_child, database_url)


async def is_at_head(database_url: str) -> bool:
    """Return whether the database is up to date. Raises `NotReady` where this version does not know its revision."""
    state = await state_of(database_url)
    if state is State.UNKNOWN:
        raise NotReady(
            "The database was migrated by a version of Rekindle that has migrations which this one does not have. "
            "Start that version; to go back to this one, restore a backup from before."
        )
    return state is State.AT_HEAD


def _migrate_in_child(database_url: str) -> None:
    """Migrate in a child process, which takes Alembic's memory with it when it ends.

    The URL goes through a pipe: other users of the machine can read arguments. What a migration says is on stderr.
    """
    command = [sys.executable, "-m", "app.store.connection.upgrade"]
    child = subprocess.run(  # noqa: S603
        command, input=database_url, stdout=subprocess.PIPE, text=True, check=False
    )
    if child.returncode:
        raise NotReady(child.stdout or "The database could not be brought up to date.")
