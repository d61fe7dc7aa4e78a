"""Who keeps house now, and what has had its time."""

from datetime import date, datetime

from sqlalchemy import bindparam, delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.session import UPKEEP
from app.store.connection.upsert import insert_into
from app.store.schema.data_inventory import RetentionRule
from app.store.schema.maintenance import upkeep
from app.store.schema.tables import metadata

_HOLD = select(upkeep).where(upkeep.c.task == bindparam("task")).with_for_update()


async def take(connection: AsyncConnection, task: str, now: datetime, until: datetime) -> bool:
    """Whether this process does it now: nobody else is at it, or whoever was has died."""
    mine = insert_into(connection, upkeep).values(task=task, taken_until=until)
    free = or_(upkeep.c.taken_until.is_(None), upkeep.c.taken_until <= now)
    mine = mine.on_conflict_do_update(index_elements=["task"], set_={"taken_until": until}, where=free)
    return (await connection.execute(mine)).rowcount == 1


async def hold(connection: AsyncConnection, task: str) -> date | None:
    """When it was done last. Nobody else goes past this line until the transaction ends."""
    done_on: date | None = (await connection.execute(_HOLD, {"task": task})).one().done_on
    return done_on


async def release(connection: AsyncConnection, task: str, done_on: date | None) -> None:
    await connection.execute(update(upkeep).where(upkeep.c.task == task).values(taken_until=None, done_on=done_on))


async def act_as_upkeep(connection: AsyncConnection) -> None:
    """From now on this transaction may remove private rows of anyone (PostgreSQL's own wall)."""
    if connection.dialect.name == "postgresql":
        await connection.execute(UPKEEP)


async def remove_lapsed(connection: AsyncConnection, name: str, lapse: RetentionRule, now: datetime, most: int) -> int:
    """At most so many rows of one table that have had their time; how many there were."""
    table = metadata.tables[name]
    row = tuple_(*table.primary_key.columns)
    lapsed = select(*table.primary_key.columns).where(table.c[lapse.column] <= now - lapse.after).limit(most)
    return (await connection.execute(delete(table).where(row.in_(lapsed)))).rowcount
