"""`rekindle simulate`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.durable_file import write_whole
from app.rulesets.comparison import comparison_lines
from app.settings import read_settings
from verification.options import Couples, RulesetName, Scheduler, Workers
from verification.simulation import Simulation, open_both, simulate
from verification.simulation_report import page_of, report_of
from verification.spreading import spread_over


def run(  # noqa: PLR0913  each of them is an option
    old: RulesetName,
    new: RulesetName,
    *,
    couples: Couples = 20_000,
    seed: Annotated[int, typer.Option(help="Another seed, other couples.", min=0)] = 0,
    output: Annotated[Path, typer.Option(help="Where to write the page and the JSON, without an ending.")] = Path(
        "simulation"
    ),
    workers: Workers = 1,
    scheduler: Scheduler = None,
) -> None:
    """Count who would get something else under another ruleset, over synthetic couples."""
    names = [str(Path(name).resolve()) if Path(name).is_dir() else name for name in (old, new)]
    simulation = Simulation(read_settings().content_folder.resolve(), names[0], names[1], couples, seed)
    libraries = open_both(simulation.root, simulation.old, simulation.new)
    bar = typer.progressbar(length=couples, label="couples", file=sys.stderr)
    with spread_over(workers, scheduler) as executor, bar as progress:
        comparison = simulate(simulation, executor, progress.update)
    for line in comparison_lines(comparison, *libraries, examples=0):
        typer.echo(line)
    _write(report_of(simulation, *libraries, comparison), output)


def _write(report: dict[str, Any], stem: Path) -> None:
    written = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    for suffix, text in ((".html", page_of(report)), (".json", written)):
        file = stem.with_name(f"{stem.name}{suffix}")
        write_whole(file, text.encode())
        typer.echo(f"Written: {file}")
