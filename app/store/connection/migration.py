"""Checks before a server starts: its database has the tables that this version needs."""

import asyncio
import subprocess
import sys

from app.errors import NotReady
from app.store.connection import postgresql
from app.store.connection.revision import State, state_of

ROLE_GETS_AROUND = (
    "The role of the database gets around row-level security: it is a superuser, has BYPASSRLS, or owns tables that do "
    "not force it. Make the role of docs/deploy.md, or set REKINDLE_REQUIRE_ROW_SECURITY=false."
)


async def prepare(database_url: str, *, requires_row_security: bool = True) -> None:
    """Migrate an SQLite database; raise `NotReady` for any other that is not up to date, or whose role is unfit."""
    is_served = (await require_known(database_url)).is_served
    if database_url.startswith("sqlite"):
        if not is_served:
            await asyncio.to_thread(_migrate_in_child, database_url)
    elif not is_served:
        raise NotReady("The database is not up to date. Run `rekindle migrate` first, then start again.")
    elif requires_row_security and not await postgresql.is_bound_by_row_security(database_url):
        raise NotReady(ROLE_GETS_AROUND)


async def require_known(database_url: str) -> State:
    """Return the state of the database. Raises `NotReady` where this version does not know it, and may not serve it."""
    state = await state_of(database_url)
    if state is State.UNKNOWN:
        raise NotReady(
            "The database was migrated by a version of Rekindle that has migrations which this one does not have. "
            "Start that version; to go back to this one, restore a backup from before."
        )
    return state


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
