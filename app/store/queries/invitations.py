from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.schema.couples import couples, invitations, members
from app.store.schema.partners import partners

_FIRST, _SECOND = 1, 2
_inviter, _invited = members.alias("inviter"), members.alias("invited")
# All that can be wrong with a code is in this one statement, so that nothing tells which of it was. Whoever is linked
# already is told so, and not whether the inviter still is, or still exists.
_OPEN = (
    select(
        invitations.c.key,
        invitations.c.couple_key,
        couples.c.id,
        _inviter.c.partner_key.label("inviter"),
        partners.c.id.label("id_of_inviter"),
        _inviter.c.standing.label("standing_of_inviter"),
        _invited.c.standing.label("standing"),
    )
    .join_from(invitations, couples, couples.c.key == invitations.c.couple_key)
    .outerjoin(_inviter, (_inviter.c.couple_key == couples.c.key) & (_inviter.c.place == _FIRST))
    .outerjoin(partners, partners.c.key == _inviter.c.partner_key)
    .outerjoin(_invited, (_invited.c.couple_key == couples.c.key) & (_invited.c.place == _SECOND))
    .where(
        invitations.c.hash == bindparam("hash"),
        invitations.c.used_at.is_(None),
        invitations.c.expires_at > bindparam("now"),
        couples.c.integrator_id == bindparam("integrator"),
        couples.c.mode == bindparam("mode"),
        (_inviter.c.standing != "left") | (_invited.c.standing == "linked"),
        _inviter.c.partner_key.is_(None) | (_inviter.c.partner_key != bindparam("partner")),
        _invited.c.partner_key.is_(None) | (_invited.c.partner_key == bindparam("partner")),
    )
)
_USE = update(invitations).where(invitations.c.key == bindparam("of_key"))

Found = Row[*tuple[Any, ...]]


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(invitations), values)


async def open_to(connection: AsyncConnection, code_hash: bytes, now: datetime, **invited: object) -> Found | None:
    """The invitation that works now for the invited, with how the inviter and they themselves stand in the couple."""
    return (await connection.execute(_OPEN, {"hash": code_hash, "now": now, **invited})).one_or_none()


async def use(connection: AsyncConnection, key: UUID, now: datetime) -> None:
    await connection.execute(_USE.values(used_at=now), {"of_key": key})
