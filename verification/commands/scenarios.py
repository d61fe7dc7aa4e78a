"""`rekindle scenarios`: those that a change of the rules turns, and small mistakes that none of them shows."""

from collections.abc import Iterator
from itertools import groupby
from typing import Annotated

import typer

from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.releases import ReleaseStore, newest_release
from verification.boundaries import generate
from verification.equivalents import is_equivalent
from verification.mutants import mutants, survivors
from verification.options import FolderArgument, content_in
from verification.scenarios import Difference, ScenarioCouple, Suite, compared, decide


def run(
    folder: FolderArgument = None,
    *,
    rule: Annotated[str | None, typer.Option(help="Print the scenarios in which this rule fires instead.")] = None,
    try_mutants: Annotated[bool, typer.Option("--mutants", help="Say how many small mistakes the suite sees.")] = False,
) -> None:
    """Print the scenarios, at the lines that the rules draw, that changed since the last release."""
    root = content_in(folder)
    library = load_ruleset(root)
    suite = generate(library)
    if rule is not None:
        for scenario in suite.scenarios:
            if rule in scenario.expected.fires:
                typer.echo("\n    ".join((scenario.name, *scenario.shows)))
        return
    former = newest_release(root)
    if former is not None:
        _print_turned(ReleaseStore().open(root, former), library, suite)
    typer.echo(f"{len(suite.scenarios) + 1} scenarios stand at the lines that the rules draw.")
    if try_mutants and not _shows_all(library, suite):
        raise typer.Exit(1)


def _print_turned(old: Library, new: Library, suite: Suite) -> None:
    """Print the scenarios of the two rulesets that come out otherwise; `suite` is that of the new one."""
    differing = {name: [*lines] for name, lines in groupby(turned(old, new, suite), lambda line: line.scenario)}
    count = len(differing)
    typer.echo(f"This change turns {count} {'scenario' if count == 1 else 'scenarios'} since {old.version}.")
    for name, differences in differing.items():
        typer.echo(f"  {name}")
        for difference in differences:
            typer.echo(f"    {difference.key}: {difference.change}")


def turned(old: Library, new: Library, suite: Suite) -> Iterator[Difference]:
    """Yield the differences in the scenarios of both rulesets; `suite` is that of the new one."""
    couples = {scenario.name: scenario.couple for scenario in generate(old).scenarios}
    couples |= {scenario.name: scenario.couple for scenario in suite.scenarios}
    everyone = [decide(library.compiled, ScenarioCouple({})) for library in (old, new)]
    yield from compared("whoever answers nothing", *everyone)
    for name, couple in couples.items():
        before, after = (
            decide(library.compiled, couple, base) for library, base in zip((old, new), everyone, strict=True)
        )
        yield from compared(name, before, after)


def _shows_all(library: Library, suite: Suite) -> bool:
    """Print the mutants that are not seen, and return whether there are none."""
    tried = [*mutants(library.ruleset)]
    alive = [*survivors(library, suite, tried)]
    missed = [mutant for mutant in alive if not is_equivalent(library, mutant)]
    for mutant in missed:
        typer.echo(f"not seen: {mutant.name}")
    counted = len(tried) - len(alive) + len(missed)
    equivalent = len(alive) - len(missed)
    typer.echo(f"{counted - len(missed)} of {counted} mutants of the rules are seen; {equivalent} more are equivalent.")
    return not missed
