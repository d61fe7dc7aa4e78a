"""What is kept of one partner and nothing else reads as a whole."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.schema.couples import couples, members
from app.store.schema.partners import tokens
from app.store.schema.plan import calendars

_LOGINS = select(tokens).where(tokens.c.partner_key == bindparam("partner")).order_by(tokens.c.created_at, tokens.c.key)
_COUPLES = (
    select(couples.c.id, members.c.place, members.c.standing)
    .join_from(members, couples, couples.c.key == members.c.couple_key)
    .where(members.c.partner_key == bindparam("partner"))
    .order_by(couples.c.key)
)
_HAS_CALENDAR = select(exists().where(calendars.c.partner_key == bindparam("partner")))

Found = Row[*tuple[Any, ...]]


async def logins(connection: AsyncConnection, partner: UUID) -> Sequence[Found]:
    """Those that are over as well."""
    return (await connection.execute(_LOGINS, {"partner": partner})).all()


async def couples_of(connection: AsyncConnection, partner: UUID) -> Sequence[Found]:
    """Where they belong or belonged; nobody else is in it."""
    return (await connection.execute(_COUPLES, {"partner": partner})).all()


async def has_calendar(connection: AsyncConnection, partner: UUID) -> bool:
    return bool((await connection.execute(_HAS_CALENDAR, {"partner": partner})).scalar_one())
