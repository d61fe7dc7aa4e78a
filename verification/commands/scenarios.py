"""`rekindle scenarios`."""

from pathlib import Path
from typing import Annotated

import typer

from app.settings import read_settings
from verification.changed_scenarios import say_scenarios


def run(
    folder: Annotated[
        Path | None,
        typer.Argument(help="The folder of content; the one in force if left out.", metavar="FOLDER", file_okay=False),
    ] = None,
    *,
    rule: Annotated[str | None, typer.Option(help="Print the scenarios in which this rule fires instead.")] = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Say how many small mistakes the suite sees.")] = False,
) -> None:
    """Print the scenarios, at the lines that the rules draw, that changed since the last release."""
    if not say_scenarios(folder or read_settings().content_folder, typer.echo, rule=rule, mutants=mutants):
        raise typer.Exit(1)
