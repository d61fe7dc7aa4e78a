"""The lease on maintenance, and the removal of rows whose retention has ended."""

from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.session import ACT_AS_MAINTENANCE, leave_no_trace
from app.store.connection.upsert import insert_into
from app.store.schema.data_inventory import RetentionRule
from app.store.schema.maintenance import upkeep
from app.store.schema.tables import metadata

_LOCK = select(upkeep.c.done_on).where(upkeep.c.task == bindparam("task")).with_for_update()


async def take_lease(connection: AsyncConnection, task: str, now: datetime, length: timedelta) -> bool:
    """Take the lease on a task; return False where another process has it.

    A lease that lies further ahead than `length` is of a clock that was wrong, and holds nobody up.
    """
    until = now + length
    own = insert_into(connection, upkeep).values(task=task, taken_until=until)
    taken = upkeep.c.taken_until
    is_free = or_(taken.is_(None), taken <= now, taken > until)
    own = own.on_conflict_do_update(index_elements=["task"], set_={"taken_until": until}, where=is_free)
    return (await connection.execute(own)).rowcount == 1


async def lock_and_last_done(connection: AsyncConnection, task: str) -> date | None:
    """Lock a task until the transaction ends; return the day on which it was done last."""
    done_on: date | None = (await connection.execute(_LOCK, {"task": task})).scalar_one()
    return done_on


async def renew_lease(connection: AsyncConnection, task: str, until: datetime) -> None:
    """Keep the lease on a task that the caller holds."""
    await connection.execute(update(upkeep).where(upkeep.c.task == task).values(taken_until=until))


async def release_lease(connection: AsyncConnection, task: str, done_at: datetime | None) -> None:
    """End the lease; `done_at` is None where the task was not done wholly."""
    leave_no_trace(connection)
    done = {} if done_at is None else {"done_on": done_at.date(), "done_at": done_at}
    await connection.execute(update(upkeep).where(upkeep.c.task == task).values(taken_until=None, **done))


async def last_done_at(connection: AsyncConnection, task: str) -> datetime | None:
    """Return when all of a task was done last, None where that was never."""
    done_at: datetime | None = (
        await connection.execute(select(upkeep.c.done_at).where(upkeep.c.task == task))
    ).scalar_one_or_none()
    return done_at


async def act_as_maintenance(connection: AsyncConnection) -> None:
    """Allow this transaction to reach the rows of any partner: row-level security on PostgreSQL."""
    if connection.dialect.name == "postgresql":
        await connection.execute(ACT_AS_MAINTENANCE)


async def remove_lapsed(connection: AsyncConnection, name: str, rule: RetentionRule, now: datetime, limit: int) -> int:
    """Remove at most `limit` rows of the table `name` whose retention has ended; return how many there were."""
    table = metadata.tables[name]
    row = tuple_(*table.primary_key.columns)
    since = table.c[rule.column]
    # In order, so that the index is used: a scan would go through all that stays again for every range.
    lapsed = (
        select(*table.primary_key.columns).where(since <= now - timedelta(days=rule.days)).order_by(since).limit(limit)
    )
    return (await connection.execute(delete(table).where(row.in_(lapsed)))).rowcount
