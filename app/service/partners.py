"""Partners: one person each, known to an integrator and to themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import ExternalIdTaken, NotFound
from app.service.data_keys import make_data_key
from app.service.integrators import KeyHolder, Mode
from app.store.crypto.ids import new_id, new_key
from app.store.crypto.vault import DataKey, Vault, Wrapped
from app.store.queries import partners as stored_partners


class PartnerProfile(NamedTuple):
    """What an integrator says of a partner. There is no name among it."""

    external_id: str | None = None
    country: str | None = None
    locale: str | None = None
    time_zone: str | None = None


class PartnerSummary(NamedTuple):
    """A partner as an integrator knows them; nothing of theirs can be opened with it."""

    key: UUID
    id: str
    particulars: PartnerProfile
    created_on: date


@dataclass(frozen=True, slots=True)
class Partner:
    """One person, with what opens and seals everything of theirs. `key` never leaves the server."""

    key: UUID
    id: str
    integrator: str
    mode: Mode
    particulars: PartnerProfile
    created_on: date
    data_key: DataKey


async def find_or_add_partner(
    connection: AsyncConnection, vault: Vault, holder: KeyHolder, given: PartnerProfile, now: datetime
) -> tuple[Partner, bool]:
    """The partner of this `external_id`, or a new one; and whether it is new. Raises `ExternalIdTaken`."""
    found = await _find_known(connection, vault, holder, given)
    if found is not None:
        return found, False
    added = await _add(connection, vault, holder, given, now)
    if added is not None:
        return added, True
    found = await _find_known(connection, vault, holder, given)
    if found is None:
        raise ExternalIdTaken
    return found, False


async def _find_known(
    connection: AsyncConnection, vault: Vault, holder: KeyHolder, given: PartnerProfile
) -> Partner | None:
    if given.external_id is None:
        return None
    row = await stored_partners.with_external_id(connection, holder.integrator, holder.mode, given.external_id)
    if row is None:
        return None
    partner = partner_of(row, vault)
    if partner.particulars != given:
        raise ExternalIdTaken
    return partner


async def _add(
    connection: AsyncConnection, vault: Vault, holder: KeyHolder, given: PartnerProfile, now: datetime
) -> Partner | None:
    """None where another request was first with this `external_id`."""
    id_, key = new_id("ptr"), new_key()
    values = {"id": id_, "integrator_id": holder.integrator, "mode": holder.mode, "created_on": now.date()}
    if not await stored_partners.add(connection, key=key, **values, **given._asdict()):
        return None
    data_key = await make_data_key(connection, vault, id_, now)
    return Partner(key, id_, holder.integrator, holder.mode, given, now.date(), data_key)


async def find_partners(
    connection: AsyncConnection, holder: KeyHolder, external_id: str | None, after: UUID | None, most: int
) -> list[PartnerSummary]:
    """The first ones first; with an `external_id`, the one of it or none."""
    if external_id is None:
        rows = await stored_partners.page(connection, holder.integrator, holder.mode, after, most)
    else:
        row = await stored_partners.with_external_id(connection, holder.integrator, holder.mode, external_id)
        rows = [] if row is None else [row]
    return [PartnerSummary(row.key, row.id, _particulars_of(row), row.created_on) for row in rows]


async def find_partner(connection: AsyncConnection, vault: Vault, holder: KeyHolder, id_: str) -> Partner:
    """Raises `NotFound` for one of another integrator or mode as for one that never was."""
    found = await stored_partners.with_id(connection, holder.integrator, holder.mode, id_)
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
        particulars=_particulars_of(found),
        created_on=found.created_on,
        data_key=vault.unwrap(found.id, Wrapped(found.epoch, found.wrapped)),
    )


def _particulars_of(found: Any) -> PartnerProfile:
    return PartnerProfile(found.external_id, found.country, found.locale, found.time_zone)
