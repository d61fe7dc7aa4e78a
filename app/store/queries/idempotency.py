from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import StillRunning
from app.store.connection.upsert import insert_into
from app.store.schema.idempotency import kept_replies

LOCK_NOT_AVAILABLE = "55P03"
"""The first request holds this key longer than anyone is made to wait."""

_MINE = (kept_replies.c.caller == bindparam("of_caller")) & (kept_replies.c.key_hash == bindparam("of_key"))
_FIND = select(kept_replies).where(_MINE)
_FORGET = delete(kept_replies).where(_MINE, kept_replies.c.expires_at <= bindparam("now"))
_KEEP = update(kept_replies).where(_MINE)


async def claim(
    connection: AsyncConnection, caller: str, key_hash: bytes, request_hash: bytes, now: datetime, until: datetime
) -> Row[*tuple[Any, ...]] | None:
    """Take this key for a request, or find what was answered to the one that took it. Waits for one still running."""
    mine = {"of_caller": caller, "of_key": key_hash}
    await connection.execute(_FORGET, {**mine, "now": now})
    try:
        taken = await connection.execute(
            insert_into(connection, kept_replies).on_conflict_do_nothing(),
            {"caller": caller, "key_hash": key_hash, "request_hash": request_hash, "expires_at": until},
        )
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise StillRunning from error
        raise
    if taken.rowcount:
        return None
    return (await connection.execute(_FIND, mine)).one_or_none()


async def keep(connection: AsyncConnection, caller: str, key_hash: bytes, **answered: object) -> None:
    await connection.execute(_KEEP.values(**answered), {"of_caller": caller, "of_key": key_hash})


async def forget(connection: AsyncConnection, partner_id: str) -> None:
    """What this partner was answered, and what others were answered about them."""
    of_them = (kept_replies.c.caller == partner_id) | (kept_replies.c.about == partner_id)
    await connection.execute(delete(kept_replies).where(of_them))
