"""The key of each owner, with which everything of theirs is sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import store

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.store.vault import DataKey, Vault


async def make_data_key(connection: AsyncConnection, vault: Vault, owner: str, now: datetime) -> DataKey:
    """Raises `UnusableKeys` where the file of keys is gone: a new one would open nothing of what is stored."""
    if not vault.ring.exists() and not await store.data_keys.are_there_any(connection):
        vault.ring.create(now)
    data_key, wrapped = vault.make(owner)
    if await store.data_keys.add(connection, owner, wrapped):
        return data_key
    return await find_data_key(connection, vault, owner) or data_key


async def find_data_key(connection: AsyncConnection, vault: Vault, owner: str) -> DataKey | None:
    """None for an owner who has none."""
    found = await store.data_keys.find(connection, owner)
    return found and vault.unwrap(owner, found)
