"""Releasing: the content is checked, named by the calendar, proved and sealed."""

from concurrent.futures import Executor
from dataclasses import replace
from datetime import date
from pathlib import Path

from app.errors import RekindleError
from app.rulesets.active_ruleset import FILES
from app.rulesets.canonical import with_shares
from app.rulesets.changes import changes_since_release
from app.rulesets.library import Library
from app.rulesets.question_shares import write_share_file
from app.rulesets.releases import newest_release, read_release
from app.rulesets.review import check_content
from verification.prove import RANDOM_PAIRS, proofs_of
from verification.prove_command import Say, prove_library
from verification.question_shares import REPORTS, ShareCount, count_shares
from verification.release_file import next_version, publish, with_version


class NotProved(RekindleError):
    """A property that must hold for every couple and does not."""


class NothingNew(RekindleError):
    """Content that is what was released last."""


def release(
    root: Path,
    today: date,
    say: Say,
    *,
    reports: int = REPORTS,
    pairs: int = RANDOM_PAIRS,
    executor: Executor | None = None,
) -> Path:
    """Check, prove and write the content of a folder under the next free version, and return the file.

    Each property that is tried by chance is tried on so many random `pairs`. The shares of questions are counted over
    so many sampled `reports`, and serve the files that are edited later too.

    Raises `ContentError`, `NothingNew`, `NotProved`, or `VersionTaken` where somebody else released meanwhile.
    """
    head = check_content(root)
    for line in changes_since_release(root, head):
        say(line)
    former = newest_release(root)
    if former is not None and read_release(root, former).summary.digest == head.digest:
        raise NothingNew(f"The content is what was released as {former}.")
    library = proved(with_version(head, next_version(root, today)), today, say, pairs)
    table = count_shares(ShareCount(root, FILES, reports), executor)
    say(f"Counted over {reports:,} sampled reports how often each question changes what comes first.")
    file = publish(root, with_shares(library, table), today)
    write_share_file(root, table)
    say(f"Released {library.version}, {library.digest}")
    say("It is the first release." if former is None else f"The release before it is {former}.")
    say(f"Written to {file}")
    return file


def proved(library: Library, today: date, say: Say, pairs: int = RANDOM_PAIRS) -> Library:
    """Return the library with its proofs. Raises `NotProved` where a property does not hold."""
    outcomes = prove_library(library, say, pairs=pairs)
    if not all(outcome.holds for outcome in outcomes if outcome.of.means):
        raise NotProved("Nothing was released: not everything that must hold does.")
    return replace(library, proofs=proofs_of(library, outcomes, today))
