"""The audit chain of each partner: every event seals the one before it, so that a changed row is found.

Each partner has a chain of their own, because one lock for all would let a partner notice when the other acts. Events
hold ids, never answers.
"""

from collections.abc import Set as AbstractSet
from datetime import date
from typing import Literal, NamedTuple

from app.service.data_keys import bind_keys
from app.service.private_marks import UNLOCKED_FOR
from app.service.session import Session
from app.store.connection.database import Connection, Database
from app.store.crypto.ids import sha256_of
from app.store.crypto.vault import Vault
from app.store.queries import audit as stored_audit
from app.store.queries import erasures as stored_erasures
from app.store.queries import tokens as stored_tokens

LoggedEvent = Literal[
    "invitation_made",
    "linked",
    "unlinked",
    "couple_ended",
    "profile_changed",
    "consent_given",
    "consent_taken_back",
    "passphrase_set",
    "unlocked",
    "unlock_refused",
    "calendar_opened",
    "calendar_closed",
    "exported",
]
"""Events that the access log shows to their partner by the same name."""
AuditEvent = Literal["partner_added", "token_minted", "token_revoked", LoggedEvent, "erased"]
# Stands for the hash before the first event.
_START = bytes(32)


class ChainedEvent(NamedTuple):
    """An event with all that its hash is made from, except the hash before it."""

    partner_id: str
    number: int
    event: str
    subject: str | None
    happened_on: date


async def add(session: Session, partner: str, event: AuditEvent, subject: str | None = None) -> None:
    """Append an event to the chain of the partner with this id; `subject` is the id of what it is about."""
    last = await stored_audit.head(session.connection, partner)
    number, before = (last.number + 1, last.hash) if last else (1, _START)
    chained = ChainedEvent(partner, number, event, subject, session.now.date())
    hash_ = hash_of(session.vault, before, chained)
    await stored_audit.append(session.connection, **chained._asdict(), hash_=hash_, end=end_hash(session.vault, hash_))


def hash_of(vault: Vault, before: bytes, event: ChainedEvent) -> bytes:
    """Return the keyed hash of an event and of the hash before it."""
    parts = (event.partner_id, str(event.number), event.event, event.subject or "", event.happened_on.isoformat())
    return vault.seal_of(before, *(part.encode() for part in parts))


def end_hash(vault: Vault, hash_: bytes) -> bytes:
    """Return the keyed hash of a chain's end, without which an earlier event could be made the last one."""
    return vault.seal_of(b"end", hash_)


async def verify(database: Database, vault: Vault) -> list[str]:
    """Return the result of `find_tampering` on one snapshot, while other processes append."""
    await bind_keys(database, vault)
    async with database.reading() as connection:
        await stored_audit.use_snapshot(connection)
        return await find_tampering(connection, vault)


async def find_tampering(connection: Connection, vault: Vault) -> list[str]:
    """Return whose chain is broken, cut off or missing: ids of partners, and receipts of erased ones.

    A partner of whom a login is unlocked, and in whose chain it never was, is among them.
    """
    heads = {row.partner_id: (row.number, row.hash) for row in await stored_audit.heads(connection)}
    broken: set[str] = set()
    ends: dict[str, tuple[int, bytes]] = {}
    unlocked: set[tuple[str, date]] = set()
    async for row in stored_audit.stream_events(connection):
        number, before = ends.get(row.partner_id, (0, _START))
        event = ChainedEvent(row.partner_id, row.number, row.event, row.subject, row.happened_on)
        if row.number != number + 1 or row.hash != hash_of(vault, before, event):
            broken.add(row.partner_id)
        ends[row.partner_id] = row.number, end_hash(vault, row.hash)
        if row.event == "unlocked":
            unlocked.add((row.partner_id, row.happened_on))
    broken |= {partner for partner in heads.keys() | ends.keys() if heads.get(partner) != ends.get(partner)}
    for login in await stored_tokens.unlocked(connection):
        if (login.partner_id, (login.unlocked_until - UNLOCKED_FOR).date()) not in unlocked:
            broken.add(login.partner_id)
    return sorted(broken | await _without_a_chain(connection, ends.keys()))


async def _without_a_chain(connection: Connection, known: AbstractSet[str]) -> set[str]:
    """Return partners and receipts without a chain: each has at least `partner_added`, also after erasure."""
    present = {row.id for row in await stored_erasures.all_partners(connection)}
    hashed = {sha256_of(id_) for id_ in known}
    erased = await stored_erasures.all_receipts(connection)
    return present - known | {row.receipt for row in erased if row.subject_hash not in hashed}
