"""`rekindle maintenance`."""

from datetime import UTC, datetime

import typer

from app.commands.command_app import new_app
from app.commands.failure import CommandFailed
from app.commands.run_with_database import run_with_database
from app.service.maintenance import MaintenanceReport, run_once
from app.store.connection.database import Database
from app.store.crypto.vault import Vault

app = new_app()


@app.command()
def maintenance() -> None:
    """Rotate keys and delete what has expired, as a running server does by itself every day."""
    report = run_with_database(_run_everything)
    if report is None:
        raise CommandFailed(["Another process is at it."])
    typer.echo(f"{report.wrapped} keys wrapped anew, {report.removed} rows removed.")
    if report.erased_again:
        typer.echo(f"{report.erased_again} partners who had been erased were there again, and are gone now.")
    if report.lost:
        lost = f"{report.lost} data keys do not open: what they sealed is lost, and their old key has to stay."
        raise CommandFailed([lost])


async def _run_everything(database: Database, vault: Vault) -> MaintenanceReport | None:
    return await run_once(database, vault, lambda: datetime.now(UTC), whole=True)
