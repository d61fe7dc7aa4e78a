"""Erasure of one partner: every row of theirs and the key that opens it, in one transaction."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.errors import NotFound
from app.service import audit
from app.service.partners import Partner
from app.service.session import Session
from app.store.connection.database import Connection
from app.store.crypto.ids import new_id, sha256_of
from app.store.crypto.vault import Vault
from app.store.queries import couples as stored_couples
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import erasures as stored_erasures
from app.store.queries import idempotency as stored_idempotency


class Receipt(NamedTuple):
    """A receipt, and when the last key that could open a copy in a log or a backup is destroyed at the latest."""

    receipt: str
    shredded_by: datetime


async def erase(session: Session, partner: Partner) -> Receipt:
    """Erase a partner. Raises `NotFound` where another request erased them first."""
    return await _erase(session, partner.key, partner.id)


async def erase_again(session: Session) -> int:
    """Erase partners whom a restored backup brought back; return how many there were."""
    receipts = await stored_erasures.all_receipts(session.connection)
    erased = session.vault.ring.read_erased() | {row.subject_hash for row in receipts}
    restored = [row for row in await stored_erasures.all_partners(session.connection) if sha256_of(row.id) in erased]
    for row in restored:
        await _erase(session, row.key, row.id)
    return len(restored)


async def record_beside_keys(connection: Connection, vault: Vault) -> None:
    """Copy the list of the erased beside the file of keys, where it outlives a lost database."""
    vault.ring.remember_erased(row.subject_hash for row in await stored_erasures.all_receipts(connection))


async def _erase(session: Session, partner: UUID, id_: str) -> Receipt:
    # Couples before partners, and in order: as in every other transaction, so that no two wait for each other.
    for couple in sorted(await stored_erasures.couples_of(session.connection, partner)):
        await stored_couples.lock(session.connection, couple)
    if not await stored_couples.lock_partners(session.connection, [partner]):
        raise NotFound("There is no such partner.")
    # Read again: the partner may have joined a couple before the lock.
    couples = await stored_erasures.couples_of(session.connection, partner)
    await stored_erasures.remove_partner(session.connection, partner)
    await stored_data_keys.destroy(session.connection, id_)
    await stored_idempotency.remove_of_partner(session.connection, id_)
    await _leave(session, couples)
    keys, now = session.vault.ring.keys(), session.now
    receipt = Receipt(new_id("era"), keys.latest_destruction(now))
    await stored_erasures.add_receipt(session.connection, receipt.receipt, sha256_of(id_), now.date(), keys.current)
    await audit.add(session, id_, "erased")
    return receipt


async def _leave(session: Session, couples: list[UUID]) -> None:
    """Remove what couples shared. The other partner stays in theirs, with a new data key, as after an unlinking."""
    await stored_erasures.remove_shared_rows(session.connection, couples)
    for couple in await stored_erasures.remove_empty_couples(session.connection, couples):
        await stored_data_keys.destroy(session.connection, couple)
    remaining = await stored_erasures.couple_ids(session.connection, couples)
    await stored_data_keys.replace(session.connection, {couple: session.vault.make(couple)[1] for couple in remaining})
