"""`rekindle prove`."""

from pathlib import Path
from typing import Annotated

import typer

from app.settings import read_settings
from verification.prove_command import prove


def run(
    folder: Annotated[
        Path | None,
        typer.Argument(help="The folder of content; the one in force if left out.", metavar="FOLDER", file_okay=False),
    ] = None,
    *,
    only: Annotated[list[str] | None, typer.Option(help="One property by its id; may be given again.")] = None,
    random: Annotated[
        int | None, typer.Option(help="How many random pairs of reports to run.", min=1, show_default="20000")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="How long one question to the solver may take.")] = None,
    workers: Annotated[int, typer.Option(help="By how many processes random pairs are run.", min=1)] = 1,
) -> None:
    """Show that what must hold for every couple does, and print answers that break it where it does not."""
    try:
        holds = prove(
            folder or read_settings().content_folder,
            typer.echo,
            only=only or (),
            pairs=random,
            seconds=seconds,
            workers=workers,
        )
    except LookupError as error:
        typer.echo(error.args[0], err=True)
        raise typer.Exit(2) from error
    if not holds:
        raise typer.Exit(1)
