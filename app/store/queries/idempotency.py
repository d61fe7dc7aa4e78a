from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import StillRunning
from app.store.connection.rows import fetch_one, select_row
from app.store.connection.upsert import insert_into
from app.store.schema.idempotency import kept_replies

LOCK_NOT_AVAILABLE = "55P03"


class StoredResponseRow(NamedTuple):
    """The request that took an Idempotency-Key; `status` and `sealed` are None while it runs."""

    request_hash: bytes
    status: int | None
    sealed: bytes | None


# In an UPDATE, SQLAlchemy keeps the names of columns for the values to set.
_OF_KEY = (kept_replies.c.caller == bindparam("of_caller")) & (kept_replies.c.key_hash == bindparam("of_key"))
_FIND = select_row(StoredResponseRow, kept_replies).where(_OF_KEY)
_REMOVE_EXPIRED = delete(kept_replies).where(_OF_KEY, kept_replies.c.expires_at <= bindparam("now"))
# Row-level security shows the replies of this caller alone.
_ACT_FOR_CALLER = text("SELECT set_config('rekindle.caller', :caller, true)")
_STORE = update(kept_replies).where(_OF_KEY)


async def claim(
    connection: AsyncConnection, caller: str, key_hash: bytes, request_hash: bytes, now: datetime, until: datetime
) -> StoredResponseRow | None:
    """Take a key for this request and return None, or return the row of the request that took it before.

    Raises `StillRunning` where that request does not end within the lock timeout.
    """
    key = {"of_caller": caller, "of_key": key_hash}
    if connection.dialect.name == "postgresql":
        await connection.execute(_ACT_FOR_CALLER, {"caller": caller})
    await connection.execute(_REMOVE_EXPIRED, {**key, "now": now})
    try:
        inserted = await connection.execute(
            insert_into(connection, kept_replies).on_conflict_do_nothing(),
            {"caller": caller, "key_hash": key_hash, "request_hash": request_hash, "expires_at": until},
        )
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise StillRunning from error
        raise
    if inserted.rowcount:
        return None
    return await fetch_one(connection, StoredResponseRow, _FIND, key)


async def store(connection: AsyncConnection, caller: str, key_hash: bytes, **response: object) -> None:
    await connection.execute(_STORE.values(**response), {"of_caller": caller, "of_key": key_hash})


async def remove_of_partner(connection: AsyncConnection, partner_id: str) -> None:
    """Remove stored responses to a partner and, to others, about them."""
    is_theirs = (kept_replies.c.caller == partner_id) | (kept_replies.c.about == partner_id)
    await connection.execute(delete(kept_replies).where(is_theirs))
