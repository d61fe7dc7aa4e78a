"""Bringing a database to the tables this version knows."""

import asyncio
import subprocess
import sys
from pathlib import Path

from app.errors import NotReady
from app.store.connection.revision import State, state_of

FOLDER = Path(__file__).parents[3] / "migrations"


async def prepare(database_url: str) -> None:
    """Let an SQLite database catch up by itself; say what to do about any other."""
    if await is_at_head(database_url):
        return
    if not database_url.startswith("sqlite"):
        raise NotReady("The database is not up to date. Run `rekindle migrate` first, then start again.")
    await asyncio.to_thread(_migrate_in_a_child, database_url)


async def is_at_head(database_url: str) -> bool:
    state = await state_of(database_url)
    if state is State.UNKNOWN:
        raise NotReady(
            "A newer version of Rekindle has changed this database. Start that version, or restore a backup."
        )
    return state is State.AT_HEAD


def migrate(database_url: str) -> None:
    # Alembic is loaded here and nowhere else: a server has no use for its memory.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    try:
        command.upgrade(config, "head")
    except (SQLAlchemyError, OSError) as error:
        raise NotReady(f"The database could not be brought up to date: {str(error).splitlines()[0]}.") from error


def _migrate_in_a_child(database_url: str) -> None:
    """Alembic's memory goes with the child. The address goes by a pipe, because others can read arguments."""
    command = [sys.executable, "-m", "app.store.connection.migration"]
    child = subprocess.run(  # noqa: S603
        command, input=database_url, capture_output=True, text=True, check=False
    )
    if child.returncode:
        raise NotReady(child.stdout or "The database could not be brought up to date.")


if __name__ == "__main__":
    try:
        migrate(sys.stdin.read())
    except NotReady as reason:
        sys.stdout.write(reason.detail)
        sys.exit(1)
