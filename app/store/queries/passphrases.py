"""Passphrases: how one is made unreadable, and the row in which it is kept.

A thread does the work, because it is meant to be slow.
"""

import asyncio
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.upsert import insert_into
from app.store.schema.partners import passphrases

_MEMORY, _PASSES, _LANES = 19_456, 2, 1
_SALT, _LENGTH = 16, 32
NOBODYS = f"$argon2id$v=19$m={_MEMORY},t={_PASSES},p={_LANES}${'A' * 22}${'A' * 43}"
"""Takes as long to compare with as any other, and is the form of no passphrase that anyone could find."""

_OF = select(passphrases).where(passphrases.c.partner_key == bindparam("partner")).with_for_update()
_COUNT = update(passphrases).where(passphrases.c.partner_key == bindparam("of_partner"))

Found = Row[*tuple[Any, ...]]


async def make_unreadable(passphrase: str) -> bytes:
    """The form in which it is kept, which holds how it was made."""

    def derive() -> bytes:
        salt = secrets.token_bytes(_SALT)
        maker = Argon2id(salt=salt, length=_LENGTH, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY)
        return maker.derive_phc_encoded(passphrase.encode()).encode()

    return await asyncio.to_thread(derive)


async def is_it(passphrase: str, kept: bytes) -> bool:
    """Whether this is what was kept."""

    def compare() -> bool:
        try:
            Argon2id.verify_phc_encoded(passphrase.encode(), kept.decode())
        except InvalidKey:
            return False
        return True

    return await asyncio.to_thread(compare)


async def of_partner(connection: AsyncConnection, partner: UUID) -> Found | None:
    """Held until the transaction ends: every attempt counts, also of two at once."""
    return (await connection.execute(_OF, {"partner": partner})).one_or_none()


async def put(connection: AsyncConnection, partner: UUID, sealed: bytes) -> None:
    """In the place of the one before."""
    kept = {"sealed": sealed, "failures": 0, "paused_until": None}
    statement = insert_into(connection, passphrases).values(partner_key=partner, **kept)
    await connection.execute(statement.on_conflict_do_update(index_elements=["partner_key"], set_=kept))


async def count(connection: AsyncConnection, partner: UUID, failures: int, paused_until: datetime | None) -> None:
    """How many attempts failed in a row, and until when none is looked at."""
    await connection.execute(_COUNT.values(failures=failures, paused_until=paused_until), {"of_partner": partner})
