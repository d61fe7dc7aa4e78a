"""`rekindle erase-again`."""

from datetime import UTC, datetime

import typer

from app.commands.command_app import new_app
from app.commands.run_with_database import run_with_database
from app.service import erasure
from app.service.session import Session
from app.store.connection.database import Database
from app.store.crypto.vault import Vault

app = new_app()


@app.command()
def erase_again() -> None:
    """Repeat the erasures made since a backup. Run it after a restore, before serving."""
    typer.echo(f"Erased again: {run_with_database(_erase_again)}.")


async def _erase_again(database: Database, vault: Vault) -> int:
    async with database.writing() as connection:
        return await erasure.erase_again(Session(connection, vault, datetime.now(UTC)))
