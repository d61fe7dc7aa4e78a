"""`rekindle prove`."""

from typing import Annotated

import typer

from app.engine.condition_parser import nearest
from app.rulesets.load import load_ruleset
from verification.options import FolderArgument, Workers, content_in
from verification.prove import RANDOM_PAIRS, SECONDS_EACH, Prover, prove_library


def run(
    folder: FolderArgument = None,
    *,
    only: Annotated[list[str] | None, typer.Option(help="One property by its id; may be given again.")] = None,
    random: Annotated[int, typer.Option(help="How many random pairs of reports to run.", min=1)] = RANDOM_PAIRS,
    seconds: Annotated[float, typer.Option(help="How long one question to the solver may take.")] = SECONDS_EACH,
    workers: Workers = 1,
) -> None:
    """Show that what must hold for every couple does, and print answers that break it where it does not."""
    library = load_ruleset(content_in(folder))
    known = {wanted.id: wanted for wanted in library.properties}
    for id_ in only or ():
        if id_ not in known:
            raise typer.BadParameter(f"There is no property {id_};{nearest(id_, known)}")
    outcomes = prove_library(library, Prover(library, random, seconds, workers), only or ())
    if not all(outcome.holds for outcome in outcomes if outcome.of.means):
        raise typer.Exit(1)
