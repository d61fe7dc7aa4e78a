"""Which report of each of a couple counts, tried on many pasts against the rule in words."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.database import Database
from app.store.connection.session import act_for
from app.store.crypto.ids import new_id, new_key
from app.store.queries import reports
from app.store.schema.consents import consents
from app.store.schema.couples import couples, members
from app.store.schema.data_keys import data_keys
from app.store.schema.integrators import integrators
from app.store.schema.partners import partners

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TURN = datetime(2026, 11, 23, tzinfo=UTC)
HORIZON = TURN - timedelta(days=28)
A_MOMENT = timedelta(microseconds=1)
MOMENTS = [
    HORIZON - timedelta(days=9),
    HORIZON - A_MOMENT,
    HORIZON,
    TURN - timedelta(days=8),
    TURN - A_MOMENT,
    TURN,
    NOW - A_MOMENT,
    NOW,
    NOW + A_MOMENT,
]
PASTS = 150


class Couple(NamedTuple):
    key: UUID
    mine: UUID
    theirs: UUID
    their_id: str


async def a_couple(connection: AsyncConnection) -> Couple:
    couple = Couple(new_key(), new_key(), new_key(), new_id("ptr"))
    of_integrator = {"integrator_id": "int_one", "mode": "test", "created_on": NOW.date()}
    await connection.execute(insert(couples), {"key": couple.key, "id": new_id("cpl"), **of_integrator})
    for place, (partner, id_) in enumerate([(couple.mine, new_id("ptr")), (couple.theirs, couple.their_id)], 1):
        await connection.execute(insert(partners), {"key": partner, "id": id_, **of_integrator})
        await connection.execute(insert(data_keys), {"owner": id_, "epoch": 1, "wrapped": id_.encode()})
        member = {"couple_key": couple.key, "place": place, "partner_key": partner, "standing": "linked"}
        await connection.execute(insert(members), member)
    return couple


async def agree(connection: AsyncConnection, couple: Couple, partner: UUID, at: datetime) -> None:
    for purpose, for_couple in (("processing", None), ("pooling", couple.key)):
        agreed = {"partner_key": partner, "purpose": purpose, "version": "1", "granted": True, "decided_at": at}
        await connection.execute(insert(consents), {**agreed, "couple_key": for_couple})


async def report(connection: AsyncConnection, partner: UUID, at: datetime) -> UUID:
    key = new_key()
    await act_for(connection, partner)
    await reports.add(
        connection,
        b"private",
        key=key,
        id=new_id("rpt"),
        partner_key=partner,
        reported_at=at,
        answered_on=None,
        pooled=key.bytes,
    )
    return key


async def found_of(connection: AsyncConnection, couple: Couple, place: int = 2) -> UUID | None:
    rows = await reports.pooled_of_couple(connection, couple.key, before=TURN, horizon=HORIZON)
    return next((row.key for row in rows if row.place == place), None)


def counting(reported: dict[UUID, datetime], agreed: datetime) -> UUID | None:
    """The newest of those since their owner agreed that is from before this week and fresh."""
    counts = {key: at for key, at in reported.items() if max(agreed, HORIZON) <= at < TURN}
    return max(counts, key=lambda key: (counts[key], key), default=None)


async def test_what_counts_is_the_last_of_before_this_week(database: Database) -> None:
    chance = Random(4)
    seen = set()
    async with database.writing() as connection:
        await connection.execute(insert(integrators), {"id": "int_one", "name": "One", "created_at": NOW})
        for _ in range(PASTS):
            couple = await a_couple(connection)
            agreed = [chance.choice(MOMENTS) for _ in range(2)]
            await agree(connection, couple, couple.mine, agreed[0])
            await agree(connection, couple, couple.theirs, agreed[1])
            moments = chance.choices(MOMENTS, k=chance.randrange(5))
            reported = {await report(connection, couple.theirs, at): at for at in moments}
            expected = counting(reported, agreed[1])

            assert await found_of(connection, couple) == expected, (agreed, moments)
            seen.add(expected is None)

    assert seen == {True, False}


async def test_it_comes_with_what_opens_it(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(integrators), {"id": "int_one", "name": "One", "created_at": NOW})
        couple = await a_couple(connection)
        for partner in (couple.mine, couple.theirs):
            await agree(connection, couple, partner, HORIZON)
        key = await report(connection, couple.theirs, TURN - A_MOMENT)
        rows = await reports.pooled_of_couple(connection, couple.key, before=TURN, horizon=HORIZON)

    assert tuple(max(rows)) == (2, key, key.bytes, couple.their_id, 1, couple.their_id.encode())
    assert [row.key for row in rows if row.place == 1] == [None]


@pytest.mark.parametrize("ends", ["waiting", "left", "pooling", "processing"])
async def test_whoever_is_not_in_it_is_not_found(database: Database, ends: str) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(integrators), {"id": "int_one", "name": "One", "created_at": NOW})
        couple = await a_couple(connection)
        for each in (couple.mine, couple.theirs):
            await agree(connection, couple, each, HORIZON)
            await report(connection, each, TURN - A_MOMENT)
        before = [await found_of(connection, couple, place) for place in (1, 2)]
        partner = couple.theirs
        if ends in ("waiting", "left"):
            await connection.execute(update(members).where(members.c.partner_key == partner).values(standing=ends))
        else:
            this = (consents.c.partner_key == partner) & (consents.c.purpose == ends)
            await connection.execute(update(consents).where(this).values(granted=False, couple_key=None))
        after = [await found_of(connection, couple, place) for place in (1, 2)]

    assert None not in before
    assert after == [before[0], None]


async def test_what_is_held_is_replaced(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(integrators), {"id": "int_one", "name": "One", "created_at": NOW})
        couple = await a_couple(connection)
        await act_for(connection, couple.mine)
        before = await reports.find_support(connection, couple.mine)
        for sealed in (b"one", b"other"):
            await reports.put_support(connection, couple.mine, sealed)
        after = await reports.find_support(connection, couple.mine)

    assert (before, after) == (None, b"other")
