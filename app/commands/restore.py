import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.commands.backup import Folder
from app.commands.failure import CommandFailed
from app.commands.run_with_database import run_with_database
from app.service import audit, backup
from app.service.recovery import erase_again
from app.settings import read_settings
from app.store.connection.database import Database
from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Vault


def restore(
    folder: Folder,
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Then open the key of every partner and read every access log.")
    ] = False,
) -> None:
    """Put a backup into an empty database, and erase again whoever was erased since it was made."""
    settings = read_settings()
    asyncio.run(backup.restore(settings.database_url, KeyRing(settings.key_file), folder))
    erased = run_with_database(lambda database, vault: erase_again(database, vault, lambda: datetime.now(UTC)))
    typer.echo(f"Restored from {folder}. Erased again: {erased}.")
    if verify:
        count, wrong = run_with_database(_verify)
        if wrong:
            raise CommandFailed(["These do not open, or their access log was tampered with:", *wrong])
        typer.echo(f"Verified: {count} keys open, and every access log is whole.")


async def _verify(database: Database, vault: Vault) -> tuple[int, list[str]]:
    count, closed = await backup.verify(database, vault)
    return count, [*closed, *await audit.verify(database, vault)]
