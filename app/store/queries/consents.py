from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedQuery
from app.store.connection.rows import select_row
from app.store.connection.upsert import upsert
from app.store.schema.consents import consents
from app.store.schema.couples import members


class ConsentRow(NamedTuple):
    """The last decision of one partner about one purpose; `couple_key` is set where pooling is granted."""

    purpose: str
    version: str
    granted: bool
    decided_at: datetime
    couple_key: UUID | None


OF_PARTNER = PreparedQuery(
    ConsentRow, select_row(ConsentRow, consents).where(consents.c.partner_key == bindparam("partner"))
)


def is_granted(consent: FromClause, purpose: str) -> ColumnElement[bool]:
    """Join the consent of a member of a couple to this purpose, where they granted it."""
    return and_(consent.c.partner_key == members.c.partner_key, consent.c.purpose == purpose, consent.c.granted)


async def of_partner(connection: AsyncConnection, partner: UUID) -> list[ConsentRow]:
    return await OF_PARTNER.all(connection, partner=partner)


async def decide(connection: AsyncConnection, partner: UUID, purpose: str, **decision: object) -> None:
    """Store a decision in place of the one before."""
    await upsert(connection, consents, {"partner_key": partner, "purpose": purpose}, **decision)


async def end_pooling(connection: AsyncConnection, partner: UUID, now: datetime) -> None:
    """Take back the consent to pooling: it was granted for a link that has ended."""
    granted = (consents.c.partner_key == partner) & (consents.c.purpose == "pooling") & consents.c.granted
    await connection.execute(update(consents).where(granted).values(granted=False, couple_key=None, decided_at=now))
