from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, fetch_one, page_of
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
    external_sealed: bytes | None
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
_BY_EXTERNAL_ID = _OF_INTEGRATOR.where(
    or_(partners.c.external_mark == bindparam("mark"), partners.c.external_id == bindparam("external_id"))
)
_PLAIN = (
    _WHOLE.where(partners.c.external_id.is_not(None), partners.c.key > bindparam("after"))
    .order_by(partners.c.key)
    .limit(bindparam("limit"))
    .with_for_update(of=partners, skip_locked=True)
)


async def add(connection: AsyncConnection, **values: object) -> bool:
    """Add a partner; return False where another request has just added one with this `external_id`."""
    return (await connection.execute(insert_into(connection, partners).on_conflict_do_nothing(), values)).rowcount == 1


async def change(connection: AsyncConnection, key: UUID, values: Mapping[str, str | bytes | None]) -> bool:
    """Change columns of a partner; return False where they were erased meanwhile."""
    changed = update(partners).where(partners.c.key == key).values(values)
    return (await connection.execute(changed)).rowcount == 1


async def with_id(connection: AsyncConnection, integrator: str, mode: str, id_: str) -> PartnerRow | None:
    return await fetch_one(connection, PartnerRow, _BY_ID, {"integrator": integrator, "mode": mode, "id": id_})


async def with_external_id(
    connection: AsyncConnection, integrator: str, mode: str, external_id: str, mark: bytes
) -> PartnerRow | None:
    """Return the partner with an external id, sealed with this mark or still plain."""
    parameters = {"integrator": integrator, "mode": mode, "external_id": external_id, "mark": mark}
    return await fetch_one(connection, PartnerRow, _BY_EXTERNAL_ID, parameters)


async def with_plain_external_id(connection: AsyncConnection, after: UUID, limit: int) -> list[PartnerRow]:
    """Lock partners whose external id is not sealed yet and return them by key, from behind `after`."""
    return await fetch_all(connection, PartnerRow, _PLAIN, {"after": after, "limit": limit})


async def page(
    connection: AsyncConnection, integrator: str, mode: str, after: UUID | None, limit: int
) -> list[PartnerRow]:
    """Return partners of one integrator, the oldest first, from behind the key `after`."""
    query = page_of(_OF_INTEGRATOR, after, limit, partners.c.key)
    return await fetch_all(connection, PartnerRow, query, {"integrator": integrator, "mode": mode})
