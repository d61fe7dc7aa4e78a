"""Partners: one person each, known to one integrator."""

from collections.abc import Callable, Mapping
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
from app.store.crypto.ids import new_id, new_key
from app.store.crypto.vault import DataKey, Vault, Wrapped
from app.store.queries import partners as stored_partners
from app.store.queries.partners import PartnerRow


class PartnerProfile(NamedTuple):
    """The fields that an integrator sets of a partner; none of them is a name."""

    external_id: str | None = None
    country: str | None = None
    locale: str | None = None
    time_zone: str | None = None


class PartnerSummary(NamedTuple):
    """A partner as an integrator sees them, without their data key."""

    key: UUID
    id: str
    profile: PartnerProfile
    created_on: date


@dataclass(frozen=True)
class Partner:
    """A partner with the data key that seals everything of theirs. `key` never leaves the server."""

    key: UUID
    id: str
    integrator: str
    mode: Mode
    profile: PartnerProfile
    created_on: date
    unwrap: Callable[[], DataKey]

    @cached_property
    def data_key(self) -> DataKey:
        """Unwrap the data key when it is needed: erasing needs none. Raises `Tampered`, `UnusableKeys`."""
        return self.unwrap()


async def find_or_add_partner(session: Session, holder: KeyHolder, profile: PartnerProfile) -> tuple[Partner, bool]:
    """Return the partner with the profile's `external_id`, or a new one, and whether they are new.

    Raises `ExternalIdTaken` where a partner with this `external_id` has another profile.
    """
    existing = await _find_existing(session, holder, profile)
    if existing is not None:
        return existing, False
    added = await _add(session, holder, profile)
    if added is not None:
        await audit.add(session, added.id, "partner_added", holder.key)
        return added, True
    # Another request added the partner after the first look.
    existing = await _find_existing(session, holder, profile)
    if existing is None:
        raise ExternalIdTaken
    return existing, False


async def _find_existing(session: Session, holder: KeyHolder, profile: PartnerProfile) -> Partner | None:
    if profile.external_id is None:
        return None
    row = await stored_partners.with_external_id(
        session.connection, holder.integrator, holder.mode, profile.external_id
    )
    if row is None:
        return None
    partner = partner_of(row, session.vault)
    if partner.profile != profile:
        raise ExternalIdTaken
    return partner


async def _add(session: Session, holder: KeyHolder, profile: PartnerProfile) -> Partner | None:
    """Add a partner; return None where another request was first with this `external_id`."""
    id_, key = new_id("ptr"), new_key()
    values = {"id": id_, "integrator_id": holder.integrator, "mode": holder.mode, "created_on": session.now.date()}
    if not await stored_partners.add(session.connection, key=key, **values, **profile._asdict()):
        return None
    data_key = await make_data_key(session, id_)
    return Partner(key, id_, holder.integrator, holder.mode, profile, session.now.date(), lambda: data_key)


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
) -> list[PartnerSummary]:
    """Return partners, the oldest first; with `external_id` only the one that has it."""
    if external_id is None:
        rows = await stored_partners.page(session.connection, holder.integrator, holder.mode, after, limit)
    else:
        row = await stored_partners.with_external_id(session.connection, holder.integrator, holder.mode, external_id)
        rows = [] if row is None else [row]
    return [PartnerSummary(row.key, row.id, _profile_of(row), row.created_on) for row in rows]


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
        profile=_profile_of(row),
        created_on=row.created_on,
        unwrap=partial(vault.unwrap, row.id, Wrapped(row.epoch or 0, row.wrapped or b"")),
    )


def _profile_of(row: PartnerRow) -> PartnerProfile:
    return PartnerProfile(row.external_id, row.country, row.locale, row.time_zone)
