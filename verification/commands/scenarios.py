"""`python -m verification scenarios`."""

from pathlib import Path
from typing import Annotated

import typer

from app.settings import read_settings
from verification.replay import replay


def run(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder of content; the one in force if left out.", file_okay=False)
    ] = None,
    *,
    write: Annotated[bool, typer.Option("--write", help="Write the suite anew, to be reviewed as a change.")] = False,
    mutants: Annotated[bool, typer.Option("--mutants", help="Say how many small mistakes the suite sees.")] = False,
) -> None:
    """Replay the scenarios at the lines that the rules draw, and print those that come out otherwise."""
    if not replay(folder or read_settings().content_folder, typer.echo, write=write, mutants=mutants):
        raise typer.Exit(1)
