"""`rekindle review`."""

from pathlib import Path
from typing import Annotated

import typer

from app.settings import read_settings
from verification.reviewing import review


def run(
    rule: Annotated[str | None, typer.Argument(help="One rule by its id; all if left out.", metavar="RULE")] = None,
    *,
    to: Annotated[
        Path | None, typer.Option(help="Write a page instead: a folder, or a file that ends in .html.")
    ] = None,
) -> None:
    """Show the rules as sentences, with what stands behind each and what hangs on it."""
    review(read_settings().content_folder, rule, to, typer.echo)
