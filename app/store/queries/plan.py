"""What was set about the items of a plan: by one partner alone, and by a couple the time of what both want."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.upsert import insert_into
from app.store.schema.couples import couples
from app.store.schema.plan import appointments, plan_items

_HOLD = select(couples.c.key).where(couples.c.key == bindparam("couple")).with_for_update(key_share=True)
_OF = select(plan_items.c.id, plan_items.c.sealed).where(plan_items.c.partner_key == bindparam("partner"))
_APPOINTED = select(appointments.c.mark, appointments.c.sealed).where(
    appointments.c.couple_key == bindparam("couple"), appointments.c.mark.in_(bindparam("marks", expanding=True))
)

Found = Row[*tuple[Any, ...]]


async def hold_times(connection: AsyncConnection, couple: UUID) -> None:
    """Until the transaction ends, nobody else sets a time that the two share."""
    await connection.execute(_HOLD, {"couple": couple})


async def of_partner(connection: AsyncConnection, partner: UUID) -> Sequence[Found]:
    return (await connection.execute(_OF, {"partner": partner})).all()


async def put(connection: AsyncConnection, partner: UUID, id_: str, sealed: bytes) -> None:
    statement = insert_into(connection, plan_items).values(partner_key=partner, id=id_, sealed=sealed)
    keys = ["partner_key", "id"]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"sealed": sealed}))


async def appointed(connection: AsyncConnection, couple: UUID, marks: Collection[bytes]) -> Sequence[Found]:
    """The times of these alone."""
    return (await connection.execute(_APPOINTED, {"couple": couple, "marks": list(marks)})).all()


async def appoint(connection: AsyncConnection, couple: UUID, mark: bytes, sealed: bytes) -> None:
    statement = insert_into(connection, appointments).values(couple_key=couple, mark=mark, sealed=sealed)
    keys = ["couple_key", "mark"]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"sealed": sealed}))


async def call_off(connection: AsyncConnection, couple: UUID, mark: bytes) -> None:
    shared = (appointments.c.couple_key == couple) & (appointments.c.mark == mark)
    await connection.execute(delete(appointments).where(shared))
