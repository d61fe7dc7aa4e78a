from collections.abc import AsyncGenerator, Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, exists, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_one, select_row
from app.store.connection.upsert import upsert
from app.store.schema.audit import audit_events, audit_heads
from app.store.schema.partners import partners


class AuditHeadRow(NamedTuple):
    """The last event of one chain; `hash` seals that it is the last."""

    partner_id: str
    number: int
    hash: bytes


class AuditEventRow(NamedTuple):
    """An event of a chain, with the chain's head; `hash` is chained to the event before."""

    partner_id: str
    number: int
    event: str
    subject: str | None
    happened_on: date
    hash: bytes
    head_number: int | None
    head_hash: bytes | None


_HEAD = select_row(AuditHeadRow, audit_heads).where(audit_heads.c.partner_id == bindparam("partner")).with_for_update()
_EVENTS = (
    select(*audit_events.c, audit_heads.c.number.label("head_number"), audit_heads.c.hash.label("head_hash"))
    .outerjoin_from(audit_events, audit_heads, audit_events.c.partner_id == audit_heads.c.partner_id)
    .order_by(audit_events.c.partner_id, audit_events.c.number)
)
_HEADS_WITHOUT_THEIR_EVENT = select(audit_heads.c.partner_id).where(
    ~exists().where(
        audit_events.c.partner_id == audit_heads.c.partner_id, audit_events.c.number == audit_heads.c.number
    )
)
_PARTNERS_WITHOUT_EVENTS = select(partners.c.id).where(~exists().where(audit_events.c.partner_id == partners.c.id))
_CHAINS = select(audit_events.c.partner_id).distinct()


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


async def use_snapshot(connection: AsyncConnection) -> None:
    """Read from one snapshot, without a time limit, until the transaction ends. Call it before the first query."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        await connection.execute(text("SET LOCAL statement_timeout = 0"))


async def stream_events(connection: AsyncConnection) -> AsyncGenerator[AuditEventRow]:
    """Yield the events of all chains, chain by chain."""
    async for row in await connection.stream(_EVENTS):
        yield AuditEventRow._make(row)


async def stream_chains(connection: AsyncConnection) -> AsyncGenerator[str]:
    """Yield the partner's id of each chain that has an event."""
    async for id_ in (await connection.stream(_CHAINS)).scalars():
        yield id_


async def cut_off(connection: AsyncConnection) -> set[str]:
    """Return the ids of partners whose chain lacks its last event, or every event."""
    ended = (await connection.execute(_HEADS_WITHOUT_THEIR_EVENT)).scalars()
    return {*ended, *(await connection.execute(_PARTNERS_WITHOUT_EVENTS)).scalars()}


async def unlock_days(connection: AsyncConnection, partner_ids: Collection[str]) -> set[tuple[str, date]]:
    """Return the days on which these partners unlocked a login."""
    unlocked = (audit_events.c.event == "unlocked") & audit_events.c.partner_id.in_(partner_ids)
    rows = await connection.execute(select(audit_events.c.partner_id, audit_events.c.happened_on).where(unlocked))
    return {(partner, day) for partner, day in rows}
