from typing import Any

from sqlalchemy import Row, bindparam, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.upsert import insert_into
from app.store.schema.audit import audit_events, audit_heads

_HEAD = select(audit_heads).where(audit_heads.c.partner_id == bindparam("partner")).with_for_update()
_ALL = select(audit_events).order_by(audit_events.c.partner_id, audit_events.c.number)

Found = Row[*tuple[Any, ...]]


async def head(connection: AsyncConnection, partner_id: str) -> Found | None:
    """Where the chain ends, held until the transaction does: the next event is chained to it."""
    return (await connection.execute(_HEAD, {"partner": partner_id})).one_or_none()


async def add(
    connection: AsyncConnection, partner_id: str, number: int, *, hash_: bytes, end: bytes, **event: object
) -> None:
    """One more event, with which its chain ends from now on."""
    row = {"partner_id": partner_id, "number": number, "hash": hash_, **event}
    await connection.execute(insert(audit_events), row)
    moved = {"number": number, "hash": end}
    head_ = insert_into(connection, audit_heads).values(partner_id=partner_id, **moved)
    await connection.execute(head_.on_conflict_do_update(index_elements=["partner_id"], set_=moved))


async def heads(connection: AsyncConnection) -> dict[str, tuple[int, bytes]]:
    """Of every chain."""
    return {row.partner_id: (row.number, row.hash) for row in await connection.execute(select(audit_heads))}


async def stand_still(connection: AsyncConnection) -> None:
    """Read everything as it is at one moment, for as long as it takes. Comes before the first query."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        await connection.execute(text("SET LOCAL statement_timeout = 0"))


async def every_event(connection: AsyncConnection) -> Any:
    """All chains, one after the other, as a stream."""
    return await connection.stream(_ALL)
