"""`python -m verification simulate`."""

from pathlib import Path
from typing import Annotated

import typer

from app.settings import read_settings
from verification.simulation import run as simulate


def run(  # noqa: PLR0913  each of them is an option
    old: Annotated[str, typer.Argument(help="A version, `files`, or a folder of content.", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="The same.", metavar="NEW")],
    *,
    couples: Annotated[int, typer.Option(help="How many synthetic couples.", min=1)] = 20_000,
    seed: Annotated[int, typer.Option(help="Another seed, other couples.", min=0)] = 0,
    output: Annotated[Path, typer.Option(help="Where to write the page and the JSON, without an ending.")] = Path(
        "simulation"
    ),
    workers: Annotated[int, typer.Option(help="How many processes of this machine.", min=1, max=256)] = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="The address of a Dask scheduler, such as tcp://host:8786.")
    ] = None,
) -> None:
    """Count who would get something else under another ruleset, over synthetic couples."""
    simulate(
        read_settings().content_folder,
        (old, new),
        typer.echo,
        couples=couples,
        seed=seed,
        reports=None,
        output=output,
        workers=workers,
        scheduler=scheduler,
    )
