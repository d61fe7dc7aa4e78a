"""The latest reports of both lie as near among many, and in a long history, as among few."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Dialect

from app.store.connection.database import Database
from app.store.connection.prepared_statement import PreparedQuery
from app.store.queries.reports import OF_COUPLE
from app.store.queries.view_inputs import OF_PARTNER
from app.store.queries.weeks import LINK
from benchmarks.couples import fill, partners_for
from benchmarks.growth import LOOKUPS, MOST_BUFFERS, Touched, most_touched

FEW, MANY = 10_000, 100_000
ALL_LOOKUPS = LOOKUPS + 10
"""Beside the reports: private answers and members once; of each of the two both consents, the partner and the key."""
OF_WHAT_WAS_FOUND = ("SCAN lately", "SCAN decision")
"""The few rows that parts of a statement have come to."""


@pytest.fixture(scope="module")
def touched(postgresql: str, postgresql_at_head: str) -> Mapping[int, Touched]:
    """The most pages that both statements touched for any of some partners, all of whom answered weekly for a year."""
    return {size: asyncio.run(measured(postgresql, postgresql_at_head, size)) for size in (FEW, MANY)}


async def measured(server: str, template: str, size: int) -> Touched:
    name = f"{template}_{size}"
    on_server = await asyncpg.connect(server)
    await on_server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    connection = await asyncpg.connect(server.replace("/postgres?", f"/{name}?"))
    try:
        await fill(connection, partners_for(size))
        return await most_touched(connection, size)
    finally:
        await connection.close()
        await on_server.execute(f"DROP DATABASE {name}")
        await on_server.close()


def test_few_pages_of_reports_are_touched(touched: Mapping[int, Touched]) -> None:
    assert max(found.reports for found in touched.values()) <= MOST_BUFFERS


def test_ten_times_the_reports_cost_a_level_for_each_lookup_at_most(touched: Mapping[int, Touched]) -> None:
    assert touched[MANY].reports - touched[FEW].reports <= LOOKUPS
    assert touched[MANY].all - touched[FEW].all <= ALL_LOOKUPS


@pytest.mark.parametrize("query", [OF_PARTNER, OF_COUPLE, LINK], ids=["own", "of both", "link"])
async def test_sqlite_finds_every_row_by_an_index_and_sorts_nothing(sqlite_url: str, query: PreparedQuery[Any]) -> None:
    database = Database(sqlite_url)
    async with database.reading() as connection:
        sql, values = asked_of_sqlite(query, connection.dialect)
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [row.detail for row in plan]
    await database.close()

    steps = [step for step in steps if not step.startswith(OF_WHAT_WAS_FOUND)]
    reads = [step for step in steps if step.startswith(("SEARCH", "SCAN"))]
    assert len(reads) >= 2
    assert [step for step in reads if "USING" not in step or step.startswith("SCAN")] == []
    assert [step for step in steps if "TEMP B-TREE" in step] == []


def asked_of_sqlite(query: PreparedQuery[Any], dialect: Dialect) -> tuple[str, tuple[object, ...]]:
    """A plan does not depend on the values."""
    compiled = query.statement.compile(dialect=dialect)
    return str(compiled), (None,) * len(compiled.positiontup or ())
