from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, fetch_one, page_of, select_row
from app.store.connection.upsert import insert_into
from app.store.crypto.vault import Wrapped
from app.store.schema.data_keys import data_keys


class DataKeyRow(NamedTuple):
    owner: str
    epoch: int
    wrapped: bytes

    @property
    def key(self) -> Wrapped:
        return Wrapped(self.epoch, self.wrapped)


_KEYS = select_row(DataKeyRow, data_keys)
_OF_OWNER = _KEYS.where(data_keys.c.owner == bindparam("owner"))
_WRAPPED_BY = (
    _KEYS.where(data_keys.c.epoch == bindparam("epoch"), data_keys.c.owner > bindparam("after"))
    .order_by(data_keys.c.owner)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_REPLACE = (
    update(data_keys)
    .where(data_keys.c.owner == bindparam("of_owner"))
    .values(epoch=bindparam("new_epoch"), wrapped=bindparam("new_wrapped"))
)


async def add(connection: AsyncConnection, owner: str, key: Wrapped) -> bool:
    """Add a data key; return False where another request has just added one for this owner."""
    statement = insert_into(connection, data_keys).on_conflict_do_nothing()
    values = {"owner": owner, "epoch": key.epoch, "wrapped": key.wrapped}
    return (await connection.execute(statement, values)).rowcount == 1


async def find(connection: AsyncConnection, owner: str) -> Wrapped | None:
    row = await fetch_one(connection, DataKeyRow, _OF_OWNER, {"owner": owner})
    return row and row.key


async def exist(connection: AsyncConnection) -> bool:
    return (await connection.execute(select(data_keys.c.owner).limit(1))).first() is not None


async def wrapped_by(connection: AsyncConnection, epoch: int, after: str, limit: int) -> list[DataKeyRow]:
    """Lock data keys of this epoch and return them by owner, from behind `after`; skip keys that are locked."""
    return await fetch_all(connection, DataKeyRow, _WRAPPED_BY, {"epoch": epoch, "after": after, "limit": limit})


async def after(connection: AsyncConnection, owner: str, limit: int) -> list[DataKeyRow]:
    """Return data keys by owner, from behind this one."""
    return await fetch_all(connection, DataKeyRow, page_of(_KEYS, owner, limit, data_keys.c.owner), {})


async def epochs_in_use(connection: AsyncConnection, epochs: Collection[int]) -> set[int]:
    """Return those of the epochs that wrap any data key."""
    # One look into the index each: a DISTINCT would read the keys of everybody.
    are_used = select(*[exists().where(data_keys.c.epoch == epoch) for epoch in epochs])
    return {epoch for epoch, is_used in zip(epochs, (await connection.execute(are_used)).one(), strict=True) if is_used}


async def newest_epoch(connection: AsyncConnection) -> int:
    """Return the newest epoch that wraps a data key, 0 where there is no data key."""
    return (await connection.execute(select(func.max(data_keys.c.epoch)))).scalar_one() or 0


async def replace(connection: AsyncConnection, keys: Mapping[str, Wrapped]) -> None:
    """Replace data keys by owner; add none for an owner who was erased meanwhile."""
    rows = [{"of_owner": owner, "new_epoch": key.epoch, "new_wrapped": key.wrapped} for owner, key in keys.items()]
    if rows:
        await connection.execute(_REPLACE, rows)


async def destroy(connection: AsyncConnection, owners: Collection[str]) -> None:
    await connection.execute(delete(data_keys).where(data_keys.c.owner.in_(owners)))
