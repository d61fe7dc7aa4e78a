from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.upsert import insert_into
from app.store.schema.data_keys import data_keys
from app.store.schema.partners import partners

_WHOLE = select(*partners.c, data_keys.c.epoch, data_keys.c.wrapped).join_from(
    partners, data_keys, data_keys.c.owner == partners.c.id
)
_OF_INTEGRATOR = _WHOLE.where(partners.c.integrator_id == bindparam("integrator"), partners.c.mode == bindparam("mode"))
_BY_ID = _OF_INTEGRATOR.where(partners.c.id == bindparam("id"))
_BY_EXTERNAL_ID = _OF_INTEGRATOR.where(partners.c.external_id == bindparam("external_id"))

Found = Row[*tuple[Any, ...]]


async def add(connection: AsyncConnection, **values: object) -> bool:
    """False where another request has just added one of this `external_id`."""
    return (await connection.execute(insert_into(connection, partners).on_conflict_do_nothing(), values)).rowcount == 1


async def with_id(connection: AsyncConnection, integrator: str, mode: str, id_: str) -> Found | None:
    given = {"integrator": integrator, "mode": mode, "id": id_}
    return (await connection.execute(_BY_ID, given)).one_or_none()


async def with_external_id(connection: AsyncConnection, integrator: str, mode: str, external_id: str) -> Found | None:
    given = {"integrator": integrator, "mode": mode, "external_id": external_id}
    return (await connection.execute(_BY_EXTERNAL_ID, given)).one_or_none()


async def page(
    connection: AsyncConnection, integrator: str, mode: str, after: UUID | None, most: int
) -> Sequence[Found]:
    """Those of one integrator, the first ones first."""
    wanted = _OF_INTEGRATOR.order_by(partners.c.key).limit(most)
    if after is not None:
        wanted = wanted.where(partners.c.key > after)
    return (await connection.execute(wanted, {"integrator": integrator, "mode": mode})).all()


async def remove(connection: AsyncConnection, key: UUID) -> None:
    await connection.execute(delete(partners).where(partners.c.key == key))
