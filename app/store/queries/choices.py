"""Choices, and the yeses of a couple: where two of one mark meet, both said yes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.upsert import insert_into
from app.store.schema.choices import choices, yeses
from app.store.schema.consents import consents
from app.store.schema.couples import members

OF_PARTNER = select(choices.c.mark, choices.c.sealed).where(choices.c.partner_key == bindparam("partner"))
_me, _them = members.alias("me"), members.alias("them")
_own, _other = yeses.alias("own"), yeses.alias("other")
_processing = consents.alias("processing")
# Starts from one's own yeses: a yes of the other that meets none of them is never read. Whoever took back the consent
# to be worked with has no yes that counts.
_MUTUAL = (
    select(_own.c.mark)
    .join_from(_own, _me, and_(_me.c.couple_key == _own.c.couple_key, _me.c.partner_key == _own.c.partner_key))
    .join(_them, and_(_them.c.couple_key == _me.c.couple_key, _them.c.place != _me.c.place))
    .join(
        _other,
        and_(
            _other.c.couple_key == _own.c.couple_key,
            _other.c.mark == _own.c.mark,
            _other.c.partner_key == _them.c.partner_key,
        ),
    )
    .join(
        _processing,
        and_(
            _processing.c.partner_key == _them.c.partner_key,
            _processing.c.purpose == "processing",
            _processing.c.granted,
        ),
    )
    .where(
        _own.c.partner_key == bindparam("partner"),
        _own.c.couple_key == bindparam("couple"),
        _own.c.until > bindparam("now"),
        _other.c.until > bindparam("now"),
        _me.c.standing == "linked",
    )
)


async def of_partner(connection: AsyncConnection, partner: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    return (await connection.execute(OF_PARTNER, {"partner": partner})).all()


async def put(connection: AsyncConnection, partner: UUID, mark: bytes, sealed: bytes) -> None:
    statement = insert_into(connection, choices).values(partner_key=partner, mark=mark, sealed=sealed)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["partner_key", "mark"], set_={"sealed": sealed})
    )


async def remove(connection: AsyncConnection, partner: UUID, mark: bytes) -> bool:
    """Whether there was one."""
    mine = (choices.c.partner_key == partner) & (choices.c.mark == mark)
    return (await connection.execute(delete(choices).where(mine))).rowcount == 1


async def say_yes(connection: AsyncConnection, couple: UUID, mark: bytes, partner: UUID, until: datetime) -> None:
    statement = insert_into(connection, yeses).values(couple_key=couple, mark=mark, partner_key=partner, until=until)
    keys = ["couple_key", "mark", "partner_key"]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"until": until}))


async def take_back(connection: AsyncConnection, partner: UUID, mark: bytes | None, until: datetime) -> None:
    """It lapses then, or has lapsed earlier; without a mark, every yes of this partner."""
    mine = (yeses.c.partner_key == partner) & (yeses.c.until > until)
    if mark is not None:
        mine &= yeses.c.mark == mark
    await connection.execute(update(yeses).where(mine).values(until=until))


async def take_back_all(
    connection: AsyncConnection, partner: UUID, shared: set[bytes], turn: datetime, now: datetime
) -> None:
    """For the other, what is shared lapses at this turn; what is not shared never will be."""
    await take_back(connection, partner, None, turn)
    alone = (yeses.c.partner_key == partner) & (yeses.c.until > now) & yeses.c.mark.not_in(shared)
    await connection.execute(update(yeses).where(alone).values(until=now))


async def mutual(connection: AsyncConnection, partner: UUID, couple: UUID, now: datetime) -> set[bytes]:
    """The marks that both said yes to and that still count for this partner."""
    given = {"partner": partner, "couple": couple, "now": now}
    return set((await connection.execute(_MUTUAL, given)).scalars())


async def remove_lapsed(connection: AsyncConnection, now: datetime) -> None:
    await connection.execute(delete(yeses).where(yeses.c.until <= now))
