from datetime import UTC, datetime
from typing import Annotated

import typer

from app.commands.failure import CommandFailed
from app.commands.run_with_database import run_with_database
from app.service.maintenance import run_once, run_rounds


def maintenance(
    *,
    loop: Annotated[
        bool, typer.Option("--loop", help="Go on until stopped, in place of servers with REKINDLE_MAINTENANCE=false.")
    ] = False,
) -> None:
    """Rotate keys and delete what has expired, as a running server does by itself every day."""
    if loop:
        run_with_database(
            lambda database, vault: run_rounds(database, lambda: vault, vault.ring.file, _now, at_once=True)
        )
        return
    report = run_with_database(lambda database, vault: run_once(database, vault, _now, whole=True))
    if report is None:
        raise CommandFailed(["Another process is at it."])
    typer.echo(f"{report.wrapped} keys wrapped anew, {report.removed} rows removed.")
    if report.erased_again:
        typer.echo(f"{report.erased_again} partners who had been erased were there again, and are gone now.")
    if report.lost:
        lost = f"{report.lost} data keys do not open: what they sealed is lost, and their old key has to stay."
        raise CommandFailed([lost])


def _now() -> datetime:
    return datetime.now(UTC)
