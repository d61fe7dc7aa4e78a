from pathlib import Path
from typing import Annotated

import typer

from app.store.schema.data_inventory_page import page


def data_inventory(
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Write docs/data-inventory.md of this folder instead.")
    ] = False,
) -> None:
    """Print the data inventory: the owner, the persons affected, the purpose and the retention of every column."""
    content = page()
    if write:
        Path("docs/data-inventory.md").write_text(content, encoding="utf-8")
    else:
        typer.echo(content, nl=False)
