"""Items of a plan: titles and times that one partner set alone, and the times that a couple shares."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, select_row
from app.store.connection.upsert import upsert
from app.store.schema.couples import couples
from app.store.schema.plan import appointments, plan_items


class PlanItemRow(NamedTuple):
    """The sealed title, and own time, of one item."""

    id: str
    sealed: bytes


class AppointmentRow(NamedTuple):
    """The sealed time that a couple shares, under the keyed mark of its activity."""

    mark: bytes
    sealed: bytes


_LOCK = select(couples.c.key).where(couples.c.key == bindparam("couple")).with_for_update(key_share=True)
_OF_PARTNER = select_row(PlanItemRow, plan_items).where(plan_items.c.partner_key == bindparam("partner"))
_APPOINTMENTS = select_row(AppointmentRow, appointments).where(
    appointments.c.couple_key == bindparam("couple"), appointments.c.mark.in_(bindparam("marks", expanding=True))
)


async def lock_times(connection: AsyncConnection, couple: UUID) -> None:
    """Lock the shared times of a couple until the transaction ends."""
    await connection.execute(_LOCK, {"couple": couple})


async def of_partner(connection: AsyncConnection, partner: UUID) -> list[PlanItemRow]:
    return await fetch_all(connection, PlanItemRow, _OF_PARTNER, {"partner": partner})


async def put(connection: AsyncConnection, partner: UUID, id_: str, sealed: bytes) -> None:
    await upsert(connection, plan_items, {"partner_key": partner, "id": id_}, sealed=sealed)


async def appointments_of(connection: AsyncConnection, couple: UUID, marks: Collection[bytes]) -> list[AppointmentRow]:
    """Return the shared times of a couple under these marks."""
    return await fetch_all(connection, AppointmentRow, _APPOINTMENTS, {"couple": couple, "marks": list(marks)})


async def put_appointment(connection: AsyncConnection, couple: UUID, mark: bytes, sealed: bytes) -> None:
    await upsert(connection, appointments, {"couple_key": couple, "mark": mark}, sealed=sealed)


async def remove_appointment(connection: AsyncConnection, couple: UUID, mark: bytes) -> None:
    shared = (appointments.c.couple_key == couple) & (appointments.c.mark == mark)
    await connection.execute(delete(appointments).where(shared))
