"""PostgreSQL's wall around two: what they share is there for these two alone, whatever the statement."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.database import Database
from app.store.connection.session import ACT_AS_MAINTENANCE, act_for
from app.store.schema.choices import yeses
from app.store.schema.idempotency import kept_replies
from app.store.schema.partners import partners
from app.store.schema.plan import appointments
from app.store.schema.reports import reports
from app.store.schema.weeks import mutual_answers, weeks
from tests.people import REPORT, Integrator, Person
from tests.privacy.canaries import tell_everything

SHARED = (appointments, kept_replies, mutual_answers, reports, weeks, yeses)
OF_COUPLES = tuple(table for table in SHARED if table is not kept_replies)


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
async def strangers(integrator: Integrator, database: Database) -> tuple[Any, Any]:
    """The keys of two who do not know each other; all that can be is stored of the first and their couple."""

    def live() -> tuple[Person, Person]:
        a, _, _ = tell_everything(integrator)
        a.post("/v1/me/reports", REPORT, Idempotency_Key="own")
        alone = integrator.add()
        alone.report()
        return a, alone

    people = await asyncio.to_thread(live)
    async with database.reading() as connection:
        found = await connection.execute(select(partners.c.id, partners.c.key))
        key_of = {row.id: row.key for row in found}
    return key_of[people[0].id], key_of[people[1].id]


async def counts(connection: AsyncConnection) -> Mapping[Table, int]:
    return {table: (await connection.execute(select(func.count()).select_from(table))).scalar_one() for table in SHARED}


async def test_a_stranger_and_nobody_see_nothing_of_two(database: Database, strangers: tuple[Any, Any]) -> None:
    inside, outside = strangers
    async with database.reading() as connection:
        assert {*(await counts(connection)).values()} == {0}
        await act_for(connection, outside)
        assert await counts(connection) == {table: int(table is reports) for table in SHARED}
        await act_for(connection, inside)
        of_the_two = await counts(connection)
        await connection.execute(ACT_AS_MAINTENANCE)
        everything = await counts(connection)

    assert all(of_the_two[table] for table in OF_COUPLES)
    assert of_the_two[reports] == everything[reports] - 1
    assert of_the_two[kept_replies] == 0 < everything[kept_replies]


async def test_without_the_wall_a_stranger_sees_all(database: Database, strangers: tuple[Any, Any]) -> None:
    async with database.writing() as connection:
        await connection.execute(ACT_AS_MAINTENANCE)
        everything = await counts(connection)
        for table in SHARED:
            await connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
        await act_for(connection, strangers[1])
        assert await counts(connection) == everything
