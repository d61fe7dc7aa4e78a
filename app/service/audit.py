"""The audit chain of each partner: every event seals the one before it, so that a changed row is found.

Each partner has a chain of their own, because one lock for all would let a partner notice when the other acts. Events
hold ids, never answers.
"""

from collections.abc import AsyncGenerator
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

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
_FIRST_KEY = UUID(int=0)
_RANGE, _SOUGHT_AT_ONCE = 1000, 100_000
"""So many logins are read at once, and so many receipts are looked for in one pass through all chains."""


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

    A partner of whom a login is unlocked, and in whose chain it never was, is among them. Everything is read in order
    or in ranges, so that memory does not grow with how many there are.
    """
    broken = {partner async for partner in _broken_chains(connection, vault)}
    broken |= await stored_audit.cut_off(connection)
    broken |= {partner async for partner in _unlocked_past_the_chain(connection)}
    return sorted(broken | {receipt async for receipt in _receipts_without_a_chain(connection)})


async def _broken_chains(connection: Connection, vault: Vault) -> AsyncGenerator[str]:
    """Yield the partner of each event that is not chained to the one before, or is not the end that the head seals."""
    chain, number, before = "", 0, _START
    async for row in stored_audit.stream_events(connection):
        if row.partner_id != chain:
            chain, number, before = row.partner_id, 0, _START
        event = ChainedEvent(row.partner_id, row.number, row.event, row.subject, row.happened_on)
        is_chained = row.number == number + 1 and row.hash == hash_of(vault, before, event)
        number, before = row.number, end_hash(vault, row.hash)
        is_past_end = row.head_number is None or number > row.head_number
        if not is_chained or is_past_end or (number == row.head_number and before != row.head_hash):
            yield chain


async def _unlocked_past_the_chain(connection: Connection) -> AsyncGenerator[str]:
    """Yield partners of whom a login is unlocked on a day on which their chain unlocked none."""
    after = _FIRST_KEY
    while rows := await stored_tokens.unlocked_after(connection, after, _RANGE):
        days = await stored_audit.unlock_days(connection, {row.partner_id for row in rows})
        for row in rows:
            if (row.partner_id, (row.unlocked_until - UNLOCKED_FOR).date()) not in days:
                yield row.partner_id
        after = rows[-1].key


async def _receipts_without_a_chain(connection: Connection) -> AsyncGenerator[str]:
    """Yield receipts of erased partners whose chain is missing: each has at least `partner_added`."""
    day, receipt = date.min, ""
    while rows := await stored_erasures.receipts_after(connection, day, receipt, _SOUGHT_AT_ONCE):
        missing = {row.subject_hash for row in rows}
        async for id_ in stored_audit.stream_chains(connection):
            missing.discard(sha256_of(id_))
        for row in rows:
            if row.subject_hash in missing:
                yield row.receipt
        day, receipt = rows[-1].erased_on, rows[-1].receipt
