"""Releases as files: one that is opened by its name, and one that is sealed and written under a version of its own."""

from dataclasses import replace
from datetime import date
from itertools import chain, count
from pathlib import Path

from app.durable_file import write_whole
from app.errors import RekindleError
from app.rulesets.active_ruleset import FILES, load_head
from app.rulesets.canonical import declared_in, digest_of, to_bytes, write
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.question_shares import write_shares
from app.rulesets.releases import FORMAT, SEAL, ReleaseStore, file_of, proofs_of_exactly, stamps_in, summary_of


class VersionTaken(RekindleError):
    """A second release of one version: whoever pinned it relies on the first."""


def open_ruleset(root: Path, name: str) -> Library:
    """Open a release by its version, the `files`, or the content of another folder. Raises `ContentError`."""
    if name == FILES:
        return load_head(root)
    if name not in stamps_in(root) and Path(name).is_dir():
        return load_ruleset(Path(name))
    return ReleaseStore().open(root, name)


def with_version(library: Library, version: str) -> Library:
    """Return the same content under another version, and so with another digest and nothing proved of it."""
    ruleset = replace(library.ruleset, version=version)
    return replace(
        library,
        ruleset=ruleset,
        compiled=replace(library.compiled, ruleset=ruleset),
        digest=digest_of(write(replace(declared_in(library), ruleset=ruleset))),
        proofs=None,
    )


def next_version(root: Path, today: date) -> str:
    """Return the month of the day, `2026.12`, or with the first number that is free: `2026.12.1`."""
    month = f"{today:%Y.%m}"
    names = chain((month,), (f"{month}.{number}" for number in count(1)))
    return next(name for name in names if not file_of(root, name).exists())


def publish(root: Path, library: Library, released_on: date) -> Path:
    """Write a release. Whatever happens, no file is ever half there.

    Raises `VersionTaken` where there is a release of that version.
    """
    file = file_of(root, library.version)
    file.parent.mkdir(exist_ok=True)
    try:
        write_whole(file, seal(library, released_on), is_new=True)
    except FileExistsError:
        raise VersionTaken(f"{library.version} is released already, and a release is never changed.") from None
    return file


def seal(library: Library, released_on: date) -> bytes:
    """Return the bytes of a release. The digest covers what decides and is said; the seal covers the whole file."""
    summary = summary_of(library, released_on)
    document = {
        "format": FORMAT,
        "version": summary.version,
        "digest": summary.digest,
        "released_on": released_on.isoformat(),
        "locales": list(summary.locales),
        "counts": dict(summary.counts),
        "declared": write(declared_in(library)),
        "proved": summary.is_proved,
        "proofs": write(proofs_of_exactly(library)),
        "shares": write_shares(library.compiled.shares.table),
    }
    return to_bytes(document | {SEAL: digest_of(document)}) + b"\n"
