"""Data keys, with which everything of one owner is sealed."""

from datetime import datetime

from app.store.connection.database import Connection
from app.store.crypto.vault import DataKey, Vault
from app.store.queries import data_keys as stored_data_keys


async def make_data_key(connection: Connection, vault: Vault, owner: str, now: datetime) -> DataKey:
    """Make and store the data key of a new owner.

    The first one makes the file of keys. Raises `UnusableKeys` where the file is missing and there are data keys
    already: a new file would open none of them.
    """
    if not vault.ring.exists() and not await stored_data_keys.exist(connection):
        vault.ring.create(now)
    data_key, wrapped = vault.make(owner)
    if await stored_data_keys.add(connection, owner, wrapped):
        return data_key
    # Another request was first, and its key is the one that counts.
    return await find_data_key(connection, vault, owner) or data_key


async def find_data_key(connection: Connection, vault: Vault, owner: str) -> DataKey | None:
    """Return an owner's data key, or None where there is none."""
    wrapped = await stored_data_keys.find(connection, owner)
    return wrapped and vault.unwrap(owner, wrapped)
