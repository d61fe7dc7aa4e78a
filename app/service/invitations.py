"""Invitations: a code for one person, once, which the other redeems with their own token."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import InvitationNotFound, NotFound
from app.service import audit
from app.service.couples import Couple, leave
from app.service.integrators import KeyHolder
from app.service.partners import Partner
from app.store.crypto.ids import new_key
from app.store.crypto.vault import Vault
from app.store.queries import couples as stored_couples
from app.store.queries import invitations as stored_invitations

GOOD_FOR = timedelta(days=7)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""None that looks like another, whoever reads it to whom."""
_GROUPS, _LETTERS_A_GROUP = 4, 5


class Invitation(NamedTuple):
    """The only moment at which the code can be seen."""

    code: str
    expires_at: datetime


async def invite(
    connection: AsyncConnection, vault: Vault, holder: KeyHolder, couple: Couple, now: datetime
) -> Invitation:
    """A new code; those before it still work. It is given alike when the inviter has left. Raises `NotFound`."""
    if not await stored_couples.hold(connection, couple.key):
        raise NotFound("There is no such couple.")
    invitation = Invitation(_new_code(), now + GOOD_FOR)
    await stored_invitations.add(
        connection,
        key=new_key(),
        couple_key=couple.key,
        hash=_hash(invitation.code),
        expires_at=invitation.expires_at,
    )
    for member in await stored_couples.members_of(connection, couple.key):
        if member.place == 1:
            await audit.add(connection, vault, member.id, "invitation_made", holder.key, now)
    return invitation


async def accept(connection: AsyncConnection, vault: Vault, partner: Partner, code: str, now: datetime) -> str:
    """Link the two, and give the couple's id. Raises `InvitationNotFound` for every code that does not work."""
    found = await _open_to(connection, partner, code, now)
    await stored_couples.hold(connection, found.couple_key)
    await stored_couples.hold_partners(connection, [each for each in (found.inviter, partner.key) if each])
    # Read again, now that nobody else can use the code or move one of the two.
    found = await _open_to(connection, partner, code, now)
    await stored_invitations.use(connection, found.key, now)
    if found.standing != "linked":
        await _link_the_invited(connection, vault, partner, found, now)
    if found.standing_of_inviter == "waiting":
        await leave(connection, vault, found.inviter, found.id_of_inviter, now)
        await stored_couples.set_standing(connection, found.couple_key, found.inviter, "linked")
        await audit.add(connection, vault, found.id_of_inviter, "linked", found.id, now)
    return str(found.id)


async def _link_the_invited(
    connection: AsyncConnection, vault: Vault, partner: Partner, found: Any, now: datetime
) -> None:
    await leave(connection, vault, partner.key, partner.id, now)
    if found.standing is None:
        await stored_couples.add_member(connection, found.couple_key, 2, partner.key, "linked")
    else:
        await stored_couples.set_standing(connection, found.couple_key, partner.key, "linked")
    await audit.add(connection, vault, partner.id, "linked", found.id, now)


async def _open_to(connection: AsyncConnection, partner: Partner, code: str, now: datetime) -> Any:
    invited = {"partner": partner.key, "integrator": partner.integrator, "mode": partner.mode}
    found = await stored_invitations.open_to(connection, _hash(code), now, **invited)
    if found is None:
        raise InvitationNotFound
    return found


def _new_code() -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(_LETTERS_A_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _hash(code: str) -> bytes:
    """However it was written down: what is between the letters says nothing."""
    return sha256("".join(filter(str.isalnum, code.upper())).encode()).digest()
