"""Passphrases, stored as Argon2id hashes.

Hashing is slow on purpose (OWASP's minimum: 19 MiB, 2 passes, 1 lane), so a thread does it.
"""

import asyncio
import secrets
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_one, select_row
from app.store.connection.upsert import upsert
from app.store.schema.partners import passphrases

_MEMORY_KIB, _PASSES, _LANES = 19_456, 2, 1
_SALT_BYTES, _HASH_BYTES = 16, 32
UNMATCHED_HASH = f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${'A' * 22}${'A' * 43}"
"""Takes as long to verify as any other hash, and is that of no known passphrase."""


class PassphraseRow(NamedTuple):
    """A sealed passphrase hash, with the failed attempts since the last good one."""

    sealed: bytes
    generation: UUID | None
    failures: int
    paused_until: datetime | None


_OF_PARTNER = select_row(PassphraseRow, passphrases).where(passphrases.c.partner_key == bindparam("partner"))
_LOCKED = _OF_PARTNER.with_for_update()
_COUNT = update(passphrases).where(passphrases.c.partner_key == bindparam("of_partner"))


async def hash_passphrase(passphrase: str) -> bytes:
    """Return the hash in PHC string format, which names its own parameters."""

    def derive() -> bytes:
        salt = secrets.token_bytes(_SALT_BYTES)
        argon2 = Argon2id(salt=salt, length=_HASH_BYTES, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
        return argon2.derive_phc_encoded(passphrase.encode()).encode()

    return await asyncio.to_thread(derive)


async def verify(passphrase: str, hash_: bytes) -> bool:
    def compare() -> bool:
        try:
            Argon2id.verify_phc_encoded(passphrase.encode(), hash_.decode())
        except InvalidKey:
            return False
        return True

    return await asyncio.to_thread(compare)


async def of_partner(connection: AsyncConnection, partner: UUID) -> PassphraseRow | None:
    return await fetch_one(connection, PassphraseRow, _OF_PARTNER, {"partner": partner})


async def lock_of_partner(connection: AsyncConnection, partner: UUID) -> PassphraseRow | None:
    """Return the row of a partner, locked until the transaction ends: of two attempts at once, both count."""
    return await fetch_one(connection, PassphraseRow, _LOCKED, {"partner": partner})


async def put(connection: AsyncConnection, partner: UUID, sealed: bytes, generation: UUID) -> None:
    """Store a passphrase in place of the one before."""
    values = {"sealed": sealed, "generation": generation, "failures": 0, "paused_until": None}
    await upsert(connection, passphrases, {"partner_key": partner}, **values)


async def count(connection: AsyncConnection, partner: UUID, failures: int, paused_until: datetime | None) -> None:
    """Store the number of failed attempts in a row, and until when no passphrase is compared."""
    await connection.execute(_COUNT.values(failures=failures, paused_until=paused_until), {"of_partner": partner})
