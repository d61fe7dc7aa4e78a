"""What was done with one partner's data: a chain of events for each, so that no row can be changed unseen.

One chain for all would be a lock on which one partner could feel the other. Events hold ids, never answers.
"""

from collections.abc import Set as AbstractSet
from datetime import date, datetime
from hashlib import sha256
from typing import Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.database import Database
from app.store.crypto.vault import Vault
from app.store.queries import audit as stored_audit
from app.store.queries import erasures as stored_erasures

Event = Literal[
    "partner_added",
    "token_minted",
    "token_revoked",
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
    "erased",
]
_START = bytes(32)


class Link(NamedTuple):
    """One event as it is chained."""

    partner: str
    number: int
    event: str
    subject: str | None
    happened_on: date


async def add(
    connection: AsyncConnection, vault: Vault, partner: str, event: Event, subject: str | None, now: datetime
) -> None:
    last = await stored_audit.head(connection, partner)
    number, before = (last.number + 1, last.hash) if last else (1, _START)
    link = Link(partner, number, event, subject, now.date())
    hash_ = chained(vault, before, link)
    happened = {"event": event, "subject": subject, "happened_on": link.happened_on}
    await stored_audit.add(connection, partner, number, hash_=hash_, end=end_after(vault, hash_), **happened)


def chained(vault: Vault, before: bytes, link: Link) -> bytes:
    """The seal over one event and all before it."""
    parts = (link.partner, str(link.number), link.event, link.subject or "", link.happened_on.isoformat())
    return vault.seal_of(before, *(part.encode() for part in parts))


def end_after(vault: Vault, hash_: bytes) -> bytes:
    """Seals where a chain ends, so that an earlier event cannot be made the last one."""
    return vault.seal_of(b"end", hash_)


async def verify(database: Database, vault: Vault) -> list[str]:
    """Look through all chains as they are at one moment, while others add to them."""
    async with database.reading() as connection:
        await stored_audit.stand_still(connection)
        return await find_tampering(connection, vault)


async def find_tampering(connection: AsyncConnection, vault: Vault) -> list[str]:
    """Whose chain is broken, cut off or gone: ids of partners, and receipts of those who were erased."""
    heads = await stored_audit.heads(connection)
    broken: set[str] = set()
    ends: dict[str, tuple[int, bytes]] = {}
    async for row in await stored_audit.every_event(connection):
        number, before = ends.get(row.partner_id, (0, _START))
        link = Link(row.partner_id, row.number, row.event, row.subject, row.happened_on)
        if row.number != number + 1 or row.hash != chained(vault, before, link):
            broken.add(row.partner_id)
        ends[row.partner_id] = row.number, end_after(vault, row.hash)
    broken |= {partner for partner in heads.keys() | ends.keys() if heads.get(partner) != ends.get(partner)}
    return sorted(broken | await _without_a_chain(connection, ends.keys()))


async def _without_a_chain(connection: AsyncConnection, known: AbstractSet[str]) -> set[str]:
    """Everyone has at least the event that they were added, and stays in it when they are gone."""
    present = {row.id for row in await stored_erasures.everyone(connection)}
    hashed = {sha256(id_.encode()).digest() for id_ in known}
    erased = await stored_erasures.every_receipt(connection)
    return present - known | {row.receipt for row in erased if row.subject_hash not in hashed}
