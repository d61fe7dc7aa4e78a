"""`rekindle release`: the content is checked, named by the calendar, proved and sealed."""

from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.errors import RekindleError
from app.rulesets.canonical import with_shares
from app.rulesets.changes import changes_since_release
from app.rulesets.library import Library
from app.rulesets.question_shares import write_share_file
from app.rulesets.releases import newest_release, read_release
from app.rulesets.review import check_content
from verification.options import FolderArgument, Scheduler, Workers, content_in
from verification.prove import Prover, proofs_of, prove_library
from verification.question_shares import REPORTS, count_shares
from verification.release_file import next_version, publish, with_version
from verification.spreading import spread_over


class NotProved(RekindleError):
    """A property that must hold for every couple and does not."""


class NothingNew(RekindleError):
    """Content that is what was released last."""


def run(
    folder: FolderArgument = None,
    *,
    reports: Annotated[
        int, typer.Option(help="Over how many sampled reports the shares of questions are counted.", min=100)
    ] = REPORTS,
    workers: Workers = 1,
    scheduler: Scheduler = None,
) -> None:
    """Check the content, and make a release of it that never changes again."""
    with spread_over(workers, scheduler) as executor:
        release(content_in(folder), datetime.now(UTC).date(), reports, executor)


def release(root: Path, today: date, reports: int = REPORTS, executor: Executor | None = None) -> None:
    """Check, prove and write the content of a folder under the next free version.

    The shares of questions are counted over so many sampled `reports`, and serve the files that are edited later too.

    Raises `ContentError`, `NothingNew`, `NotProved`, or `VersionTaken` where somebody else released meanwhile.
    """
    head = check_content(root)
    for line in changes_since_release(root, head):
        typer.echo(line)
    former = newest_release(root)
    if former is not None and read_release(root, former).summary.digest == head.digest:
        raise NothingNew(f"The content is what was released as {former}.")
    library = proved(with_version(head, next_version(root, today)), today)
    table = count_shares(root, reports, executor)
    typer.echo(f"Counted over {reports:,} sampled reports how often each question changes what comes first.")
    file = publish(root, with_shares(library, table), today)
    write_share_file(root, table)
    typer.echo(f"Released {library.version}, {library.digest}")
    typer.echo("It is the first release." if former is None else f"The release before it is {former}.")
    typer.echo(f"Written to {file}")


def proved(library: Library, today: date) -> Library:
    """Return the library with its proofs. Raises `NotProved` where a property does not hold."""
    outcomes = prove_library(library, Prover(library))
    if not all(outcome.holds for outcome in outcomes if outcome.of.means):
        raise NotProved("Nothing was released: not everything that must hold does.")
    return replace(library, proofs=proofs_of(library, outcomes, today))
