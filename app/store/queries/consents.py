from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedStatement
from app.store.connection.upsert import insert_into
from app.store.schema.consents import consents

OF_PARTNER = PreparedStatement(select(consents).where(consents.c.partner_key == bindparam("partner")))


async def of_partner(connection: AsyncConnection, partner: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    return await OF_PARTNER.all(connection, partner=partner)


async def decide(connection: AsyncConnection, partner: UUID, purpose: str, **decided: object) -> None:
    """What is decided now takes the place of what was."""
    statement = insert_into(connection, consents).values(partner_key=partner, purpose=purpose, **decided)
    await connection.execute(statement.on_conflict_do_update(index_elements=["partner_key", "purpose"], set_=decided))


async def end_pooling(connection: AsyncConnection, partner: UUID, now: datetime) -> None:
    """Pooling was agreed to for a link that is no more."""
    mine = (consents.c.partner_key == partner) & (consents.c.purpose == "pooling") & consents.c.granted
    await connection.execute(update(consents).where(mine).values(granted=False, couple_key=None, decided_at=now))
