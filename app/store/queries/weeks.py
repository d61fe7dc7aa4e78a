"""The link of a partner with its week, and what a week is taken from: of both partners, never what is private."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Table, and_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedQuery
from app.store.connection.rows import KeyAndIdRow, SealedRow, fetch_all
from app.store.connection.upsert import insert_into, prepare_upserts, upsert
from app.store.queries.consents import is_granted
from app.store.schema.choices import yeses
from app.store.schema.consents import consents
from app.store.schema.couples import couples, members
from app.store.schema.data_keys import data_keys
from app.store.schema.plan import appointments
from app.store.schema.weeks import mutual_answers, weeks


class LinkRow(NamedTuple):
    """The couple in which a partner is linked, its wrapped data key, and the last week that was stored.

    `pools` tells whether this partner agreed to pool in it, `opened_until` when the week ends that they opened last.
    """

    key: UUID
    id: str
    place: int
    pools: bool
    seed: str | None
    first_at: datetime | None
    opened_until: datetime | None
    epoch: int
    wrapped: bytes
    until: datetime | None
    sealed: bytes | None


class YesRow(NamedTuple):
    """An open yes of the one at this place."""

    place: int
    mark: bytes


class TimeRow(NamedTuple):
    """A time that the one at this place set, sealed for the link."""

    place: int
    mark: bytes
    sealed: bytes


class MutualRow(NamedTuple):
    """The mutual answers of the one at this place."""

    place: int
    sealed: bytes


_pooling, _processing = consents.alias("pooling"), consents.alias("processing")
LINK = PreparedQuery(
    LinkRow,
    select(
        couples.c.key,
        couples.c.id,
        members.c.place,
        _pooling.c.couple_key.is_not(None).label("pools"),
        couples.c.seed,
        couples.c.first_at,
        members.c.opened_until,
        data_keys.c.epoch,
        data_keys.c.wrapped,
        weeks.c.until,
        weeks.c.sealed,
    )
    .join_from(members, couples, couples.c.key == members.c.couple_key)
    .join(data_keys, data_keys.c.owner == couples.c.id)
    .outerjoin(_pooling, is_granted(_pooling, "pooling") & (_pooling.c.couple_key == members.c.couple_key))
    .outerjoin(weeks, weeks.c.couple_key == couples.c.key)
    .where(members.c.partner_key == bindparam("partner"), members.c.standing == "linked"),
)
# Of whoever is linked and agreed to processing: what somebody left behind counts no more.
_TAKES_PART = and_(
    members.c.couple_key == bindparam("couple"),
    members.c.standing == "linked",
    is_granted(_processing, "processing"),
)


def _brought(table: Table, *names: str) -> Select[Any]:
    """Select columns of what members brought into a couple, with their place."""
    is_theirs = and_(table.c.couple_key == members.c.couple_key, table.c.partner_key == members.c.partner_key)
    return select(members.c.place, *[table.c[name] for name in names]).where(_TAKES_PART, is_theirs)


_YESES = _brought(yeses, "mark").where(yeses.c.until > bindparam("now"))
_TIMES = _brought(appointments, "mark", "sealed")
_MUTUAL = _brought(mutual_answers, "sealed")
OWN_MUTUAL = PreparedQuery(
    SealedRow,
    select(mutual_answers.c.sealed).where(
        mutual_answers.c.couple_key == bindparam("couple"), mutual_answers.c.partner_key == bindparam("partner")
    ),
)


PUT_MUTUAL = prepare_upserts(mutual_answers, "couple_key", "partner_key")
_NOTE_OPENED = (
    update(members)
    .where(members.c.couple_key == bindparam("couple"), members.c.place == bindparam("place_of_one"))
    .values(opened_until=bindparam("end"))
)
_DUE_FOR_A_KEY = (
    select(couples.c.key, couples.c.id)
    .where(couples.c.rekey_at <= bindparam("now"))
    .order_by(couples.c.rekey_at)
    .limit(bindparam("limit"))
)


async def link_of(connection: AsyncConnection, partner: UUID) -> LinkRow | None:
    """Return the couple in which a partner stands as linked, whether or not the other has left."""
    return await LINK.one(connection, partner=partner)


async def put(connection: AsyncConnection, couple: UUID, until: datetime, sealed: bytes) -> None:
    """Store the week of a couple in place of the one before, or of one that is stored again."""
    await upsert(connection, weeks, {"couple_key": couple}, until=until, sealed=sealed)


async def put_if_new(connection: AsyncConnection, couple: UUID, until: datetime, sealed: bytes) -> None:
    """Store the week of a couple unless another request has stored it meanwhile."""
    week = {"until": until, "sealed": sealed}
    insertion = insert_into(connection, weeks).values(couple_key=couple, **week)
    is_over = weeks.c.until < until
    await connection.execute(insertion.on_conflict_do_update(index_elements=["couple_key"], set_=week, where=is_over))


async def note_opened(connection: AsyncConnection, couple: UUID, place: int, until: datetime) -> None:
    """Note that the one at this place opened the week that ends then."""
    await connection.execute(_NOTE_OPENED, {"couple": couple, "place_of_one": place, "end": until})


async def yeses_of(connection: AsyncConnection, couple: UUID, now: datetime) -> list[YesRow]:
    return await fetch_all(connection, YesRow, _YESES, {"couple": couple, "now": now})


async def times_of(connection: AsyncConnection, couple: UUID) -> list[TimeRow]:
    return await fetch_all(connection, TimeRow, _TIMES, {"couple": couple})


async def mutual_of(connection: AsyncConnection, couple: UUID) -> list[MutualRow]:
    return await fetch_all(connection, MutualRow, _MUTUAL, {"couple": couple})


async def own_mutual(connection: AsyncConnection, couple: UUID, partner: UUID) -> bytes | None:
    row = await OWN_MUTUAL.one(connection, couple=couple, partner=partner)
    return None if row is None else row.sealed


async def put_mutual(connection: AsyncConnection, couple: UUID, partner: UUID, sealed: bytes) -> None:
    put_own = PUT_MUTUAL[connection.dialect.name]
    await put_own.run(connection, couple_key=couple, partner_key=partner, sealed=sealed)


async def remove_mutual(connection: AsyncConnection, partner: UUID) -> None:
    await connection.execute(delete(mutual_answers).where(mutual_answers.c.partner_key == partner))


async def remove_brought(connection: AsyncConnection, partner: UUID) -> None:
    """Remove what a partner brought into their links: yeses, times and mutual answers."""
    for table in (yeses, appointments, mutual_answers):
        await connection.execute(delete(table).where(table.c.partner_key == partner))


async def remove_all_of(connection: AsyncConnection, couple: UUID) -> None:
    """Remove all that is sealed for a link, and its week."""
    for table in (weeks, yeses, appointments, mutual_answers):
        await connection.execute(delete(table).where(table.c.couple_key == couple))


async def due_for_a_key(connection: AsyncConnection, now: datetime, limit: int) -> list[KeyAndIdRow]:
    """Return couples whose data key is to be replaced by now, since one of them was erased."""
    return await fetch_all(connection, KeyAndIdRow, _DUE_FOR_A_KEY, {"now": now, "limit": limit})


async def set_rekey_at(connection: AsyncConnection, couple: UUID, moment: datetime | None) -> None:
    await connection.execute(update(couples).where(couples.c.key == couple).values(rekey_at=moment))
