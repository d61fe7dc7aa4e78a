"""`rekindle simulate`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verification.outcome import outcome
from verification.parquet import CouplesFile
from verification.pictures import percent
from verification.simulate import Task, comparison_of, libraries, simulate
from verification.writing import write_reports


def run(  # noqa: PLR0913  these are the options of the command
    root: Path,
    rulesets: tuple[str, str],
    say: Callable[[str], object],
    *,
    couples: int,
    seed: int,
    reports: Path | None,
    output: Path,
    workers: int,
    scheduler: str | None,
) -> None:
    """Count, with a bar that shows how far it is, and write both reports."""
    old, new = (str(Path(name).resolve()) if Path(name).is_dir() else name for name in rulesets)
    many = CouplesFile(reports).couples if reports else couples
    task = Task(root.resolve(), old, new, many, seed, reports.resolve() if reports else None)
    both, comparison = libraries(*task.rulesets), comparison_of(*task.rulesets)
    with _progress() as progress:
        bar = progress.add_task("couples", total=many)
        counted = simulate(task, workers, scheduler, lambda couples: progress.advance(bar, couples))
    found = outcome(task, comparison, both, counted)
    for line in summary(found):
        say(line)
    for file in write_reports(found, output):
        say(f"Written: {file}")


def summary(found: dict[str, Any]) -> list[str]:
    """The few figures that a terminal has room for."""
    couples, everyone = found["couples"], found["segments"][0]
    lines = [f"{couples['count']:,} couples, {everyone['views'] or 0:,} views"]
    for kind, says in (("changed", "something changes"), ("leading", "another strategy leads")):
        share = (everyone[kind] or 0) / (everyone["views"] or 1)
        lines.append(f"{percent(share):>12}  {says}")
    return lines


def _progress() -> Progress:
    return Progress(
        BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
