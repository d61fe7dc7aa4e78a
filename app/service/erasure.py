"""Erasure of one partner: every row of theirs and the key that opens it, in one transaction."""

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from app.engine.plain_values import PlainValueError
from app.errors import NotFound
from app.rulesets.library import Library
from app.service import audit
from app.service.partners import Partner
from app.service.session import Session
from app.service.week import open_week
from app.service.weekly_boundary import next_week
from app.store.crypto.ids import new_id, sha256_of
from app.store.crypto.keyring import EPOCH_LASTS, UnusableKeys
from app.store.crypto.vault import Tampered, Vault
from app.store.queries import couples as stored_couples
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import erasures as stored_erasures
from app.store.queries import idempotency as stored_idempotency
from app.store.queries import maintenance as stored_maintenance


class Receipt(NamedTuple):
    """A receipt, and when the last key that could open a copy in a log or a backup is destroyed at the latest.

    Until `other_view_until` what the other partner sees may still rest on what the erased one said.
    """

    receipt: str
    shredded_by: datetime
    other_view_until: datetime


async def erase(session: Session, partner: Partner, library: Library) -> Receipt:
    """Erase a partner. Raises `NotFound` where another request erased them first."""
    receipt = await _erase(session, partner.key, partner.id, library)
    session.after_commit.append(partial(_remember, session.vault, partner.id))
    return receipt


def _remember(vault: Vault, id_: str) -> None:
    # What cannot be written now, maintenance adds; the erasure stands.
    with suppress(OSError):
        vault.ring.erased.append(sha256_of(id_))


async def erase_returned(session: Session, partner: UUID, id_: str) -> None:
    """Erase a partner whom a restored database brought back. Raises `NotFound`."""
    await _erase(session, partner, id_, None)


async def _erase(session: Session, partner: UUID, id_: str, library: Library | None) -> Receipt:
    # What two shared, and replies to others about this one, go as well.
    await stored_maintenance.act_as_maintenance(session.connection)
    # Couples before partners, and in order: as in every other transaction, so that no two wait for each other.
    for couple in sorted(await stored_erasures.couples_of(session.connection, partner)):
        await stored_couples.lock(session.connection, couple)
    if not await stored_couples.lock_partners(session.connection, [partner]):
        raise NotFound("There is no such partner.")
    # Read again: the partner may have joined a couple before the lock.
    couples = await stored_erasures.couples_of(session.connection, partner)
    await _store_week(session, partner, library)
    epoch = await stored_data_keys.newest_epoch(session.connection)
    await stored_erasures.remove_partner(session.connection, partner)
    await stored_idempotency.remove_of_partner(session.connection, id_)
    await stored_data_keys.destroy(session.connection, [id_, *await _leave(session, couples)])
    now, turn = session.now, next_week(session.now)
    # The key of a link is replaced at the turn, wrapped until then by what was current a day before. It is said so
    # also where nobody stays behind: a receipt does not tell whether the other was erased.
    destroyed = session.vault.ring.latest_destruction(turn if couples else now)
    receipt = Receipt(new_id("era"), destroyed + EPOCH_LASTS if couples else destroyed, turn)
    await stored_erasures.add_receipt(session.connection, receipt.receipt, sha256_of(id_), now.date(), epoch)
    # Without the file of keys no event can be chained; the receipt stands for it.
    with suppress(UnusableKeys):
        await audit.add(session, id_, "erased")
    return receipt


async def _store_week(session: Session, partner: UUID, library: Library | None) -> None:
    """Store the week of the partner's link, so that the other sees nothing of the erasure before the turn."""
    if library is None:
        return
    # Erasing never needs what it erases: what is damaged cannot be read for the other, and goes all the same.
    with suppress(Tampered, UnusableKeys, PlainValueError, ValueError):
        await open_week(session, partner, library)


async def _leave(session: Session, couples: list[UUID]) -> list[str]:
    """Remove what is left of couples; return the ids of those in which nobody stays behind.

    Who stays does so as after an unlinking, and gets a new data key when the week is over that the old one has sealed.
    """
    await stored_erasures.remove_invitations(session.connection, couples)
    empty = await stored_erasures.remove_empty_couples(session.connection, couples)
    await stored_erasures.replace_keys_at(session.connection, couples, next_week(session.now))
    return empty
