from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, page_of, select_row
from app.store.schema.feedback import feedback


class FeedbackRow(NamedTuple):
    key: UUID
    id: str
    given_on: date
    sealed: bytes


_OF_PARTNER = select_row(FeedbackRow, feedback).where(feedback.c.partner_key == bindparam("partner"))
_PLACE = [feedback.c.given_on, feedback.c.key]


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(feedback), values)


async def of_partner(connection: AsyncConnection, partner: UUID) -> list[FeedbackRow]:
    """Return a partner's feedback, the oldest first."""
    return await fetch_all(connection, FeedbackRow, _OF_PARTNER.order_by(*_PLACE), {"partner": partner})


async def page(
    connection: AsyncConnection, partner: UUID, after: tuple[date, UUID] | None, limit: int
) -> list[FeedbackRow]:
    """Return feedback of a partner, the oldest first, from behind the day and key `after`."""
    query = page_of(_OF_PARTNER, after, limit, *_PLACE)
    return await fetch_all(connection, FeedbackRow, query, {"partner": partner})
