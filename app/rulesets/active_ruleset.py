"""The ruleset that answers requests, and the releases that a request may pin.

The content files decide, unless a release was put in force: by a setting, or by the file `releases/in-force`, whose
first line names it and whose second line names the one before. Whatever fails leaves the last good ruleset in force.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock

from app.durable_file import write_whole
from app.errors import RekindleError
from app.rulesets.canonical import with_shares
from app.rulesets.diagnostics import ContentError, Diagnostic, Location
from app.rulesets.library import Library
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.releases import FOLDER, ReleaseStore, Stamp, Summary, read_release, stamps_in, summary_of

FILES = "files"
"""Stands for the content files where a release could be named."""
ACTIVE_FILE = "in-force"
EDITED = "+edited"
"""Added to the version of files that differ from the release of that name: one name, one content."""


class NothingBefore(RekindleError):
    """A way back where nothing was in force before."""


class ActiveRuleset:
    """Holds one checked library. Replacing it is a single assignment, so a request sees one or the other, whole.

    `version` is a release to decide by, or `files`; left out, the pointer decides. `read` reads the files.
    """

    def __init__(
        self, root: Path | None = None, version: str | None = None, read: Callable[[Path], Library] | None = None
    ) -> None:
        self._root = root or CONTENT
        self._asked_for = version
        self._read = read or load_head
        self._shelf = ReleaseStore()
        self._opened: dict[str, tuple[Stamp | None, Library]] = {}
        self._summaries: dict[str, tuple[Stamp, Summary]] = {}
        self._opening = Lock()
        self.current: Library = self._load()

    def reload(self) -> Library:
        """Read the content anew. Raises `ContentError`, and keeps what is in force, when it has mistakes."""
        library = self._load()
        self.current = library
        return library

    def _load(self) -> Library:
        version = self._asked_for or active_version(self._root)[0]
        return self._read(self._root) if version == FILES else self._open(version)

    def find(self, version: str) -> Library | None:
        """Return the release of this version, or the ruleset in force where it has that version; else None.

        Raises `ContentError` where the release is damaged. Opened once, it is kept.
        """
        stamp = stamps_in(self._root).get(version)
        if stamp is None:
            return self.current if self.current.version == version else None
        summary = self._summary(version, stamp)
        return self.current if summary and summary.digest == self.current.digest else self._open(version)

    def _open(self, version: str) -> Library:
        with self._opening:
            stamp = stamps_in(self._root).get(version)
            cached = self._opened.get(version)
            if stamp is None or cached is None or cached[0] != stamp:
                library = self._shelf.open(self._root, version)
                cached = self._opened[version] = stamp, library
        return cached[1]

    def present(self) -> tuple[Summary, ...]:
        """Return every version that may be pinned, the first one first. Damaged releases are left out."""
        summaries = {version: self._summary(version, stamp) for version, stamp in stamps_in(self._root).items()}
        present = {version: summary for version, summary in summaries.items() if summary}
        present.setdefault(self.current.version, summary_of(self.current))
        return tuple(present.values())

    def _summary(self, version: str, stamp: Stamp) -> Summary | None:
        cached = self._summaries.get(version)
        if cached is None or cached[0] != stamp:
            try:
                cached = stamp, read_release(self._root, version).summary
            except ContentError:
                return None
            self._summaries[version] = cached
        return cached[1]


def load_head(root: Path) -> Library:
    """Return the content files: as the last release, with its proofs, where they are what was released.

    Where they differ they go by another name, so that one name has one content. Where each text stands is left out:
    it is for those who check the files.
    """
    library = replace(load_ruleset(root), places={})
    if library.version not in stamps_in(root):
        return library
    # A damaged release says nothing of the files.
    with suppress(ContentError):
        release = read_release(root, library.version)
        if release.summary.digest == library.digest:
            return with_shares(replace(library, proofs=release.proofs), release.shares)
    # The digest stays that of the content; only the name says that it is nobody's release.
    ruleset = replace(library.ruleset, version=f"{library.version}{EDITED}")
    return replace(library, ruleset=ruleset, compiled=replace(library.compiled, ruleset=ruleset))


def active_version(root: Path) -> tuple[str, str | None]:
    """Return the version that the pointer names, and the one before it."""
    try:
        lines = (root / FOLDER / ACTIVE_FILE).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return FILES, None
    except (OSError, UnicodeDecodeError):
        lines = []
    if not lines:
        place = Location(f"{FOLDER}/{ACTIVE_FILE}")
        raise ContentError([Diagnostic(place, "this names no release; `rekindle rulesets use` writes it")])
    return lines[0], lines[1] if lines[1:] else None


def activate(root: Path, version: str) -> Library:
    """Point at a release, or at the `files`, in one step, once it has shown that it can be used."""
    library = load_head(root) if version == FILES else ReleaseStore().open(root, version)
    try:
        now = active_version(root)[0]
    except ContentError:
        now = FILES
    if version != now:
        (root / FOLDER).mkdir(exist_ok=True)
        write_whole(root / FOLDER / ACTIVE_FILE, f"{version}\n{now}\n".encode())
    return library


def rollback(root: Path) -> Library:
    """Put in force what was before. Raises `NothingBefore`."""
    before = active_version(root)[1]
    if before is None:
        raise NothingBefore("Nothing was in force before: the content files decide from the start.")
    return activate(root, before)


def describe(root: Path, asked_for: str | None = None) -> Iterator[str]:
    """Yield the content files and the releases, one line each, with a mark at what decides."""
    in_force = asked_for or active_version(root)[0]
    for name in (FILES, *stamps_in(root)):
        mark = "*" if name == in_force else " "
        try:
            summary = summary_of(load_head(root)) if name == FILES else read_release(root, name).summary
        except ContentError as error:
            yield f"{mark} {name}: {error.mistakes[0]}"
            continue
        released = summary.released_on.isoformat() if summary.released_on else summary.version
        yield f"{mark} {name}  {released}  {'proved' if summary.is_proved else 'not proved'}  {summary.digest}"
