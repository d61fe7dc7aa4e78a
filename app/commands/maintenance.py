"""`rekindle maintenance`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.commands.command_app import new_app
from app.commands.failure import CommandFailed
from app.commands.run_with_database import run_with_database
from app.service.maintenance import MaintenanceReport, run_once, run_rounds
from app.store.connection.database import Database
from app.store.crypto.vault import Vault

app = new_app()


@app.command()
def maintenance(
    *,
    loop: Annotated[
        bool, typer.Option("--loop", help="Go on until stopped, in place of servers with REKINDLE_MAINTENANCE=false.")
    ] = False,
) -> None:
    """Rotate keys and delete what has expired, as a running server does by itself every day."""
    if loop:
        run_with_database(_run_rounds)
        return
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
    return await run_once(database, vault, _now, whole=True)


async def _run_rounds(database: Database, vault: Vault) -> None:
    await run_rounds(database, lambda: vault, vault.ring.file, _now, at_once=True)


def _now() -> datetime:
    return datetime.now(UTC)
