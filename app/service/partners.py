"""Partners: one person each, known to one integrator."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import NamedTuple, cast
from uuid import UUID

from app.errors import ExternalIdTaken, NotFound
from app.service import audit
from app.service.data_keys import make_data_key
from app.service.integrators import KeyHolder, Mode
from app.service.session import Session
from app.store.connection.database import Database
from app.store.crypto.ids import new_id, new_key
from app.store.crypto.vault import DataKey, Tampered, Vault, Wrapped
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import partners as stored_partners
from app.store.queries.partners import PartnerRow

RANGE = 500
_PLACE = "partners.external_sealed"


class PartnerProfile(NamedTuple):
    """The fields of a partner that an integrator sets and they may change; none of them is a name."""

    country: str | None = None
    locale: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True)
class Partner:
    """A partner with the data key that seals everything of theirs. `key` never leaves the server.

    `external` is what their integrator calls them: sealed, or plain where maintenance has not sealed it yet.
    """

    key: UUID
    id: str
    integrator: str
    mode: Mode
    profile: PartnerProfile
    created_on: date
    unwrap: Callable[[], DataKey]
    external: bytes | str | None = None

    @property
    def external_id(self) -> str | None:
        """Open what the integrator calls them. Raises `Tampered`, `UnusableKeys`."""
        if isinstance(self.external, bytes):
            return self.data_key.open(_PLACE, self.id, self.external).decode()
        return self.external

    @cached_property
    def data_key(self) -> DataKey:
        """Unwrap the data key when it is needed: erasing needs none. Raises `Tampered`, `UnusableKeys`."""
        return self.unwrap()


async def find_or_add_partner(
    session: Session, holder: KeyHolder, external_id: str | None, profile: PartnerProfile
) -> tuple[Partner, bool]:
    """Return the partner with this `external_id`, or a new one, and whether they are new.

    Raises `ExternalIdTaken` where a partner with this `external_id` has another profile.
    """
    existing = await _find_existing(session, holder, external_id, profile)
    if existing is not None:
        return existing, False
    added = await _add(session, holder, external_id, profile)
    if added is not None:
        await audit.add(session, added.id, "partner_added", holder.key)
        return added, True
    # Another request added the partner after the first look.
    existing = await _find_existing(session, holder, external_id, profile)
    if existing is None:
        raise ExternalIdTaken
    return existing, False


async def _find_existing(
    session: Session, holder: KeyHolder, external_id: str | None, profile: PartnerProfile
) -> Partner | None:
    row = None if external_id is None else await _find_row(session, holder, external_id)
    if row is None:
        return None
    partner = partner_of(row, session.vault)
    if partner.profile != profile:
        raise ExternalIdTaken
    return partner


async def _find_row(session: Session, holder: KeyHolder, external_id: str) -> PartnerRow | None:
    if not session.vault.ring.exists():
        # The file of keys is made with the first partner.
        return None
    integrator, mode = holder.integrator, holder.mode
    mark = _mark(session.vault, integrator, mode, external_id)
    return await stored_partners.with_external_id(session.connection, integrator, mode, external_id, mark)


async def _add(session: Session, holder: KeyHolder, external_id: str | None, profile: PartnerProfile) -> Partner | None:
    """Add a partner; return None where another request was first with this `external_id`."""
    id_, key = new_id("ptr"), new_key()
    values = {"id": id_, "integrator_id": holder.integrator, "mode": holder.mode, "created_on": session.now.date()}
    data_key = await make_data_key(session, id_)
    if external_id is not None:
        values |= _sealed(session.vault, data_key, id_, holder.integrator, holder.mode, external_id)
    if not await stored_partners.add(session.connection, key=key, **values, **profile._asdict()):
        await stored_data_keys.destroy(session.connection, [id_])
        return None
    day, unwrap = session.now.date(), lambda: data_key
    return Partner(key, id_, holder.integrator, holder.mode, profile, day, unwrap, external_id)


def _sealed(
    vault: Vault, data_key: DataKey, id_: str, integrator: str, mode: str, external_id: str
) -> dict[str, bytes]:
    return {
        "external_mark": _mark(vault, integrator, mode, external_id),
        "external_sealed": data_key.seal(_PLACE, id_, external_id.encode()),
    }


def _mark(vault: Vault, integrator: str, mode: str, external_id: str) -> bytes:
    """Return the keyed digest by which an integrator's own id is found."""
    return vault.seal_of(*(part.encode() for part in ("external_id", integrator, mode, external_id)))


async def seal_external_ids(database: Database, vault: Vault) -> None:
    """Seal the external ids that are plain, from before they were sealed, in ranges."""
    after = UUID(int=0)
    while True:
        async with database.writing() as connection:
            rows = await stored_partners.with_plain_external_id(connection, after, RANGE)
            for row in rows:
                # One whose data key is damaged stays as it is: it can be found and erased.
                with suppress(Tampered):
                    data_key = partner_of(row, vault).data_key
                    sealed = _sealed(vault, data_key, row.id, row.integrator_id, row.mode, row.external_id or "")
                    await stored_partners.change(connection, row.key, {**sealed, "external_id": None})
        if not rows:
            return
        after = rows[-1].key
        await asyncio.sleep(0)


async def change_profile(
    session: Session, partner: Partner, changes: Mapping[str, str | None], holder: KeyHolder | None = None
) -> Partner:
    """Store changed fields of a profile and note them in the partner's log, with the key of a `holder` who made them.

    Raises `NotFound` where the partner was erased meanwhile.
    """
    changed = replace(partner, profile=partner.profile._replace(**changes))
    if changed.profile == partner.profile:
        return partner
    if not await stored_partners.change(session.connection, partner.key, changes):
        raise NotFound("There is no such partner.")
    await audit.add(session, partner.id, "profile_changed", holder.key if holder else None)
    return changed


async def find_partners(
    session: Session, holder: KeyHolder, external_id: str | None, after: UUID | None, limit: int
) -> list[Partner]:
    """Return partners, the oldest first; with `external_id` only the one that has it."""
    if external_id is None:
        rows = await stored_partners.page(session.connection, holder.integrator, holder.mode, after, limit)
    else:
        row = await _find_row(session, holder, external_id)
        rows = [] if row is None else [row]
    return [_listed(partner_of(row, session.vault)) for row in rows]


def _listed(partner: Partner) -> Partner:
    # Whoever cannot be read is listed all the same, to be erased.
    with suppress(Tampered):
        return replace(partner, external=partner.external_id)
    return replace(partner, external=None)


async def find_partner(session: Session, holder: KeyHolder, id_: str) -> Partner:
    """Return a partner of the caller's integrator and mode. Raises `NotFound`."""
    row = await stored_partners.with_id(session.connection, holder.integrator, holder.mode, id_)
    if row is None:
        raise NotFound("There is no such partner.")
    return partner_of(row, session.vault)


def partner_of(row: PartnerRow, vault: Vault) -> Partner:
    """Return the partner in a row."""
    return Partner(
        key=row.key,
        id=row.id,
        integrator=row.integrator_id,
        mode=cast(Mode, row.mode),
        profile=PartnerProfile(row.country, row.locale, row.time_zone),
        created_on=row.created_on,
        unwrap=partial(vault.unwrap, row.id, Wrapped(row.epoch or 0, row.wrapped or b"")),
        external=row.external_id if row.external_sealed is None else row.external_sealed,
    )
