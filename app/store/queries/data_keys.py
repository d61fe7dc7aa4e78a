from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.upsert import insert_into
from app.store.crypto.vault import Wrapped
from app.store.schema.data_keys import data_keys

_OF = select(data_keys.c.epoch, data_keys.c.wrapped).where(data_keys.c.owner == bindparam("owner"))
_WRAPPED_BY = (
    select(data_keys.c.owner, data_keys.c.epoch, data_keys.c.wrapped)
    .where(data_keys.c.epoch.in_(bindparam("epochs", expanding=True)), data_keys.c.owner > bindparam("after"))
    .order_by(data_keys.c.owner)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_REPLACE = (
    update(data_keys)
    .where(data_keys.c.owner == bindparam("of_owner"))
    .values(epoch=bindparam("by_epoch"), wrapped=bindparam("wrapped_anew"))
)


async def add(connection: AsyncConnection, owner: str, wrapped: Wrapped) -> bool:
    """Whether it was added: another request may just have made one."""
    statement = insert_into(connection, data_keys).on_conflict_do_nothing()
    values = {"owner": owner, "epoch": wrapped.epoch, "wrapped": wrapped.wrapped}
    return (await connection.execute(statement, values)).rowcount == 1


async def find(connection: AsyncConnection, owner: str) -> Wrapped | None:
    found = (await connection.execute(_OF, {"owner": owner})).one_or_none()
    return found and Wrapped(found.epoch, found.wrapped)


async def are_there_any(connection: AsyncConnection) -> bool:
    return (await connection.execute(select(data_keys.c.owner).limit(1))).first() is not None


async def wrapped_by(
    connection: AsyncConnection, epochs: Collection[int], after: str, most: int
) -> Sequence[tuple[str, Wrapped]]:
    """Data keys that these epochs wrap, by owner, locked until the transaction ends; what others hold is left out."""
    found = await connection.execute(_WRAPPED_BY, {"epochs": list(epochs), "after": after, "most": most})
    return [(row.owner, Wrapped(row.epoch, row.wrapped)) for row in found]


async def epochs_in_use(connection: AsyncConnection) -> set[int]:
    return set((await connection.execute(select(data_keys.c.epoch).distinct())).scalars())


async def replace(connection: AsyncConnection, anew: Mapping[str, Wrapped]) -> None:
    """By owner. Whoever was erased meanwhile stays so."""
    rows = [{"of_owner": owner, "by_epoch": key.epoch, "wrapped_anew": key.wrapped} for owner, key in anew.items()]
    if rows:
        await connection.execute(_REPLACE, rows)


async def destroy(connection: AsyncConnection, owner: str) -> None:
    await connection.execute(delete(data_keys).where(data_keys.c.owner == owner))
