from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, fetch_one, page_of, select_row
from app.store.queries.integrators import ApiKeyRow
from app.store.schema.integrators import api_keys, integrators

_LOCK = select(integrators.c.id).where(integrators.c.id == bindparam("integrator")).with_for_update(key_share=True)
_OF_INTEGRATOR = select_row(ApiKeyRow, api_keys).where(
    api_keys.c.integrator_id == bindparam("integrator"), api_keys.c.mode == bindparam("mode")
)
_BY_ID = _OF_INTEGRATOR.where(api_keys.c.id == bindparam("id"))
_COUNT_ACTIVE = select(func.count()).where(
    api_keys.c.integrator_id == bindparam("integrator"),
    api_keys.c.mode == bindparam("mode"),
    api_keys.c.revoked_at.is_(None),
    or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > bindparam("now")),
)
_END_TOKENS = update(api_keys).where(api_keys.c.id == bindparam("of_key")).values(keeps_tokens=False)
_REVOKE = update(api_keys).where(api_keys.c.id == bindparam("of_key"), api_keys.c.revoked_at.is_(None))


async def count_active(connection: AsyncConnection, integrator: str, mode: str, now: datetime) -> int:
    """Count the keys that work, and lock the integrator until the transaction ends.

    The lock lets only one of two simultaneous requests make the last key that may be made.
    """
    await connection.execute(_LOCK, {"integrator": integrator})
    count = await connection.execute(_COUNT_ACTIVE, {"integrator": integrator, "mode": mode, "now": now})
    return int(count.scalar_one())


async def with_id(connection: AsyncConnection, integrator: str, mode: str, id_: str) -> ApiKeyRow | None:
    return await fetch_one(connection, ApiKeyRow, _BY_ID, {"integrator": integrator, "mode": mode, "id": id_})


async def page(
    connection: AsyncConnection, integrator: str, mode: str, after: tuple[datetime, str] | None, limit: int
) -> list[ApiKeyRow]:
    """Return keys, also those that no longer work, the oldest first, from behind the moment and id `after`."""
    query = page_of(_OF_INTEGRATOR, after, limit, api_keys.c.created_at, api_keys.c.id)
    return await fetch_all(connection, ApiKeyRow, query, {"integrator": integrator, "mode": mode})


async def revoke(connection: AsyncConnection, id_: str, now: datetime, *, keeps_tokens: bool) -> None:
    """Revoke a key. Idempotent: the moment of the first call stays. A later call may still end the tokens."""
    await connection.execute(_REVOKE.values(revoked_at=now, keeps_tokens=True), {"of_key": id_})
    if not keeps_tokens:
        await connection.execute(_END_TOKENS, {"of_key": id_})
