from datetime import datetime
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all
from app.store.queries.reports import OF_PARTNER, ReportRow
from app.store.schema.reports import reports

_OLDEST_FIRST = OF_PARTNER.order_by(reports.c.reported_at, reports.c.key)


async def page(
    connection: AsyncConnection, partner: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[ReportRow]:
    """Return a partner's reports, the oldest first, from behind the moment and key `after`."""
    query = _OLDEST_FIRST.limit(limit)
    if after is not None:
        query = query.where(tuple_(reports.c.reported_at, reports.c.key) > tuple_(*after))
    return await fetch_all(connection, ReportRow, query, {"partner": partner})
