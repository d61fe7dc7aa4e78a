"""Bringing a database to the tables this version knows."""

import asyncio
import subprocess
import sys
from pathlib import Path

from app.errors import NotReady
from app.store.revision import State, state_of

FOLDER = Path(__file__).parents[2] / "migrations"


async def prepare(database_url: str) -> None:
    """Let an SQLite database catch up by itself; say what to do about any other."""
    state = await state_of(database_url)
    if state is State.AT_HEAD:
        return
    if state is State.UNKNOWN:
        raise NotReady(
            "A newer version of Rekindle has changed this database. Start that version, or restore a backup."
        )
    if not database_url.startswith("sqlite"):
        raise NotReady("The database is not up to date. Run `rekindle migrate` first, then start again.")
    await asyncio.to_thread(_migrate_in_a_child, database_url)


def migrate(database_url: str) -> None:
    # Alembic is loaded here and nowhere else: a server has no use for its memory.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")


def _migrate_in_a_child(database_url: str) -> None:
    code = "import sys; from app.store.migration import migrate; migrate(sys.stdin.read())"
    child = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], input=database_url, capture_output=True, text=True, check=False, cwd=FOLDER.parent
    )
    if child.returncode:
        said = child.stderr.strip().splitlines() or ["no reason given"]
        raise NotReady(f"The database could not be brought up to date: {said[-1]}")
