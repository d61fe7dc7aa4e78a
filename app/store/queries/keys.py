from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.schema.integrators import api_keys, integrators

_HOLD = select(integrators.c.id).where(integrators.c.id == bindparam("integrator")).with_for_update(key_share=True)
_OF_INTEGRATOR = select(
    api_keys.c.id,
    api_keys.c.mode,
    api_keys.c.scopes,
    api_keys.c.last_four,
    api_keys.c.created_at,
    api_keys.c.expires_at,
    api_keys.c.revoked_at,
).where(api_keys.c.integrator_id == bindparam("integrator"), api_keys.c.mode == bindparam("mode"))
_BY_ID = _OF_INTEGRATOR.where(api_keys.c.id == bindparam("id"))
_COUNT_ACTIVE = select(func.count()).where(
    api_keys.c.integrator_id == bindparam("integrator"),
    api_keys.c.mode == bindparam("mode"),
    api_keys.c.revoked_at.is_(None),
    or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > bindparam("now")),
)
_REVOKE = update(api_keys).where(api_keys.c.id == bindparam("of_key"), api_keys.c.revoked_at.is_(None))

Found = Row[*tuple[Any, ...]]


async def count_active(connection: AsyncConnection, integrator: str, mode: str, now: datetime) -> int:
    """Held until the transaction ends, so that of two requests only one makes the last key that may be made."""
    await connection.execute(_HOLD, {"integrator": integrator})
    counted = await connection.execute(_COUNT_ACTIVE, {"integrator": integrator, "mode": mode, "now": now})
    return int(counted.scalar_one())


async def with_id(connection: AsyncConnection, integrator: str, mode: str, id_: str) -> Found | None:
    given = {"integrator": integrator, "mode": mode, "id": id_}
    return (await connection.execute(_BY_ID, given)).one_or_none()


async def page(
    connection: AsyncConnection, integrator: str, mode: str, after: tuple[datetime, str] | None, most: int
) -> Sequence[Found]:
    """Every key, also what no longer works, the first ones first."""
    wanted = _OF_INTEGRATOR.order_by(api_keys.c.created_at, api_keys.c.id).limit(most)
    if after is not None:
        wanted = wanted.where(tuple_(api_keys.c.created_at, api_keys.c.id) > after)
    return (await connection.execute(wanted, {"integrator": integrator, "mode": mode})).all()


async def revoke(connection: AsyncConnection, id_: str, now: datetime) -> None:
    """Twice is no mistake: the first moment stays."""
    await connection.execute(_REVOKE.values(revoked_at=now), {"of_key": id_})
