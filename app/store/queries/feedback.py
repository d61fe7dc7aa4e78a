from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, select_row
from app.store.schema.feedback import feedback


class FeedbackRow(NamedTuple):
    """Sealed feedback on one activity."""

    key: UUID
    id: str
    given_on: date
    sealed: bytes


OF_PARTNER = (
    select_row(FeedbackRow, feedback)
    .where(feedback.c.partner_key == bindparam("partner"))
    .order_by(feedback.c.given_on, feedback.c.key)
)


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(feedback), values)


async def of_partner(connection: AsyncConnection, partner: UUID) -> list[FeedbackRow]:
    """Return a partner's feedback, the oldest first."""
    return await fetch_all(connection, FeedbackRow, OF_PARTNER, {"partner": partner})
