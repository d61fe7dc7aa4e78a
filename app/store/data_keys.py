from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import data_keys
from app.store.upsert import insert_into
from app.store.vault import Wrapped

_OF = select(data_keys.c.epoch, data_keys.c.wrapped).where(data_keys.c.owner == bindparam("owner"))
_OLDER = (
    select(data_keys.c.owner, data_keys.c.epoch, data_keys.c.wrapped)
    .where(data_keys.c.epoch < bindparam("epoch"))
    .order_by(data_keys.c.owner)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
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


async def wrapped_before(connection: AsyncConnection, epoch: int, most: int) -> Sequence[tuple[str, Wrapped]]:
    """Data keys that an earlier epoch wraps, locked until the transaction ends."""
    found = await connection.execute(_OLDER, {"epoch": epoch, "most": most})
    return [(row.owner, Wrapped(row.epoch, row.wrapped)) for row in found]


async def replace(connection: AsyncConnection, owner: str, wrapped: Wrapped) -> None:
    changed = update(data_keys).where(data_keys.c.owner == owner)
    await connection.execute(changed.values(epoch=wrapped.epoch, wrapped=wrapped.wrapped))


async def destroy(connection: AsyncConnection, owner: str) -> None:
    await connection.execute(delete(data_keys).where(data_keys.c.owner == owner))
