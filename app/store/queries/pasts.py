"""What the past of a partner amounts to, and the reading of what it was folded from, where it was never folded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.upsert import upsert
from app.store.schema.pasts import pasts
from app.store.schema.reports import reports

OF_PARTNER = select(pasts.c.sealed).where(pasts.c.partner_key == bindparam("partner"))
_FIRST_REPORT = select(func.min(reports.c.reported_at)).where(reports.c.partner_key == bindparam("partner"))


async def find(connection: AsyncConnection, partner: UUID) -> bytes | None:
    return (await connection.execute(OF_PARTNER, {"partner": partner})).scalar_one_or_none()


async def put(connection: AsyncConnection, partner: UUID, sealed: bytes) -> None:
    await upsert(connection, pasts, {"partner_key": partner}, sealed=sealed)


async def first_reported_at(connection: AsyncConnection, partner: UUID) -> datetime | None:
    """Return when a partner answered first, None where they never did."""
    earliest: datetime | None = (await connection.execute(_FIRST_REPORT, {"partner": partner})).scalar_one()
    return earliest
