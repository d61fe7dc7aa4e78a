from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import couples, invitations

_OPEN = (
    select(invitations.c.key, invitations.c.couple_key, couples.c.id, couples.c.integrator_id, couples.c.mode)
    .join_from(invitations, couples, couples.c.key == invitations.c.couple_key)
    .where(
        invitations.c.hash == bindparam("hash"),
        invitations.c.used_at.is_(None),
        invitations.c.expires_at > bindparam("now"),
    )
    .with_for_update(of=invitations)
)


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(invitations), values)


async def open_one(connection: AsyncConnection, code_hash: bytes, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """An invitation that still works, held until the transaction ends: it works once."""
    return (await connection.execute(_OPEN, {"hash": code_hash, "now": now})).one_or_none()


async def use(connection: AsyncConnection, key: UUID, now: datetime) -> None:
    await connection.execute(update(invitations).where(invitations.c.key == key).values(used_at=now))
