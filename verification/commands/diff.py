"""`python -m verification diff`."""

import json
from typing import Annotated

import typer

from app.rulesets.active_ruleset import open_ruleset
from app.settings import read_settings
from verification.diff import compare, say


def run(
    old: Annotated[str, typer.Argument(help="A version, `files`, or a folder of content.", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="The same.", metavar="NEW")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what changed between two rulesets, and who gets something else."""
    root = read_settings().content_folder
    diff = compare(open_ruleset(root, old), open_ruleset(root, new))
    typer.echo(json.dumps(diff, ensure_ascii=False, indent=2) if as_json else "\n".join(say(diff)))
