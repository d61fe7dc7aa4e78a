"""Choices, and the yeses of a couple: two yeses with one mark are a mutual yes."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, select_row
from app.store.connection.upsert import upsert
from app.store.schema.choices import choices, yeses
from app.store.schema.consents import consents
from app.store.schema.couples import members


class ChoiceRow(NamedTuple):
    """A sealed choice under the keyed mark of its activity."""

    mark: bytes
    sealed: bytes


OF_PARTNER = select_row(ChoiceRow, choices).where(choices.c.partner_key == bindparam("partner"))
_me, _them = members.alias("me"), members.alias("them")
_own, _other = yeses.alias("own"), yeses.alias("other")
_processing = consents.alias("processing")
# Starts from one's own yeses, so that a yes of the other that meets none of them is never read. The yeses of a partner
# who took back the consent to processing do not count.
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


async def of_partner(connection: AsyncConnection, partner: UUID) -> list[ChoiceRow]:
    return await fetch_all(connection, ChoiceRow, OF_PARTNER, {"partner": partner})


async def put(connection: AsyncConnection, partner: UUID, mark: bytes, sealed: bytes) -> None:
    """Store a choice in place of the one about the same activity."""
    await upsert(connection, choices, {"partner_key": partner, "mark": mark}, sealed=sealed)


async def remove(connection: AsyncConnection, partner: UUID, mark: bytes) -> bool:
    """Remove a choice; return False where there was none."""
    own = (choices.c.partner_key == partner) & (choices.c.mark == mark)
    return (await connection.execute(delete(choices).where(own))).rowcount == 1


async def add_yes(connection: AsyncConnection, couple: UUID, mark: bytes, partner: UUID, until: datetime) -> None:
    """Store a yes that counts in the couple until `until`, or move the end of the one there is."""
    key = {"couple_key": couple, "mark": mark, "partner_key": partner}
    await upsert(connection, yeses, key, until=until)


async def end_yeses(connection: AsyncConnection, partner: UUID, mark: bytes | None, until: datetime) -> None:
    """Let a partner's yes to `mark`, or with None every yes, count no longer than until `until`."""
    own = (yeses.c.partner_key == partner) & (yeses.c.until > until)
    if mark is not None:
        own &= yeses.c.mark == mark
    await connection.execute(update(yeses).where(own).values(until=until))


async def end_all_yeses(
    connection: AsyncConnection, partner: UUID, mutual: set[bytes], turn: datetime, now: datetime
) -> None:
    """End every yes of a partner: those with a `mutual` mark at `turn`, the others now."""
    await end_yeses(connection, partner, None, turn)
    alone = (yeses.c.partner_key == partner) & (yeses.c.until > now) & yeses.c.mark.not_in(mutual)
    await connection.execute(update(yeses).where(alone).values(until=now))


async def mutual_marks(connection: AsyncConnection, partner: UUID, couple: UUID, now: datetime) -> set[bytes]:
    """Return the marks to which both said yes and which still count for this partner."""
    parameters = {"partner": partner, "couple": couple, "now": now}
    return set((await connection.execute(_MUTUAL, parameters)).scalars())
