"""The settings that every command shares."""

from pathlib import Path
from typing import Annotated

import typer

ContentFolder = Annotated[
    Path | None,
    typer.Argument(help="The folder of content; the one in force if left out.", metavar="FOLDER", file_okay=False),
]


def new_app(description: str | None = None) -> typer.Typer:
    """Return the Typer application of one command; with a description, that of a group of commands."""
    app = typer.Typer(help=description, add_completion=False, rich_markup_mode=None, no_args_is_help=bool(description))
    if description:
        # A callback makes a group even of a single command.
        app.callback()(lambda: None)
    return app
