from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedStatement
from app.store.connection.rows import fetch_all, fetch_one, page_of, select_row
from app.store.schema.decisions import decisions


class DecisionRow(NamedTuple):
    """A sealed decision record, with the ruleset that can read it."""

    key: UUID
    id: str
    made_at: datetime
    ruleset: str
    digest: str
    sealed: bytes


_OF_PARTNER = select_row(DecisionRow, decisions).where(decisions.c.partner_key == bindparam("partner"))
ADD = PreparedStatement(insert(decisions))
LATEST = (
    select(decisions.c.id, decisions.c.made_at, decisions.c.inputs)
    .where(decisions.c.partner_key == bindparam("partner"))
    .order_by(decisions.c.made_at.desc(), decisions.c.key.desc())
    .limit(1)
)
_WITH_ID = _OF_PARTNER.where(decisions.c.id == bindparam("id"), decisions.c.made_at > bindparam("since"))


async def add(connection: AsyncConnection, **values: object) -> None:
    await ADD.run(connection, **values)


async def with_id(connection: AsyncConnection, partner: UUID, id_: str, since: datetime) -> DecisionRow | None:
    return await fetch_one(connection, DecisionRow, _WITH_ID, {"partner": partner, "id": id_, "since": since})


async def page(
    connection: AsyncConnection, partner: UUID, after: tuple[datetime, UUID], limit: int
) -> list[DecisionRow]:
    """Return decisions of a partner, the oldest first, from behind the moment and key `after`."""
    query = page_of(_OF_PARTNER, after, limit, decisions.c.made_at, decisions.c.key)
    return await fetch_all(connection, DecisionRow, query, {"partner": partner})
