"""Data keys, with which everything of one owner is sealed."""

from uuid import UUID

from app.service.session import Session
from app.store.connection.database import Database
from app.store.crypto.keyring import OF_ANOTHER, UnusableKeys
from app.store.crypto.vault import DataKey, Vault
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import key_files as stored_key_files
from app.store.queries import weeks as stored_weeks

_ASKED = 20
_OF_NO_FILE = bytes(32)
"""Stands for the fingerprint of the file that is not there: no file has it."""


async def make_data_key(session: Session, owner: str) -> DataKey:
    """Make and store the data key of a new owner.

    The first one makes the file of keys. Raises `UnusableKeys` where the file is missing and there are data keys
    already: a new file would open none of them.
    """
    ring = session.vault.ring
    if not ring.exists() and not await stored_data_keys.exist(session.connection):
        ring.create(session.now)
    if ring.fingerprint is None:
        await _bind_new(session)
    data_key, wrapped = session.vault.make(owner)
    if await stored_data_keys.add(session.connection, owner, wrapped):
        return data_key
    # Another request was first, and its key is the one that counts.
    return await find_data_key(session, owner) or data_key


async def _bind_new(session: Session) -> None:
    """Bind the file of keys to a database that had none. Raises `UnusableKeys` where another process bound another."""
    ring = session.vault.ring
    ring.fingerprint = await stored_key_files.fingerprint(session.connection)
    own = ring.keys().fingerprint
    if ring.fingerprint is None:
        await stored_key_files.note(session.connection, own)
        if await stored_key_files.fingerprint(session.connection) != own:
            raise UnusableKeys(OF_ANOTHER)


async def bind_keys(database: Database, vault: Vault) -> None:
    """Refuse every file of keys from now on but the one that belongs to the database.

    A database from before there were fingerprints is asked by its data keys: the file that opens any belongs to it.
    Raises `UnusableKeys` where that cannot be found out.
    """
    async with database.reading() as connection:
        noted = await stored_key_files.fingerprint(connection)
        rows = [] if noted else await stored_data_keys.after(connection, "", _ASKED)
    if rows:
        noted = vault.ring.keys().fingerprint if any(vault.opens(row.owner, row.key) for row in rows) else _OF_NO_FILE
        if noted != _OF_NO_FILE:
            async with database.writing() as connection:
                await stored_key_files.note(connection, noted)
    vault.ring.fingerprint = noted


async def find_data_key(session: Session, owner: str) -> DataKey | None:
    wrapped = await stored_data_keys.find(session.connection, owner)
    return wrapped and session.vault.unwrap(owner, wrapped)


async def renew_key(session: Session, couple: UUID, id_: str) -> None:
    """Give a couple a new data key, and remove what the old one sealed."""
    await stored_weeks.remove_all_of(session.connection, couple)
    await stored_data_keys.replace(session.connection, {id_: session.vault.make(id_)[1]})
    await stored_weeks.set_rekey_at(session.connection, couple, None)
