"""`rekindle release`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.settings import read_settings
from verification.releasing import release


def run(
    folder: Annotated[
        Path | None,
        typer.Argument(help="The folder of content; the one in force if left out.", metavar="FOLDER", file_okay=False),
    ] = None,
) -> None:
    """Check the content, and make a release of it that never changes again."""
    release(folder or read_settings().content_folder, datetime.now(UTC).date(), typer.echo)
