"""What the benchmark of the store repeats is what real requests ask."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from sqlalchemy import event, select, update

from app.store.connection.database import Database
from app.store.schema.partners import tokens
from benchmarks.store import TRANSACTIONS, heard, token_of
from tests.people import REPORT, Integrator, Person

REQUESTS: dict[str, Callable[[Person], object]] = {
    "taking a report": lambda person: person.post("/v1/me/reports", REPORT).raise_for_status(),
    "reading a view": lambda person: person.get("/v1/me/view").raise_for_status(),
}


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@contextmanager
def listening(app: FastAPI) -> Iterator[list[str]]:
    engine, said = app.state.database._engine.sync_engine, []

    def hear(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        said.append(sql)

    event.listen(engine, "before_cursor_execute", hear)
    yield said
    event.remove(engine, "before_cursor_execute", hear)


@pytest.mark.parametrize("name", TRANSACTIONS)
def test_it_asks_what_a_request_asks(integrator: Integrator, stored_app: FastAPI, database_url: str, name: str) -> None:
    one, other = integrator.add(), integrator.add()
    integrator.link(one, other)
    for person in (one, other):
        person.report()
    one.view()

    with listening(stored_app) as asked:
        REQUESTS[name](one)

    assert asked == asyncio.run(in_the_benchmark(database_url, name))


async def in_the_benchmark(database_url: str, name: str) -> list[str]:
    database = Database(database_url)
    async with database.writing() as connection:
        partner = (await connection.execute(select(tokens.c.partner_key).limit(1))).scalar_one()
        mine = update(tokens).where(tokens.c.partner_key == partner)
        await connection.execute(mine.values(hash=token_of(partner)))
    said, _new = await heard(database, TRANSACTIONS[name][0], partner)
    await database.close()
    return [each.sql for each in said]
