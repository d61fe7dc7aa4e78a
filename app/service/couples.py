"""Couples. The integrator sees who joined; whether the two are still linked is not shown to it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.errors import NotFound
from app.rulesets.library import Library
from app.service import audit
from app.service.data_keys import make_data_key
from app.service.integrators import KeyHolder
from app.service.partners import Partner
from app.service.past import fold
from app.service.session import Session
from app.service.week import open_week
from app.store.crypto.ids import new_id, new_key
from app.store.queries import calendars as stored_calendars
from app.store.queries import consents as stored_consents
from app.store.queries import couples as stored_couples
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import partners as stored_partners
from app.store.queries import weeks as stored_weeks
from app.store.queries.couples import CoupleRow


class Couple(NamedTuple):
    """A couple; `partners` are the ids of all who ever joined. `key` never leaves the server."""

    key: UUID
    id: str
    partners: list[str]
    created_on: date


async def add_couple(session: Session, partner: Partner) -> Couple:
    """Add a couple in which the partner waits for the other. Raises `NotFound` if they were erased meanwhile."""
    if not await stored_couples.lock_partners(session.connection, [partner.key]):
        raise NotFound("There is no such partner.")
    couple = Couple(new_key(), new_id("cpl"), [partner.id], session.now.date())
    values = {"key": couple.key, "id": couple.id, "created_on": couple.created_on}
    await stored_couples.add(session.connection, **values, integrator_id=partner.integrator, mode=partner.mode)
    await stored_couples.add_member(session.connection, couple.key, 1, partner.key, "waiting")
    await make_data_key(session, couple.id)
    return couple


async def find_couple(session: Session, holder: KeyHolder, id_: str) -> Couple:
    """Return a couple of the caller's integrator and mode. Raises `NotFound`."""
    row = await stored_couples.with_id(session.connection, holder.integrator, holder.mode, id_)
    if row is None:
        raise NotFound("There is no such couple.")
    return (await _with_members(session, [row]))[0]


async def find_couples(
    session: Session, holder: KeyHolder, partner_id: str | None, after: UUID | None, limit: int
) -> list[Couple]:
    """Return couples, the oldest first; with `partner_id` only those of that partner, none if there is no such."""
    partner = None
    if partner_id is not None:
        row = await stored_partners.with_id(session.connection, holder.integrator, holder.mode, partner_id)
        if row is None:
            return []
        partner = row.key
    rows = await stored_couples.page(session.connection, holder.integrator, holder.mode, partner, after, limit)
    return await _with_members(session, rows)


async def end_couple(session: Session, holder: KeyHolder, id_: str) -> None:
    """Remove a couple for both partners, with everything they shared. Raises `NotFound`."""
    couple = await find_couple(session, holder, id_)
    await stored_couples.lock(session.connection, couple.key)
    members = await stored_couples.members_of(session.connection, [couple.key])
    # The couple before its partners, as in every transaction, so that no two wait for each other.
    await stored_couples.lock_partners(session.connection, [member.partner_key for member in members])
    await stored_couples.end_pooling(session.connection, couple.key, session.now)
    for member in members:
        if member.standing == "linked":
            await stored_calendars.remove(session.connection, member.partner_key)
        await audit.add(session, member.id, "couple_ended", holder.key)
    await stored_couples.remove(session.connection, couple.key)
    await stored_data_keys.destroy(session.connection, [couple.id])


async def is_linked(session: Session, partner: Partner) -> bool:
    """Return whether the partner stands as linked; it stays true when the other leaves."""
    return await stored_couples.linked_couple(session.connection, partner.key) is not None


async def unlink(session: Session, partner: Partner, library: Library) -> None:
    """Leave the couple. The other sees what they see when a partner stops answering."""
    await stored_couples.lock_partners(session.connection, [partner.key])
    if await leave(session, partner.key, partner.id, library):
        await fold(session, partner, lambda past: replace(past, has_left=True))


async def leave(session: Session, key: UUID, id_: str, library: Library) -> bool:
    """Leave every couple, also one that still waits, so that an old invitation links nobody again.

    Return False where there was no link.
    """
    connection = session.connection
    link = await open_week(session, key, library)
    await stored_couples.leave(connection, key)
    await stored_consents.end_pooling(connection, key, session.now)
    await stored_weeks.remove_brought(connection, key)
    if link is not None:
        await stored_calendars.remove(connection, key)
        await audit.add(session, id_, "unlinked", link.id)
    return link is not None


async def _with_members(session: Session, rows: Sequence[CoupleRow]) -> list[Couple]:
    ids = defaultdict[UUID, list[str]](list)
    for member in await stored_couples.members_of(session.connection, [row.key for row in rows]):
        ids[member.couple_key].append(member.id)
    return [Couple(row.key, row.id, ids[row.key], row.created_on) for row in rows]
