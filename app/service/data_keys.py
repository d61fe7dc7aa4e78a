"""Data keys, with which everything of one owner is sealed."""

from uuid import UUID

from app.service.session import Session
from app.store.crypto.vault import DataKey
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import weeks as stored_weeks


async def make_data_key(session: Session, owner: str) -> DataKey:
    """Make and store the data key of a new owner.

    The first one makes the file of keys. Raises `UnusableKeys` where the file is missing and there are data keys
    already: a new file would open none of them.
    """
    if not session.vault.ring.exists() and not await stored_data_keys.exist(session.connection):
        session.vault.ring.create(session.now)
    data_key, wrapped = session.vault.make(owner)
    if await stored_data_keys.add(session.connection, owner, wrapped):
        return data_key
    # Another request was first, and its key is the one that counts.
    return await find_data_key(session, owner) or data_key


async def find_data_key(session: Session, owner: str) -> DataKey | None:
    """Return an owner's data key, or None where there is none."""
    wrapped = await stored_data_keys.find(session.connection, owner)
    return wrapped and session.vault.unwrap(owner, wrapped)


async def renew_key(session: Session, couple: UUID, id_: str) -> None:
    """Give a couple a new data key, and remove what the old one sealed."""
    await stored_weeks.remove_all_of(session.connection, couple)
    await stored_data_keys.replace(session.connection, {id_: session.vault.make(id_)[1]})
    await stored_weeks.set_rekey_at(session.connection, couple, None)
