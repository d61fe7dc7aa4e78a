"""Everything of one partner, gone in one transaction; and who is gone, in a form that names nobody."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.schema.choices import yeses
from app.store.schema.couples import couples, invitations, members
from app.store.schema.erasures import erasures
from app.store.schema.partners import partners
from app.store.schema.plan import appointments

Found = Row[*tuple[Any, ...]]


async def couples_of(connection: AsyncConnection, partner: UUID) -> list[UUID]:
    """Every couple that they belong or belonged to."""
    return list(
        (await connection.execute(select(members.c.couple_key).where(members.c.partner_key == partner))).scalars()
    )


async def remove_partner(connection: AsyncConnection, partner: UUID) -> None:
    """With every row that is theirs alone."""
    await connection.execute(delete(partners).where(partners.c.key == partner))


async def empty_couples(connection: AsyncConnection, keys: Sequence[UUID]) -> None:
    """Take away what two people had together: what one of them said yes to, set a time for, or was asked into."""
    for table in (appointments, yeses, invitations):
        await connection.execute(delete(table).where(table.c.couple_key.in_(keys)))


async def remove_empty_couples(connection: AsyncConnection, keys: Sequence[UUID]) -> list[str]:
    """The ids of the couples in which nobody was left."""
    nobody = ~exists().where(members.c.couple_key == couples.c.key)
    removed = await connection.execute(delete(couples).where(couples.c.key.in_(keys), nobody).returning(couples.c.id))
    return list(removed.scalars())


async def ids_of(connection: AsyncConnection, keys: Sequence[UUID]) -> list[str]:
    return list((await connection.execute(select(couples.c.id).where(couples.c.key.in_(keys)))).scalars())


async def remember(connection: AsyncConnection, receipt: str, subject_hash: bytes, erased_on: date, epoch: int) -> None:
    values = {"receipt": receipt, "subject_hash": subject_hash, "erased_on": erased_on, "epoch": epoch}
    await connection.execute(insert(erasures), values)


async def every_hash(connection: AsyncConnection) -> Sequence[bytes]:
    return (await connection.execute(select(erasures.c.subject_hash))).scalars().all()


async def every_receipt(connection: AsyncConnection) -> Sequence[Found]:
    return (await connection.execute(select(erasures.c.receipt, erasures.c.subject_hash))).all()


async def everyone(connection: AsyncConnection) -> Sequence[Found]:
    """Key and id of every partner."""
    return (await connection.execute(select(partners.c.key, partners.c.id))).all()
