"""Where a database stands, asked without SQLAlchemy or Alembic, so that starting and probing a server stay cheap."""

from enum import Enum

from app.store.connection import postgresql, sqlite

HEAD = "20261123c"


class State(Enum):
    AT_HEAD = "at head"
    EMPTY = "empty"
    BEHIND = "behind"
    UNKNOWN = "unknown"


# Every revision this version can bring to head, oldest first.
EARLIER: tuple[str, ...] = ("20261123a", "20261123b")


async def state_of(database_url: str) -> State:
    """Raises DatabaseUnavailable where the database does not answer."""
    driver = sqlite if database_url.startswith("sqlite") else postgresql
    revisions = await driver.stored_revisions(database_url)
    if not revisions:
        return State.EMPTY
    if revisions == [HEAD]:
        return State.AT_HEAD
    return State.BEHIND if set(revisions) <= set(EARLIER) else State.UNKNOWN
