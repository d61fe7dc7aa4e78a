"""The fingerprint of the file of keys that belongs to a database."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.upsert import insert_into
from app.store.schema.maintenance import key_files


async def fingerprint(connection: AsyncConnection) -> bytes | None:
    """Return the fingerprint, None where no file belongs to this database yet."""
    noted: bytes | None = (await connection.execute(select(key_files.c.fingerprint))).scalar_one_or_none()
    return noted


async def note(connection: AsyncConnection, fingerprint_: bytes) -> None:
    """Note the fingerprint unless another request just did."""
    values = {"number": 1, "fingerprint": fingerprint_}
    await connection.execute(insert_into(connection, key_files).on_conflict_do_nothing(), values)
