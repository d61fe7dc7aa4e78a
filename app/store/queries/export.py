"""Rows of one partner that only the export reads as a whole."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all
from app.store.queries.tokens import ENDED_AT, MINTED_BY
from app.store.schema.couples import couples, members
from app.store.schema.integrators import api_keys
from app.store.schema.partners import tokens
from app.store.schema.plan import calendars


class LoginHistoryRow(NamedTuple):
    """A token, also one that no longer works, with the key of the integrator that minted it."""

    id: str
    made_by: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class MembershipRow(NamedTuple):
    id: str
    place: int
    standing: str


_LOGINS = (
    select(
        tokens.c.id,
        tokens.c.api_key_id.label("made_by"),
        tokens.c.created_at,
        tokens.c.expires_at,
        ENDED_AT.label("ended_at"),
    )
    .outerjoin_from(tokens, api_keys, MINTED_BY)
    .where(tokens.c.partner_key == bindparam("partner"))
    .order_by(tokens.c.created_at, tokens.c.key)
)
_COUPLES = (
    select(couples.c.id, members.c.place, members.c.standing)
    .join_from(members, couples, couples.c.key == members.c.couple_key)
    .where(members.c.partner_key == bindparam("partner"))
    .order_by(couples.c.key)
)
_HAS_CALENDAR = select(exists().where(calendars.c.partner_key == bindparam("partner")))


async def logins(connection: AsyncConnection, partner: UUID) -> list[LoginHistoryRow]:
    """Return every token of a partner, the oldest first."""
    return await fetch_all(connection, LoginHistoryRow, _LOGINS, {"partner": partner})


async def couples_of(connection: AsyncConnection, partner: UUID) -> list[MembershipRow]:
    """Return a partner's couples, the oldest first."""
    return await fetch_all(connection, MembershipRow, _COUPLES, {"partner": partner})


async def has_calendar(connection: AsyncConnection, partner: UUID) -> bool:
    return bool((await connection.execute(_HAS_CALENDAR, {"partner": partner})).scalar_one())
