"""Erasing one partner: every row of theirs and the key that opens it, at once."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotFound
from app.service import audit
from app.service.partners import Partner
from app.store.crypto.ids import new_id
from app.store.crypto.vault import Vault
from app.store.queries import couples as stored_couples
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import erasures as stored_erasures
from app.store.queries import idempotency as stored_idempotency


class Receipt(NamedTuple):
    """That they are gone, and when the last key that could open a copy in a log or a backup will be gone too."""

    receipt: str
    shredded_by: datetime


async def erase(connection: AsyncConnection, vault: Vault, partner: Partner, now: datetime) -> Receipt:
    """Raises `NotFound` where another request erased them first."""
    return await _erase(connection, vault, partner.key, partner.id, now)


async def erase_again(connection: AsyncConnection, vault: Vault, now: datetime) -> int:
    """After a backup was restored: whoever was erased since it was made goes once more. How many there were."""
    gone = vault.ring.erased() | set(await stored_erasures.every_hash(connection))
    back = [(row.key, row.id) for row in await stored_erasures.everyone(connection) if _hash(row.id) in gone]
    for key, id_ in back:
        await _erase(connection, vault, key, id_, now)
    return len(back)


async def write_down(connection: AsyncConnection, vault: Vault) -> None:
    """Beside the file of keys, where the list outlives a database that is lost."""
    vault.ring.remember_erased(await stored_erasures.every_hash(connection))


async def _erase(connection: AsyncConnection, vault: Vault, partner: UUID, id_: str, now: datetime) -> Receipt:
    for couple in sorted(await stored_erasures.couples_of(connection, partner)):
        await stored_couples.hold(connection, couple)
    if not await stored_couples.hold_partners(connection, [partner]):
        raise NotFound("There is no such partner.")
    couples = await stored_erasures.couples_of(connection, partner)
    await stored_erasures.remove_partner(connection, partner)
    await stored_data_keys.destroy(connection, id_)
    await stored_idempotency.forget(connection, id_)
    await _leave(connection, vault, couples)
    keys = vault.ring.keys()
    receipt = Receipt(new_id("era"), keys.shredded_by(now))
    await stored_erasures.remember(connection, receipt.receipt, _hash(id_), now.date(), keys.current)
    await audit.add(connection, vault, id_, "erased", None, now)
    return receipt


async def _leave(connection: AsyncConnection, vault: Vault, couples: list[UUID]) -> None:
    """The other stays in what was the couple, as with someone who unlinked, and what was sealed there is noise."""
    await stored_erasures.empty_couples(connection, couples)
    for couple in await stored_erasures.remove_empty_couples(connection, couples):
        await stored_data_keys.destroy(connection, couple)
    left = await stored_erasures.ids_of(connection, couples)
    await stored_data_keys.replace(connection, {couple: vault.make(couple)[1] for couple in left})


def _hash(id_: str) -> bytes:
    return sha256(id_.encode()).digest()
