"""Invitations: a code for one use, which the second partner redeems with their own token."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from app.errors import InvitationNotFound, NotFound, TooManyInvitations
from app.rulesets.library import Library
from app.service import audit
from app.service.couples import Couple, leave
from app.service.data_keys import renew_key
from app.service.integrators import KeyHolder
from app.service.partners import Partner
from app.service.session import Session
from app.store.connection.session import act_for
from app.store.crypto.ids import new_key
from app.store.queries import couples as stored_couples
from app.store.queries import invitations as stored_invitations
from app.store.queries.invitations import InvitationRow

VALID_FOR = timedelta(days=7)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No two that look or sound alike when a code is read aloud: no 0, 1, I, L, O, U."""
_GROUPS, _GROUP_LENGTH = 4, 5


class Invitation(NamedTuple):
    """A code, which is not stored and can be shown only now."""

    code: str
    expires_at: datetime


async def invite(session: Session, holder: KeyHolder, couple: Couple, quota: int) -> Invitation:
    """Return a new code; earlier ones still work.

    Raises `NotFound` where the couple was removed meanwhile, `TooManyInvitations` where `quota` are open. A couple
    whose inviter left gets a code like any other, so that the integrator cannot tell.
    """
    if not await stored_couples.lock(session.connection, couple.key):
        raise NotFound("There is no such couple.")
    if await stored_invitations.count_open(session.connection, couple.key, session.now) >= quota:
        raise TooManyInvitations
    invitation = Invitation(_new_code(), session.now + VALID_FOR)
    values = {"key": new_key(), "couple_key": couple.key, "hash": _hash(invitation.code)}
    await stored_invitations.add(session.connection, **values, expires_at=invitation.expires_at)
    for member in await stored_couples.members_of(session.connection, [couple.key]):
        if member.place == 1:
            await audit.add(session, member.id, "invitation_made", holder.key)
    return invitation


async def accept(session: Session, partner: Partner, code: str, library: Library) -> str:
    """Link the two and return the couple's id. Raises `InvitationNotFound` for every code that does not work."""
    invitation = await _find_open(session, partner, code)
    await stored_couples.lock(session.connection, invitation.couple_key)
    await stored_couples.lock_partners(session.connection, [key for key in (invitation.inviter, partner.key) if key])
    # Read again: before the locks another request may have used the code, or one of the two may have left.
    invitation = await _find_open(session, partner, code)
    await stored_invitations.mark_used(session.connection, invitation.key, session.now)
    if invitation.standing != "linked":
        await _link_invited(session, partner, invitation, library)
    if invitation.inviter and invitation.inviter_id and invitation.inviter_standing == "waiting":
        # What the inviter shared with somebody else is closed to whoever accepts.
        await act_for(session.connection, invitation.inviter)
        await leave(session, invitation.inviter, invitation.inviter_id, library)
        await act_for(session.connection, partner.key)
        await stored_couples.set_standing(session.connection, invitation.couple_key, invitation.inviter, "linked")
        await audit.add(session, invitation.inviter_id, "linked", invitation.id)
    return invitation.id


async def _link_invited(session: Session, partner: Partner, invitation: InvitationRow, library: Library) -> None:
    await leave(session, partner.key, partner.id, library)
    if invitation.standing is None:
        await stored_couples.add_member(session.connection, invitation.couple_key, 2, partner.key, "linked")
        # Somebody may have been here who was erased: nothing of theirs goes on.
        await renew_key(session, invitation.couple_key, invitation.id)
    else:
        await stored_couples.set_standing(session.connection, invitation.couple_key, partner.key, "linked")
    await audit.add(session, partner.id, "linked", invitation.id)


async def _find_open(session: Session, partner: Partner, code: str) -> InvitationRow:
    invited = {"partner": partner.key, "integrator": partner.integrator, "mode": partner.mode}
    invitation = await stored_invitations.find_open(session.connection, _hash(code), session.now, **invited)
    if invitation is None:
        raise InvitationNotFound
    return invitation


def _new_code() -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def _hash(code: str) -> bytes:
    """Hash the letters and digits alone, so that a code may be typed with any case and separators."""
    return sha256("".join(filter(str.isalnum, code.upper())).encode()).digest()
