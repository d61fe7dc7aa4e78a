"""Who did what with a partner's data, for that partner to read."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.service.audit import Event
from app.service.tokens import Login
from app.store.queries import access_log as stored_access_log

AccessKind = Literal[
    "added",
    "login_made",
    "login_ended",
    "invitation_made",
    "linked",
    "unlinked",
    "couple_ended",
    "consent_given",
    "consent_taken_back",
    "passphrase_set",
    "unlocked",
    "unlock_refused",
    "calendar_opened",
    "calendar_closed",
    "exported",
]
_KINDS: Mapping[Event, AccessKind] = {
    "partner_added": "added",
    "token_minted": "login_made",
    "token_revoked": "login_ended",
    "invitation_made": "invitation_made",
    "linked": "linked",
    "unlinked": "unlinked",
    "couple_ended": "couple_ended",
    "consent_given": "consent_given",
    "consent_taken_back": "consent_taken_back",
    "passphrase_set": "passphrase_set",
    "unlocked": "unlocked",
    "unlock_refused": "unlock_refused",
    "calendar_opened": "calendar_opened",
    "calendar_closed": "calendar_closed",
    "exported": "exported",
}
_TELL_OF_A_PASSPHRASE: frozenset[Event] = frozenset({"passphrase_set", "unlocked"})


class AccessEntry(NamedTuple):
    """`key` is the id of the key with which it was done; None where it was the partner's own doing."""

    day: date
    kind: AccessKind
    key: str | None
    number: int


async def find_access_entries(
    connection: AsyncConnection, login: Login, before: int | None, most: int
) -> list[AccessEntry]:
    """The newest first. That there is a passphrase shows to a fresh or an unlocked login alone."""
    may_know = login.is_fresh or login.is_unlocked
    kinds = _KINDS.keys() if may_know else _KINDS.keys() - _TELL_OF_A_PASSPHRASE
    return [
        AccessEntry(row.happened_on, _KINDS[row.event], _key_in(row.subject), row.number)
        for row in await stored_access_log.page(connection, login.partner.id, kinds, before, most)
    ]


def _key_in(subject: str | None) -> str | None:
    return subject if subject and subject.startswith("key_") else None
