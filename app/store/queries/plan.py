"""Items of a plan: titles and times that one partner set alone, and the times that a couple shares."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import MarkedRow, fetch_all, select_row
from app.store.connection.upsert import upsert
from app.store.schema.plan import appointments, plan_items


class PlanItemRow(NamedTuple):
    """The sealed title, and own time, of one item."""

    id: str
    sealed: bytes


_OF_PARTNER = select_row(PlanItemRow, plan_items).where(plan_items.c.partner_key == bindparam("partner"))
_APPOINTMENTS = select_row(MarkedRow, appointments).where(
    appointments.c.couple_key == bindparam("couple"), appointments.c.partner_key == bindparam("partner")
)


async def of_partner(connection: AsyncConnection, partner: UUID) -> list[PlanItemRow]:
    return await fetch_all(connection, PlanItemRow, _OF_PARTNER, {"partner": partner})


async def put(connection: AsyncConnection, partner: UUID, id_: str, sealed: bytes) -> None:
    await upsert(connection, plan_items, {"partner_key": partner, "id": id_}, sealed=sealed)


async def appointments_of(connection: AsyncConnection, couple: UUID, partner: UUID) -> list[MarkedRow]:
    """Return the times that a partner set for what the two share."""
    return await fetch_all(connection, MarkedRow, _APPOINTMENTS, {"couple": couple, "partner": partner})


async def put_appointment(connection: AsyncConnection, couple: UUID, mark: bytes, partner: UUID, sealed: bytes) -> None:
    key = {"couple_key": couple, "mark": mark, "partner_key": partner}
    await upsert(connection, appointments, key, sealed=sealed)
