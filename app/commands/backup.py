from pathlib import Path
from typing import Annotated

import typer

from app.commands.run_with_database import run_with_database
from app.service.backup import back_up
from app.settings import read_settings

Folder = Annotated[Path, typer.Argument(help="The folder of the backup.", metavar="FOLDER")]


def backup(folder: Folder) -> None:
    """Write database, keys and the list of the erased into a new folder, as one set, while servers go on."""
    url = read_settings().database_url
    run_with_database(lambda database, vault: back_up(url, database, vault.ring, folder))
    typer.echo(f"Backed up in {folder}. Whoever holds this folder can read what is in it: keep it encrypted.")
