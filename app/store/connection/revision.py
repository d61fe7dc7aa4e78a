"""The revision of a database, read without SQLAlchemy or Alembic, so that starting and probing a server stay cheap."""

import re
from collections.abc import Collection
from enum import Enum
from pathlib import Path

from app.errors import NotReady
from app.store.connection import postgresql, sqlite

FOLDER = Path(__file__).parents[3] / "migrations"
_REVISION = re.compile(r'^(revision|down_revision) = "?(\w+)"?$', re.MULTILINE)


class State(Enum):
    """The state of a database for this version of the server, which serves it at head and where it is served."""

    AT_HEAD = "at head"
    EMPTY = "empty"
    BEHIND = "behind"
    SERVED = "of a newer version, which lets this one serve"
    UNKNOWN = "unknown"

    @property
    def is_served(self) -> bool:
        return self in (State.AT_HEAD, State.SERVED)


def read_revisions(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the revisions of the files in `folder`, the oldest first. Raises `NotReady` unless they are one line."""
    files = [dict(_REVISION.findall(file.read_text("utf-8"))) for file in (folder / "versions").glob("*.py")]
    followers: dict[str, list[str]] = {}
    for file in files:
        followers.setdefault(file["down_revision"], []).append(file["revision"])
    revisions: list[str] = []
    last = "None"
    while following := followers.get(last):
        if len(following) > 1:
            names = " and ".join(sorted(following))
            raise NotReady(f"The migrations {names} both follow {last}. Let one of them follow the other instead.")
        [last] = following
        revisions.append(last)
    if len(revisions) < len(files):
        missing = sorted(followers.keys() - {"None", *revisions})
        raise NotReady(f"There is no migration {', '.join(missing)}, which another one in migrations/ follows.")
    return tuple(revisions)


REVISIONS = read_revisions()
HEAD = REVISIONS[-1]


async def stored_revisions(database_url: str) -> list[str]:
    """Return the revisions that a database says it has, none where it is empty. Raises `DatabaseUnavailable`."""
    return await _read(database_url, "alembic_version", "version_num")


async def state_of(database_url: str) -> State:
    """Compare the revision of a database with those of this version. Raises `DatabaseUnavailable`."""
    stored = await stored_revisions(database_url)
    return compare(stored, await _read(database_url, "served_revisions", "revision"))


def compare(stored: list[str], served: Collection[str]) -> State:
    """Compare what a database says of itself with this version: its revision, and which versions may serve it."""
    if not stored:
        return State.EMPTY
    if stored == [HEAD]:
        return State.AT_HEAD
    if set(stored) <= set(REVISIONS):
        return State.BEHIND
    return State.SERVED if HEAD in served else State.UNKNOWN


async def _read(database_url: str, table: str, column: str) -> list[str]:
    driver = sqlite if database_url.startswith("sqlite") else postgresql
    values: list[str] = await driver.read_column(database_url, table, column)
    return values
