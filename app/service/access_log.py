"""The access log: events about a partner's data, for that partner to read."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple, get_args

from app.service.audit import AuditEvent, LoggedEvent
from app.service.session import Session
from app.service.tokens import Login
from app.store.queries import access_log as stored_access_log

AccessKind = Literal["added", "login_made", "login_ended", LoggedEvent]
_RENAMED: dict[str, AccessKind] = {
    "partner_added": "added",
    "token_minted": "login_made",
    "token_revoked": "login_ended",
}
_KINDS: Mapping[str, AccessKind] = _RENAMED | {event: event for event in get_args(LoggedEvent)}
_REVEAL_PASSPHRASE: frozenset[AuditEvent] = frozenset({"passphrase_set", "unlocked"})


class AccessEntry(NamedTuple):
    """An entry of the log; `key` is the id of the API key that was used, None where the partner acted."""

    day: date
    kind: AccessKind
    key: str | None
    number: int


async def find_access_entries(session: Session, login: Login, before: int | None, limit: int) -> list[AccessEntry]:
    """Return entries, the newest first, from below the number `before`.

    Entries that reveal whether there is a passphrase are left out unless the login is fresh or unlocked.
    """
    sees_passphrase = login.is_fresh or login.is_unlocked
    kinds = _KINDS.keys() if sees_passphrase else _KINDS.keys() - _REVEAL_PASSPHRASE
    return [
        AccessEntry(row.happened_on, _KINDS[row.event], _key_in(row.subject), row.number)
        for row in await stored_access_log.page(session.connection, login.partner.id, kinds, before, limit)
    ]


def _key_in(subject: str | None) -> str | None:
    return subject if subject and subject.startswith("key_") else None
