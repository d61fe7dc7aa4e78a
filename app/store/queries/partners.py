from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, fetch_one
from app.store.connection.upsert import insert_into
from app.store.schema.data_keys import data_keys
from app.store.schema.partners import partners


class PartnerRow(NamedTuple):
    """A partner with their wrapped data key, None where that row is lost: they can be erased all the same."""

    key: UUID
    id: str
    integrator_id: str
    mode: str
    external_id: str | None
    country: str | None
    locale: str | None
    time_zone: str | None
    created_on: date
    epoch: int | None
    wrapped: bytes | None


PARTNER_COLUMNS = tuple(
    (data_keys if name in {"epoch", "wrapped"} else partners).c[name] for name in PartnerRow._fields
)
_WHOLE = select(*PARTNER_COLUMNS).outerjoin_from(partners, data_keys, data_keys.c.owner == partners.c.id)
_OF_INTEGRATOR = _WHOLE.where(partners.c.integrator_id == bindparam("integrator"), partners.c.mode == bindparam("mode"))
_BY_ID = _OF_INTEGRATOR.where(partners.c.id == bindparam("id"))
_BY_EXTERNAL_ID = _OF_INTEGRATOR.where(partners.c.external_id == bindparam("external_id"))


async def add(connection: AsyncConnection, **values: object) -> bool:
    """Add a partner; return False where another request has just added one with this `external_id`."""
    return (await connection.execute(insert_into(connection, partners).on_conflict_do_nothing(), values)).rowcount == 1


async def change(connection: AsyncConnection, key: UUID, values: Mapping[str, str | None]) -> bool:
    """Change columns of a partner; return False where they were erased meanwhile."""
    changed = update(partners).where(partners.c.key == key).values(values)
    return (await connection.execute(changed)).rowcount == 1


async def with_id(connection: AsyncConnection, integrator: str, mode: str, id_: str) -> PartnerRow | None:
    return await fetch_one(connection, PartnerRow, _BY_ID, {"integrator": integrator, "mode": mode, "id": id_})


async def with_external_id(
    connection: AsyncConnection, integrator: str, mode: str, external_id: str
) -> PartnerRow | None:
    parameters = {"integrator": integrator, "mode": mode, "external_id": external_id}
    return await fetch_one(connection, PartnerRow, _BY_EXTERNAL_ID, parameters)


async def page(
    connection: AsyncConnection, integrator: str, mode: str, after: UUID | None, limit: int
) -> list[PartnerRow]:
    """Return partners of one integrator, the oldest first, from behind the key `after`."""
    query = _OF_INTEGRATOR.order_by(partners.c.key).limit(limit)
    if after is not None:
        query = query.where(partners.c.key > after)
    return await fetch_all(connection, PartnerRow, query, {"integrator": integrator, "mode": mode})
