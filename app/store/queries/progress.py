from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.schema.reports import private_answers, reports

_OWN = (
    select(reports.c.key, reports.c.reported_at, reports.c.pooled, private_answers.c.sealed.label("private"))
    .join_from(reports, private_answers, private_answers.c.report_key == reports.c.key)
    .where(reports.c.partner_key == bindparam("partner"))
    .order_by(reports.c.reported_at, reports.c.key)
)


async def page_of_own(
    connection: AsyncConnection, partner: UUID, after: tuple[datetime, UUID] | None, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Both parts of every report, the oldest first."""
    wanted = _OWN.limit(most)
    if after is not None:
        wanted = wanted.where(tuple_(reports.c.reported_at, reports.c.key) > tuple_(*after))
    return (await connection.execute(wanted, {"partner": partner})).all()
