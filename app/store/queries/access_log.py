from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, select_row
from app.store.schema.audit import audit_events


class AccessLogRow(NamedTuple):
    """An event of one partner's chain, without its hash."""

    number: int
    event: str
    subject: str | None
    happened_on: date


_OF_PARTNER = (
    select_row(AccessLogRow, audit_events)
    .where(
        audit_events.c.partner_id == bindparam("partner"), audit_events.c.event.in_(bindparam("kinds", expanding=True))
    )
    .order_by(audit_events.c.number.desc())
)


async def page(
    connection: AsyncConnection, partner_id: str, kinds: Collection[str], before: int | None, limit: int
) -> list[AccessLogRow]:
    """Return events of these kinds, the newest first, from below the number `before`."""
    query = _OF_PARTNER.limit(limit)
    if before is not None:
        query = query.where(audit_events.c.number < before)
    return await fetch_all(connection, AccessLogRow, query, {"partner": partner_id, "kinds": sorted(kinds)})
