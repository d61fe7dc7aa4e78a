"""Choices, and what each of a couple said yes to; the other's yeses are read where a week is taken (`weeks`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import MarkedRow, fetch_all, select_row
from app.store.connection.upsert import upsert
from app.store.schema.choices import choices, yeses

OF_PARTNER = select_row(MarkedRow, choices).where(choices.c.partner_key == bindparam("partner"))
_OPEN_YESES = select(yeses.c.mark).where(
    yeses.c.couple_key == bindparam("couple"),
    yeses.c.partner_key == bindparam("partner"),
    yeses.c.until > bindparam("now"),
)


async def of_partner(connection: AsyncConnection, partner: UUID) -> list[MarkedRow]:
    return await fetch_all(connection, MarkedRow, OF_PARTNER, {"partner": partner})


async def put(connection: AsyncConnection, partner: UUID, mark: bytes, sealed: bytes) -> None:
    """Store a choice in place of the one about the same activity."""
    await upsert(connection, choices, {"partner_key": partner, "mark": mark}, sealed=sealed)


async def remove(connection: AsyncConnection, partner: UUID, mark: bytes) -> None:
    await connection.execute(delete(choices).where(choices.c.partner_key == partner, choices.c.mark == mark))


async def add_yes(connection: AsyncConnection, couple: UUID, mark: bytes, partner: UUID, until: datetime) -> None:
    """Store a yes that counts in the couple until `until`, or move the end of the one there is."""
    key = {"couple_key": couple, "mark": mark, "partner_key": partner}
    await upsert(connection, yeses, key, until=until)


async def remove_yes(connection: AsyncConnection, couple: UUID, mark: bytes, partner: UUID) -> None:
    own = (yeses.c.couple_key == couple) & (yeses.c.mark == mark) & (yeses.c.partner_key == partner)
    await connection.execute(delete(yeses).where(own))


async def open_yeses(connection: AsyncConnection, partner: UUID, couple: UUID, now: datetime) -> set[bytes]:
    """Return the marks of a partner's own yeses that still count in the couple."""
    parameters = {"partner": partner, "couple": couple, "now": now}
    return set((await connection.execute(_OPEN_YESES, parameters)).scalars())
