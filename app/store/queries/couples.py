from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.schema.consents import consents
from app.store.schema.couples import couples, members
from app.store.schema.partners import partners

_LINK = select(members.c.couple_key).where(
    members.c.partner_key == bindparam("partner"), members.c.standing == "linked"
)
_LINKED_COUPLE = (
    select(couples)
    .join_from(couples, members, members.c.couple_key == couples.c.key)
    .where(members.c.partner_key == bindparam("partner"), members.c.standing == "linked")
)
_OF_INTEGRATOR = select(couples).where(
    couples.c.integrator_id == bindparam("integrator"), couples.c.mode == bindparam("mode")
)
_BY_ID = _OF_INTEGRATOR.where(couples.c.id == bindparam("id"))
_MEMBERS = (
    select(members.c.place, members.c.partner_key, members.c.standing, partners.c.id)
    .join_from(members, partners, partners.c.key == members.c.partner_key)
    .where(members.c.couple_key == bindparam("couple"))
    .order_by(members.c.place)
)
_HOLD = select(couples.c.key).where(couples.c.key == bindparam("couple")).with_for_update()
# In the order of their keys, so that no two transactions wait for each other.
_HOLD_PARTNERS = (
    select(partners.c.key)
    .where(partners.c.key.in_(bindparam("partners", expanding=True)))
    .order_by(partners.c.key)
    .with_for_update(key_share=True)
)
_MEMBERS_OF_EACH = (
    select(members.c.couple_key, partners.c.id)
    .join_from(members, partners, partners.c.key == members.c.partner_key)
    .where(members.c.couple_key.in_(bindparam("couples", expanding=True)))
    .order_by(members.c.couple_key, members.c.place)
)
_LEAVE = (
    update(members)
    .where(members.c.partner_key == bindparam("of_partner"), members.c.standing.in_(("waiting", "linked")))
    .values(standing="left")
)
_END_POOLING = update(consents).where(consents.c.couple_key == bindparam("of_couple"))

Found = Row[*tuple[Any, ...]]


async def key_of_link(connection: AsyncConnection, partner: UUID) -> UUID | None:
    """The couple that this partner is linked in, as far as they themselves are concerned."""
    return (await connection.execute(_LINK, {"partner": partner})).scalar_one_or_none()


async def linked_couple(connection: AsyncConnection, partner: UUID) -> Found | None:
    """The couple itself."""
    return (await connection.execute(_LINKED_COUPLE, {"partner": partner})).one_or_none()


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(couples), values)


async def add_member(connection: AsyncConnection, couple: UUID, place: int, partner: UUID, standing: str) -> None:
    values = {"couple_key": couple, "place": place, "partner_key": partner, "standing": standing}
    await connection.execute(insert(members), values)


async def with_id(connection: AsyncConnection, integrator: str, mode: str, id_: str) -> Found | None:
    given = {"integrator": integrator, "mode": mode, "id": id_}
    return (await connection.execute(_BY_ID, given)).one_or_none()


async def hold(connection: AsyncConnection, key: UUID) -> bool:
    """Until the transaction ends nobody joins this couple or ends it. False where it has just been ended."""
    return (await connection.execute(_HOLD, {"couple": key})).one_or_none() is not None


async def hold_partners(connection: AsyncConnection, keys: Sequence[UUID]) -> bool:
    """Until the transaction ends none of these links or leaves. False where one of them has just been erased."""
    return len((await connection.execute(_HOLD_PARTNERS, {"partners": keys})).all()) == len(keys)


async def members_of(connection: AsyncConnection, couple: UUID) -> Sequence[Found]:
    """Who was there first, then who was invited."""
    return (await connection.execute(_MEMBERS, {"couple": couple})).all()


async def ids_of_members(connection: AsyncConnection, keys: Sequence[UUID]) -> dict[UUID, list[str]]:
    """By couple, in the order in which they came."""
    found: dict[UUID, list[str]] = {key: [] for key in keys}
    for row in await connection.execute(_MEMBERS_OF_EACH, {"couples": keys}):
        found[row.couple_key].append(row.id)
    return found


async def page(
    connection: AsyncConnection, integrator: str, mode: str, partner: UUID | None, after: UUID | None, most: int
) -> Sequence[Found]:
    """Couples of one integrator, or those that one partner belongs to, the first ones first."""
    wanted = _OF_INTEGRATOR.order_by(couples.c.key).limit(most)
    if partner is not None:
        wanted = wanted.where(couples.c.key.in_(select(members.c.couple_key).where(members.c.partner_key == partner)))
    if after is not None:
        wanted = wanted.where(couples.c.key > after)
    return (await connection.execute(wanted, {"integrator": integrator, "mode": mode})).all()


async def set_standing(connection: AsyncConnection, couple: UUID, partner: UUID, standing: str) -> None:
    mine = (members.c.couple_key == couple) & (members.c.partner_key == partner)
    await connection.execute(update(members).where(mine).values(standing=standing))


async def leave(connection: AsyncConnection, partner: UUID) -> None:
    """Every couple, also where the other has not come yet."""
    await connection.execute(_LEAVE, {"of_partner": partner})


async def end_pooling(connection: AsyncConnection, couple: UUID, now: datetime) -> None:
    """Whoever agreed to it for this couple."""
    ended = _END_POOLING.values(granted=False, couple_key=None, decided_at=now)
    await connection.execute(ended, {"of_couple": couple})


async def remove(connection: AsyncConnection, key: UUID) -> None:
    await connection.execute(delete(couples).where(couples.c.key == key))
