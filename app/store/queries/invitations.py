from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_one
from app.store.schema.couples import couples, invitations, members
from app.store.schema.partners import partners

_FIRST, _SECOND = 1, 2


class InvitationRow(NamedTuple):
    """An invitation that works, its couple's id, and the standing of inviter and invited in the couple."""

    key: UUID
    couple_key: UUID
    id: str
    inviter: UUID | None
    inviter_id: str | None
    inviter_standing: str | None
    standing: str | None


_inviter, _invited = members.alias("inviter"), members.alias("invited")
# All that can be wrong with a code is in this one statement, so that a response cannot tell which of it was. A partner
# who is linked already may use it again: that does not tell them whether the inviter has left or was erased.
_OPEN = (
    select(
        invitations.c.key,
        invitations.c.couple_key,
        couples.c.id,
        _inviter.c.partner_key.label("inviter"),
        partners.c.id.label("inviter_id"),
        _inviter.c.standing.label("inviter_standing"),
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
        # Nobody follows one who answered here, whether they left or were erased.
        couples.c.first_at.is_(None) | _invited.c.partner_key.is_not(None),
        _invited.c.partner_key.is_(None) | (_invited.c.partner_key == bindparam("partner")),
    )
)
_COUNT_OPEN = select(func.count()).where(
    invitations.c.couple_key == bindparam("couple"),
    invitations.c.used_at.is_(None),
    invitations.c.expires_at > bindparam("now"),
)
_USE = update(invitations).where(invitations.c.key == bindparam("of_key"))


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(invitations), values)


async def count_open(connection: AsyncConnection, couple: UUID, now: datetime) -> int:
    """Count the invitations of a couple that are neither used nor expired."""
    return int((await connection.execute(_COUNT_OPEN, {"couple": couple, "now": now})).scalar_one())


async def find_open(
    connection: AsyncConnection, code_hash: bytes, now: datetime, **invited: object
) -> InvitationRow | None:
    """Return the invitation with this code, if it works now for the invited.

    `invited` is the key of a `partner`, and the `integrator` and `mode` through which they came.
    """
    return await fetch_one(connection, InvitationRow, _OPEN, {"hash": code_hash, "now": now, **invited})


async def mark_used(connection: AsyncConnection, key: UUID, now: datetime) -> None:
    await connection.execute(_USE.values(used_at=now), {"of_key": key})
