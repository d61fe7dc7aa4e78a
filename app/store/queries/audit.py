from collections.abc import AsyncGenerator
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_all, fetch_one, select_row
from app.store.connection.upsert import upsert
from app.store.schema.audit import audit_events, audit_heads


class AuditHeadRow(NamedTuple):
    """The last event of one chain; `hash` seals that it is the last."""

    partner_id: str
    number: int
    hash: bytes


class AuditEventRow(NamedTuple):
    """An event of a chain; `hash` is chained to the event before."""

    partner_id: str
    number: int
    event: str
    subject: str | None
    happened_on: date
    hash: bytes


_HEADS = select_row(AuditHeadRow, audit_heads)
_HEAD = _HEADS.where(audit_heads.c.partner_id == bindparam("partner")).with_for_update()
_EVENTS = select_row(AuditEventRow, audit_events).order_by(audit_events.c.partner_id, audit_events.c.number)


async def head(connection: AsyncConnection, partner_id: str) -> AuditHeadRow | None:
    """Return the end of a chain, locked until the transaction ends: the next event is chained to it."""
    return await fetch_one(connection, AuditHeadRow, _HEAD, {"partner": partner_id})


async def append(
    connection: AsyncConnection, partner_id: str, number: int, *, hash_: bytes, end: bytes, **event: object
) -> None:
    """Add an event to a chain, and move the end of the chain to it."""
    row = {"partner_id": partner_id, "number": number, "hash": hash_, **event}
    await connection.execute(insert(audit_events), row)
    await upsert(connection, audit_heads, {"partner_id": partner_id}, number=number, hash=end)


async def heads(connection: AsyncConnection) -> list[AuditHeadRow]:
    return await fetch_all(connection, AuditHeadRow, _HEADS, {})


async def use_snapshot(connection: AsyncConnection) -> None:
    """Read from one snapshot, without a time limit, until the transaction ends. Call it before the first query."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        await connection.execute(text("SET LOCAL statement_timeout = 0"))


async def stream_events(connection: AsyncConnection) -> AsyncGenerator[AuditEventRow]:
    """Yield the events of all chains, chain by chain."""
    async for row in await connection.stream(_EVENTS):
        yield AuditEventRow._make(row)
