"""`rekindle diff`."""

import json
from typing import Annotated

import typer

from app.rulesets.comparison import compare_couples
from app.rulesets.sampling import sample_couples
from app.settings import read_settings
from verification.diff import diff_lines, diff_of
from verification.release_file import open_ruleset


def run(
    old: Annotated[str, typer.Argument(help="A version, `files`, or a folder of content.", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="The same.", metavar="NEW")],
    *,
    couples: Annotated[int, typer.Option(help="How many synthetic couples.", min=1)] = 2_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what changed between two rulesets, and who gets something else."""
    root = read_settings().content_folder
    libraries = open_ruleset(root, old), open_ruleset(root, new)
    comparison = compare_couples(libraries[0].compiled, libraries[1].compiled, sample_couples(range(couples)))
    diff = diff_of(*libraries, comparison)
    lines = [json.dumps(diff, ensure_ascii=False, indent=2)] if as_json else diff_lines(diff, comparison, *libraries)
    typer.echo("\n".join(lines))
