"""Addresses of calendars. Each leads to its partner and their data key by the hash of its secret."""

from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_one
from app.store.connection.upsert import upsert
from app.store.queries.partners import PARTNER_COLUMNS, PartnerRow
from app.store.schema.data_keys import data_keys
from app.store.schema.partners import partners
from app.store.schema.plan import calendars

_OWNER = (
    select(*PARTNER_COLUMNS)
    .join_from(calendars, partners, partners.c.key == calendars.c.partner_key)
    .join(data_keys, data_keys.c.owner == partners.c.id)
    .where(calendars.c.hash == bindparam("hash"))
)


async def put(connection: AsyncConnection, partner: UUID, hash_: bytes) -> None:
    """Store a partner's address; the one before no longer works."""
    await upsert(connection, calendars, {"partner_key": partner}, hash=hash_)


async def remove(connection: AsyncConnection, partner: UUID) -> bool:
    """Remove a partner's address; return False where there was none."""
    return (await connection.execute(delete(calendars).where(calendars.c.partner_key == partner))).rowcount == 1


async def owner_of(connection: AsyncConnection, hash_: bytes) -> PartnerRow | None:
    return await fetch_one(connection, PartnerRow, _OWNER, {"hash": hash_})
