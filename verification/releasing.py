"""Making a release: nothing is released that was not checked, and what was not proved says so."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from app.errors import RekindleError
from app.rulesets.canonical import to_bytes
from app.rulesets.library import Library
from app.rulesets.releases import ReleaseStore, check_free, is_proved, publish, read_release, stamps_in
from app.rulesets.review import check_content
from verification.diff import compare

Say = Callable[[str], object]


class NotProved(RekindleError):
    """Something that must hold for every couple does not."""


def release(root: Path, today: date, say: Say) -> Path:
    """Check, prove, compare with the release before, and write. Raises `ContentError`, `VersionTaken`, `NotProved`."""
    library = check_content(root)
    check_free(root, library.version)
    library = prove(root, library, say)
    former = newest(root)
    diff = None if former is None else to_bytes(compare(ReleaseStore().open(root, former), library))
    file = publish(root, library, today, diff)
    say(f"Released {library.version}, {library.digest}")
    say("Proved." if is_proved(library) else "Not proved.")
    say("It is the first release." if former is None else f"The release before it is {former}.")
    say(f"Written to {file}")
    return file


def prove(root: Path, library: Library, say: Say) -> Library:
    """Prove what has not been proved of exactly this content, where what it takes is installed."""
    if is_proved(library):
        return library
    try:
        from verification.command import prove as prove_all  # noqa: PLC0415
    except ModuleNotFoundError as error:
        say(f"Nothing is proved: that needs {error.name}. Install rekindle[verification].")
        return library
    if not prove_all(root, say, write=True):
        raise NotProved("Nothing was released: not everything that must hold does.")
    return check_content(root)


def newest(root: Path) -> str | None:
    """The release before the one to come; the one made last, and of one day the one with the highest version."""
    days = {version: read_release(root, version).summary.released_on or date.min for version in stamps_in(root)}
    return max(days, key=lambda version: (days[version], list(days).index(version)), default=None)
