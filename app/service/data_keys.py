"""The key of each owner, with which everything of theirs is sealed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.crypto.vault import DataKey, Vault
from app.store.queries import data_keys as stored_data_keys


async def make_data_key(connection: AsyncConnection, vault: Vault, owner: str, now: datetime) -> DataKey:
    """Raises `UnusableKeys` where the file of keys is gone: a new one would open nothing of what is stored."""
    if not vault.ring.exists() and not await stored_data_keys.are_there_any(connection):
        vault.ring.create(now)
    data_key, wrapped = vault.make(owner)
    if await stored_data_keys.add(connection, owner, wrapped):
        return data_key
    return await find_data_key(connection, vault, owner) or data_key


async def find_data_key(connection: AsyncConnection, vault: Vault, owner: str) -> DataKey | None:
    """None for an owner who has none."""
    found = await stored_data_keys.find(connection, owner)
    return found and vault.unwrap(owner, found)
