"""`rekindle release`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.settings import read_settings
from verification.question_shares import REPORTS
from verification.releasing import release
from verification.simulation import spread_over


def run(
    folder: Annotated[
        Path | None,
        typer.Argument(help="The folder of content; the one in force if left out.", metavar="FOLDER", file_okay=False),
    ] = None,
    *,
    reports: Annotated[
        int, typer.Option(help="Over how many sampled reports the shares of questions are counted.", min=100)
    ] = REPORTS,
    workers: Annotated[int, typer.Option(help="How many processes count the shares of questions.", min=1)] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="The address of a Dask scheduler, such as tcp://host:8786.")
    ] = None,
) -> None:
    """Check the content, and make a release of it that never changes again."""
    with spread_over(workers, scheduler) as executor:
        root = (folder or read_settings().content_folder).resolve()
        release(root, datetime.now(UTC).date(), typer.echo, reports=reports, executor=executor)
