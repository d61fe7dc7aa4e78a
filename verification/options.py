"""The arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from app.settings import read_settings

FolderArgument = Annotated[
    Path | None,
    typer.Argument(help="The folder of content; the one in force if left out.", metavar="FOLDER", file_okay=False),
]
RulesetName = Annotated[str, typer.Argument(help="A version, `files`, or a folder of content.")]
Couples = Annotated[int, typer.Option(help="How many synthetic couples.", min=1)]
Workers = Annotated[int, typer.Option(help="How many processes of this machine.", min=1, max=256)]
Scheduler = Annotated[str | None, typer.Option(help="The address of a Dask scheduler, such as tcp://host:8786.")]


def content_in(folder: Path | None) -> Path:
    """Return the folder of content that a command was given, or the one in force."""
    return (folder or read_settings().content_folder).resolve()
