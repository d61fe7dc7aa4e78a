"""Addresses of calendars. Each leads to its partner and their data key by the hash of its secret."""

from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_one
from app.store.connection.upsert import upsert
from app.store.queries.partners import PARTNER_COLUMNS, PartnerRow
from app.store.queries.tokens import WITH_ITS_KEY
from app.store.schema.data_keys import data_keys
from app.store.schema.integrators import api_keys
from app.store.schema.partners import partners
from app.store.schema.plan import calendars

_OWNER = (
    select(*PARTNER_COLUMNS)
    .join_from(calendars, partners, partners.c.key == calendars.c.partner_key)
    .join(data_keys, data_keys.c.owner == partners.c.id)
    .outerjoin(api_keys, api_keys.c.id == calendars.c.api_key_id)
    .where(calendars.c.hash == bindparam("hash"), WITH_ITS_KEY.is_(None))
)


async def put(connection: AsyncConnection, partner: UUID, hash_: bytes, api_key: str) -> None:
    """Store a partner's address, which ends with `api_key`; the one before no longer works."""
    await upsert(connection, calendars, {"partner_key": partner}, hash=hash_, api_key_id=api_key)


async def remove(connection: AsyncConnection, partner: UUID) -> bool:
    """Remove a partner's address; return False where there was none."""
    return (await connection.execute(delete(calendars).where(calendars.c.partner_key == partner))).rowcount == 1


async def owner_of(connection: AsyncConnection, hash_: bytes) -> PartnerRow | None:
    return await fetch_one(connection, PartnerRow, _OWNER, {"hash": hash_})
