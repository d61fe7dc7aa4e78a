from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, fetch_one, page_of, select_row
from app.store.schema.consents import consents
from app.store.schema.couples import couples, members
from app.store.schema.partners import partners


class CoupleRow(NamedTuple):
    """A couple, without its members."""

    key: UUID
    id: str
    created_on: date


class MemberRow(NamedTuple):
    """A member of a couple; `standing` is as far as they themselves go, and `id` is the partner's."""

    couple_key: UUID
    place: int
    partner_key: UUID
    standing: str
    id: str


_COUPLES = select_row(CoupleRow, couples)
_IS_LINKED = (members.c.partner_key == bindparam("partner")) & (members.c.standing == "linked")
_LINKED_COUPLE = _COUPLES.join(members, members.c.couple_key == couples.c.key).where(_IS_LINKED)
_OF_INTEGRATOR = _COUPLES.where(couples.c.integrator_id == bindparam("integrator"), couples.c.mode == bindparam("mode"))
_BY_ID = _OF_INTEGRATOR.where(couples.c.id == bindparam("id"))
_MEMBERS = (
    select(members.c.couple_key, members.c.place, members.c.partner_key, members.c.standing, partners.c.id)
    .join_from(members, partners, partners.c.key == members.c.partner_key)
    .where(members.c.couple_key.in_(bindparam("couples", expanding=True)))
    .order_by(members.c.couple_key, members.c.place)
)
_LOCK = select(couples.c.key).where(couples.c.key == bindparam("couple")).with_for_update()
# In the order of their keys, so that no two transactions wait for each other.
_LOCK_PARTNERS = (
    select(partners.c.key)
    .where(partners.c.key.in_(bindparam("partners", expanding=True)))
    .order_by(partners.c.key)
    .with_for_update(key_share=True)
)
# In an UPDATE, SQLAlchemy keeps the names of columns for the values to set: hence `of_partner`, `of_couple`.
_LEAVE = (
    update(members)
    .where(members.c.partner_key == bindparam("of_partner"), members.c.standing.in_(("waiting", "linked")))
    .values(standing="left")
)
_END_POOLING = update(consents).where(consents.c.couple_key == bindparam("of_couple"))


async def linked_couple(connection: AsyncConnection, partner: UUID) -> CoupleRow | None:
    """Return the couple in which this partner stands as linked, whether or not the other has left."""
    return await fetch_one(connection, CoupleRow, _LINKED_COUPLE, {"partner": partner})


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(couples), values)


async def add_member(connection: AsyncConnection, couple: UUID, place: int, partner: UUID, standing: str) -> None:
    values = {"couple_key": couple, "place": place, "partner_key": partner, "standing": standing}
    await connection.execute(insert(members), values)


async def with_id(connection: AsyncConnection, integrator: str, mode: str, id_: str) -> CoupleRow | None:
    return await fetch_one(connection, CoupleRow, _BY_ID, {"integrator": integrator, "mode": mode, "id": id_})


async def lock(connection: AsyncConnection, key: UUID) -> bool:
    """Lock a couple until the transaction ends; return False where it was removed meanwhile."""
    return (await connection.execute(_LOCK, {"couple": key})).one_or_none() is not None


async def lock_partners(connection: AsyncConnection, keys: Sequence[UUID]) -> bool:
    """Lock partners until the transaction ends; return False where one of them was erased meanwhile."""
    return len((await connection.execute(_LOCK_PARTNERS, {"partners": keys})).all()) == len(keys)


async def members_of(connection: AsyncConnection, keys: Sequence[UUID]) -> list[MemberRow]:
    """Return the members of couples, the inviter before the invited."""
    return await fetch_all(connection, MemberRow, _MEMBERS, {"couples": keys})


async def page(
    connection: AsyncConnection, integrator: str, mode: str, partner: UUID | None, after: UUID | None, limit: int
) -> list[CoupleRow]:
    """Return couples of one integrator, the oldest first, from behind the key `after`.

    With `partner`, only those that this partner belongs or belonged to.
    """
    query = page_of(_OF_INTEGRATOR, after, limit, couples.c.key)
    if partner is not None:
        query = query.where(couples.c.key.in_(select(members.c.couple_key).where(members.c.partner_key == partner)))
    return await fetch_all(connection, CoupleRow, query, {"integrator": integrator, "mode": mode})


async def set_standing(connection: AsyncConnection, couple: UUID, partner: UUID, standing: str) -> None:
    own = (members.c.couple_key == couple) & (members.c.partner_key == partner)
    await connection.execute(update(members).where(own).values(standing=standing))


async def leave(connection: AsyncConnection, partner: UUID) -> None:
    """Leave every couple, also those in which the other has not come yet."""
    await connection.execute(_LEAVE, {"of_partner": partner})


async def end_pooling(connection: AsyncConnection, couple: UUID, now: datetime) -> None:
    """Take back every consent to pooling in this couple."""
    ended = _END_POOLING.values(granted=False, couple_key=None, decided_at=now)
    await connection.execute(ended, {"of_couple": couple})


async def begin_first_time(connection: AsyncConnection, couple: UUID, seed: str, now: datetime) -> None:
    """Note that both have answered now, and the seed of their lists. What was noted before stays."""
    first = update(couples).where(couples.c.key == couple, couples.c.first_at.is_(None))
    await connection.execute(first.values(first_at=now, seed=seed))


async def remove(connection: AsyncConnection, key: UUID) -> None:
    await connection.execute(delete(couples).where(couples.c.key == key))
