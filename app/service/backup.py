"""Backups: a dump of the database, the keys that open it and the list of the erased, as one set in a folder."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

from app.durable_file import write_whole
from app.engine.plain_values import PlainValueError, from_plain
from app.errors import NotReady
from app.store.connection import dump, revision, upgrade
from app.store.connection.database import Database
from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Vault
from app.store.queries import data_keys as stored_data_keys

MANIFEST, DUMP, KEYS = "manifest.json", "database.dump", "rekindle.keys"
FORMAT = 1
RANGE = 1000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a set is, with the SHA-256 of each of its files in base 16."""

    format: int
    made_at: str
    database: str
    revision: str
    files: dict[str, str] = field(default_factory=dict)


async def back_up(database_url: str, database: Database, ring: KeyRing, folder: Path) -> None:
    """Make a set in a new folder, wholly or not at all, also while servers run. Raises `NotReady`."""
    revisions = await revision.stored_revisions(database_url)
    if not revisions:
        raise NotReady("There is no database, or it is empty: nothing to back up.")
    async with database.reading() as connection:
        if not ring.exists() and await stored_data_keys.exist(connection):
            raise NotReady(f"The file of keys {ring.file} is missing. Without it nobody could read the backup.")
    await asyncio.to_thread(_make_whole, database_url, ring, folder, revisions)


def _make_whole(database_url: str, ring: KeyRing, folder: Path, revisions: list[str]) -> None:
    if folder.exists():
        raise NotReady(f"There is {folder} already. Each backup has a folder of its own.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as made:
        _make(database_url, ring, Path(made), revisions)
        Path(made).rename(folder)


def _make(database_url: str, ring: KeyRing, folder: Path, revisions: list[str]) -> None:
    before = ring.keys() if ring.exists() else None
    dump.dump(database_url, folder / DUMP)
    of_set = KeyRing(folder / KEYS)
    if before is not None:
        # Keys may turn while the dump is made: what it holds is wrapped by those of before or those of now.
        of_set.put(before.with_epochs_of(ring.keys()))
    of_set.erased.append()
    for hashes in ring.erased.ranges():
        of_set.erased.append(*sorted(hashes))
    files = {file.name: _digest_of(file) for file in sorted(folder.iterdir())}
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(FORMAT, made_at, dump.kind_of(database_url), " ".join(revisions), files)
    write_whole(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode(), mode=0o600)
    for file in folder.iterdir():
        file.chmod(0o600)


def read_set(folder: Path, database_url: str) -> Manifest:
    """Return the manifest of a set that is whole and fits. Raises `NotReady` with everything that is wrong."""
    try:
        manifest = from_plain(Manifest, json.loads((folder / MANIFEST).read_bytes()))
    except OSError as error:
        raise NotReady(f"{folder / MANIFEST} cannot be read: {error.strerror}.") from error
    except (ValueError, PlainValueError) as error:
        raise NotReady(f"{folder / MANIFEST} is damaged, or of a later version of Rekindle.") from error
    if wrong := [*_complaints(folder, manifest, database_url)]:
        raise NotReady("\n".join([*wrong, "Nothing was changed."]))
    return manifest


def _complaints(folder: Path, manifest: Manifest, database_url: str) -> Iterator[str]:
    for name, digest in manifest.files.items():
        file = folder / name
        if not file.is_file():
            yield f"{file} is missing: dump, keys and the list of the erased belong together."
        elif _digest_of(file) != digest:
            yield f"{file} was changed or damaged."
    if manifest.database != dump.kind_of(database_url):
        yield f"This is a backup of {manifest.database}, and REKINDLE_DATABASE_URL names another kind of database."
    if not set(manifest.revision.split()) <= set(revision.REVISIONS):
        yield f"A later version of Rekindle made this backup (revision {manifest.revision})."


async def restore(database_url: str, ring: KeyRing, folder: Path) -> None:
    """Put a set back: list and keys before the database, so that nothing can be served without them.

    Raises `NotReady`, and then nothing was changed but keys and list, which were only added to.
    """
    await asyncio.to_thread(read_set, folder, database_url)
    dump.require_empty(database_url)
    if await revision.stored_revisions(database_url):
        raise NotReady("There is a database already. Name an empty one; nothing was changed.")
    of_set = KeyRing(folder / KEYS)
    await asyncio.to_thread(_put_back_keys, of_set, ring)
    for hashes in of_set.erased.ranges():
        await asyncio.to_thread(ring.erased.add, hashes)
    await asyncio.to_thread(dump.load, database_url, folder / DUMP)
    await asyncio.to_thread(upgrade.migrate, database_url)


def _put_back_keys(of_set: KeyRing, ring: KeyRing) -> None:
    if not of_set.exists():
        return
    keys = of_set.keys()
    if ring.exists():
        present = ring.keys()
        if present.seal != keys.seal:
            raise NotReady(f"{ring.file} belongs to another database. Move it away first; nothing was changed.")
        keys = present.with_epochs_of(keys)
    ring.put(keys)


async def verify(database: Database, vault: Vault) -> tuple[int, list[str]]:
    """Open the data key of every owner; return how many there are, and the owners of those that do not open."""
    count, closed, after = 0, list[str](), ""
    while True:
        async with database.reading() as connection:
            rows = await stored_data_keys.after(connection, after, RANGE)
        if not rows:
            return count, closed
        count, after = count + len(rows), rows[-1].owner
        closed += [row.owner for row in rows if not vault.opens(row.owner, row.key)]


def _digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
