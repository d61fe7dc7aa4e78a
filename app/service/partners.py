"""Partners: one person each, known to an integrator and to themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from app import store
from app.errors import ExternalIdTaken, NotFound
from app.service.data_keys import make_data_key
from app.store.ids import new_id, new_key

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.service.integrators import KeyHolder, Mode
    from app.store.vault import DataKey, Vault


class Particulars(NamedTuple):
    """What an integrator says of a partner. There is no name among it."""

    external_id: str | None = None
    country: str | None = None
    locale: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    """One person, with what opens and seals everything of theirs. `key` never leaves the server."""

    key: UUID
    id: str
    integrator: str
    mode: Mode
    particulars: Particulars
    created_on: date
    data_key: DataKey


async def find_or_add_partner(
    connection: AsyncConnection, vault: Vault, holder: KeyHolder, given: Particulars, now: datetime
) -> tuple[Partner, bool]:
    """The partner of this `external_id`, or a new one; and whether it is new. Raises `ExternalIdTaken`."""
    if given.external_id is not None:
        found = await store.partners.with_external_id(connection, holder.integrator, holder.mode, given.external_id)
        if found is not None:
            partner = partner_of(found, vault)
            if partner.particulars != given:
                raise ExternalIdTaken
            return partner, False
    return await _add(connection, vault, holder, given, now), True


async def _add(
    connection: AsyncConnection, vault: Vault, holder: KeyHolder, given: Particulars, now: datetime
) -> Partner:
    id_, key = new_id("ptr"), new_key()
    data_key = await make_data_key(connection, vault, id_, now)
    await store.partners.add(
        connection,
        key=key,
        id=id_,
        integrator_id=holder.integrator,
        mode=holder.mode,
        created_on=now.date(),
        **given._asdict(),
    )
    return Partner(key, id_, holder.integrator, holder.mode, given, now.date(), data_key)


async def find_partner(connection: AsyncConnection, vault: Vault, holder: KeyHolder, id_: str) -> Partner:
    """Raises `NotFound` for one of another integrator or mode as for one that never was."""
    found = await store.partners.with_id(connection, holder.integrator, holder.mode, id_)
    if found is None:
        raise NotFound("There is no such partner.")
    return partner_of(found, vault)


def partner_of(found: Any, vault: Vault) -> Partner:
    """From a row that holds a partner and their data key."""
    return Partner(
        key=found.key,
        id=found.id,
        integrator=found.integrator_id,
        mode=found.mode,
        particulars=Particulars(found.external_id, found.country, found.locale, found.time_zone),
        created_on=found.created_on,
        data_key=vault.unwrap(found.id, store.vault.Wrapped(found.epoch, found.wrapped)),
    )
