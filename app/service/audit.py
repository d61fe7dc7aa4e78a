"""What was done with one partner's data: a chain of events for each, so that no row can be changed unseen.

One chain for all would be a lock on which one partner could feel the other. Events hold ids, never answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from app import store

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.store.vault import Vault

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
    last = await store.audit.head(connection, partner)
    number, before = (last.number + 1, last.hash) if last else (1, _START)
    link = Link(partner, number, event, subject, now.date())
    hash_ = chained(vault, before, link)
    await store.audit.add(
        connection, partner, number, hash_, event=event, subject=subject, happened_on=link.happened_on
    )


def chained(vault: Vault, before: bytes, link: Link) -> bytes:
    """The seal over one event and all before it."""
    parts = (link.partner, str(link.number), link.event, link.subject or "", link.happened_on.isoformat())
    return vault.seal_of(before, *(part.encode() for part in parts))


async def find_tampering(connection: AsyncConnection, vault: Vault) -> list[str]:
    """The partner ids whose chain is broken, or whose last events were cut off."""
    heads = await store.audit.heads(connection)
    broken: dict[str, None] = {}
    ends: dict[str, tuple[int, bytes]] = {}
    async for row in await store.audit.every_event(connection):
        number, before = ends.get(row.partner_id, (0, _START))
        link = Link(row.partner_id, row.number, row.event, row.subject, row.happened_on)
        if row.number != number + 1 or row.hash != chained(vault, before, link):
            broken[row.partner_id] = None
        ends[row.partner_id] = row.number, row.hash
    broken |= {partner: None for partner in heads.keys() | ends.keys() if heads.get(partner) != ends.get(partner)}
    return sorted(broken)
