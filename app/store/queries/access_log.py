from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.schema.audit import audit_events

_OF = (
    select(audit_events.c.number, audit_events.c.event, audit_events.c.subject, audit_events.c.happened_on)
    .where(
        audit_events.c.partner_id == bindparam("partner"), audit_events.c.event.in_(bindparam("kinds", expanding=True))
    )
    .order_by(audit_events.c.number.desc())
)


async def page(
    connection: AsyncConnection, partner_id: str, kinds: Collection[str], before: int | None, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Events of these kinds, the newest first."""
    wanted = _OF.limit(most)
    if before is not None:
        wanted = wanted.where(audit_events.c.number < before)
    return (await connection.execute(wanted, {"partner": partner_id, "kinds": sorted(kinds)})).all()
