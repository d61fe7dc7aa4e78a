from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedStatement
from app.store.schema.decisions import decisions

_OF = select(decisions).where(decisions.c.partner_key == bindparam("partner"))
ADD = PreparedStatement(insert(decisions))
LATEST = (
    select(decisions.c.id, decisions.c.made_at, decisions.c.inputs)
    .where(decisions.c.partner_key == bindparam("partner"))
    .order_by(decisions.c.made_at.desc(), decisions.c.key.desc())
    .limit(1)
)
"""What it is known by; what was decided stays where it is."""
_WITH_ID = _OF.where(decisions.c.id == bindparam("id"), decisions.c.made_at > bindparam("since"))

Found = Row[*tuple[Any, ...]]


async def add(connection: AsyncConnection, **values: object) -> None:
    await ADD.run(connection, **values)


async def with_id(connection: AsyncConnection, partner: UUID, id_: str, since: datetime) -> Found | None:
    return (await connection.execute(_WITH_ID, {"partner": partner, "id": id_, "since": since})).one_or_none()


async def all_of(connection: AsyncConnection, partner: UUID) -> Sequence[Found]:
    """The oldest first."""
    return (await connection.execute(_OF.order_by(decisions.c.made_at, decisions.c.key), {"partner": partner})).all()
