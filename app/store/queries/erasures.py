"""Removing everything of one partner in one transaction, and receipts of it that name nobody."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import KeyAndIdRow, fetch_all, page_of, select_row
from app.store.connection.session import leave_no_trace
from app.store.schema.couples import couples, invitations, members
from app.store.schema.erasures import erasures
from app.store.schema.partners import partners


class ErasureDayRow(NamedTuple):
    """A receipt with its day, by which receipts are read in ranges, and the SHA-256 of the erased partner's id."""

    erased_on: date
    receipt: str
    subject_hash: bytes


async def couples_of(connection: AsyncConnection, partner: UUID) -> list[UUID]:
    """Return the keys of every couple that a partner belongs or belonged to."""
    query = select(members.c.couple_key).where(members.c.partner_key == partner)
    return list((await connection.execute(query)).scalars())


async def remove_partner(connection: AsyncConnection, partner: UUID) -> None:
    """Remove a partner, and by foreign keys every row that they own."""
    leave_no_trace(connection)
    await connection.execute(delete(partners).where(partners.c.key == partner))


async def remove_invitations(connection: AsyncConnection, keys: Sequence[UUID]) -> None:
    await connection.execute(delete(invitations).where(invitations.c.couple_key.in_(keys)))


async def remove_empty_couples(connection: AsyncConnection, keys: Sequence[UUID]) -> list[str]:
    """Remove those of the couples that have no member left; return their ids."""
    is_empty = ~exists().where(members.c.couple_key == couples.c.key)
    removed = await connection.execute(delete(couples).where(couples.c.key.in_(keys), is_empty).returning(couples.c.id))
    return list(removed.scalars())


async def replace_keys_at(connection: AsyncConnection, keys: Sequence[UUID], turn: datetime) -> None:
    """Let those of the couples that are left get a new data key at a weekly turn."""
    await connection.execute(update(couples).where(couples.c.key.in_(keys)).values(rekey_at=turn))


async def add_receipt(
    connection: AsyncConnection, receipt: str, subject_hash: bytes, erased_on: date, epoch: int
) -> None:
    values = {"receipt": receipt, "subject_hash": subject_hash, "erased_on": erased_on, "epoch": epoch}
    await connection.execute(insert(erasures), values)


async def hashes_among(connection: AsyncConnection, hashes: Collection[bytes]) -> set[bytes]:
    """Return those of the hashes of which there is a receipt."""
    query = select(erasures.c.subject_hash).where(erasures.c.subject_hash.in_(hashes))
    return set((await connection.execute(query)).scalars())


async def receipts_after(connection: AsyncConnection, day: date, receipt: str, limit: int) -> list[ErasureDayRow]:
    """Return receipts by day, from behind this one of this day."""
    query = page_of(
        select_row(ErasureDayRow, erasures), (day, receipt), limit, erasures.c.erased_on, erasures.c.receipt
    )
    return await fetch_all(connection, ErasureDayRow, query, {})


async def partners_after(connection: AsyncConnection, key: UUID, limit: int) -> list[KeyAndIdRow]:
    """Return partners by key, from behind this one."""
    query = page_of(select_row(KeyAndIdRow, partners), key, limit, partners.c.key)
    return await fetch_all(connection, KeyAndIdRow, query, {})
