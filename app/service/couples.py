"""Couples: who was invited is the integrator's to know; whether the two are still linked is not."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotFound
from app.service import audit
from app.service.data_keys import make_data_key
from app.service.integrators import KeyHolder
from app.service.partners import Partner
from app.service.weekly_boundary import next_week
from app.store.crypto.ids import new_id, new_key
from app.store.crypto.vault import Vault
from app.store.queries import calendars as stored_calendars
from app.store.queries import choices as stored_choices
from app.store.queries import consents as stored_consents
from app.store.queries import couples as stored_couples
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import partners as stored_partners


class Couple(NamedTuple):
    """`partners` are those who ever joined, and stay when they leave. `key` never leaves the server."""

    key: UUID
    id: str
    partners: list[str]
    created_on: date


async def add_couple(connection: AsyncConnection, vault: Vault, partner: Partner, now: datetime) -> Couple:
    """A couple of one, who waits for the other. Raises `NotFound` where the partner has just been erased."""
    if not await stored_couples.hold_partners(connection, [partner.key]):
        raise NotFound("There is no such partner.")
    couple = Couple(new_key(), new_id("cpl"), [partner.id], now.date())
    of_partner = {"integrator_id": partner.integrator, "mode": partner.mode}
    await stored_couples.add(connection, key=couple.key, id=couple.id, created_on=couple.created_on, **of_partner)
    await stored_couples.add_member(connection, couple.key, 1, partner.key, "waiting")
    await make_data_key(connection, vault, couple.id, now)
    return couple


async def find_couple(connection: AsyncConnection, holder: KeyHolder, id_: str) -> Couple:
    """Raises `NotFound` for one of another integrator or mode as for one that never was."""
    found = await stored_couples.with_id(connection, holder.integrator, holder.mode, id_)
    if found is None:
        raise NotFound("There is no such couple.")
    return (await _with_members(connection, [found]))[0]


async def find_couples(
    connection: AsyncConnection, holder: KeyHolder, partner_id: str | None, after: UUID | None, most: int
) -> list[Couple]:
    """The first ones first; of one partner, or of all. Of a partner nobody knows there are none."""
    partner = None
    if partner_id is not None:
        found = await stored_partners.with_id(connection, holder.integrator, holder.mode, partner_id)
        if found is None:
            return []
        partner = found.key
    rows = await stored_couples.page(connection, holder.integrator, holder.mode, partner, after, most)
    return await _with_members(connection, rows)


async def end_couple(connection: AsyncConnection, vault: Vault, holder: KeyHolder, id_: str, now: datetime) -> None:
    """For both, with everything that was the couple's. Raises `NotFound`."""
    couple = await find_couple(connection, holder, id_)
    await stored_couples.hold(connection, couple.key)
    members = await stored_couples.members_of(connection, couple.key)
    await stored_couples.hold_partners(connection, [member.partner_key for member in members])
    await stored_couples.end_pooling(connection, couple.key, now)
    for member in members:
        if member.standing == "linked":
            await stored_calendars.remove(connection, member.partner_key)
        await audit.add(connection, vault, member.id, "couple_ended", holder.key, now)
    await stored_couples.remove(connection, couple.key)
    await stored_data_keys.destroy(connection, couple.id)


async def is_linked(connection: AsyncConnection, partner: Partner) -> bool:
    """As far as they themselves are concerned: that the other left shows to nobody."""
    return await stored_couples.key_of_link(connection, partner.key) is not None


async def unlink(connection: AsyncConnection, vault: Vault, partner: Partner, now: datetime) -> None:
    """Leave for oneself alone. To the other it looks like a partner who has gone quiet."""
    await stored_couples.hold_partners(connection, [partner.key])
    await leave(connection, vault, partner.key, partner.id, now)


async def leave(connection: AsyncConnection, vault: Vault, key: UUID, id_: str, now: datetime) -> None:
    """Leave every couple, also one that still waits: an old code must not bring anyone back."""
    couple = await stored_couples.linked_couple(connection, key)
    shared = await stored_choices.mutual(connection, key, couple.key, now) if couple else set[bytes]()
    await stored_couples.leave(connection, key)
    await stored_consents.end_pooling(connection, key, now)
    await stored_choices.take_back_all(connection, key, shared, next_week(now), now)
    if couple is not None:
        await stored_calendars.remove(connection, key)
        await audit.add(connection, vault, id_, "unlinked", couple.id, now)


async def _with_members(connection: AsyncConnection, rows: Any) -> list[Couple]:
    ids = await stored_couples.ids_of_members(connection, [row.key for row in rows])
    return [Couple(row.key, row.id, ids[row.key], row.created_on) for row in rows]
