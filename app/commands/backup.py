"""`rekindle backup`."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.command_app import new_app
from app.commands.run_with_database import run_with_database
from app.service.backup import back_up
from app.settings import read_settings
from app.store.connection.database import Database
from app.store.crypto.vault import Vault

app = new_app()

Folder = Annotated[Path, typer.Argument(help="The folder of the backup.", metavar="FOLDER")]


@app.command()
def backup(folder: Folder) -> None:
    """Write database, keys and the list of the erased into a new folder, as one set, while servers go on."""

    async def run(database: Database, vault: Vault) -> None:
        await back_up(read_settings().database_url, database, vault.ring, folder)

    run_with_database(run)
    typer.echo(f"Backed up in {folder}. Whoever holds this folder can read what is in it: keep it encrypted.")
