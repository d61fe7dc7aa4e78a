from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedQuery
from app.store.connection.rows import MarkedRow, select_row
from app.store.connection.upsert import upsert
from app.store.schema.decisions import kept_views

OF_PARTNER = PreparedQuery(
    MarkedRow, select_row(MarkedRow, kept_views).where(kept_views.c.partner_key == bindparam("partner"))
)


async def find(connection: AsyncConnection, partner: UUID) -> MarkedRow | None:
    return await OF_PARTNER.one(connection, partner=partner)


async def put(connection: AsyncConnection, partner: UUID, mark: bytes, sealed: bytes) -> None:
    await upsert(connection, kept_views, {"partner_key": partner}, mark=mark, sealed=sealed)
