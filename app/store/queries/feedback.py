from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.schema.feedback import feedback

OF_PARTNER = (
    select(feedback).where(feedback.c.partner_key == bindparam("partner")).order_by(feedback.c.given_on, feedback.c.key)
)


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(feedback), values)


async def of_partner(connection: AsyncConnection, partner: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """The oldest first."""
    return (await connection.execute(OF_PARTNER, {"partner": partner})).all()
