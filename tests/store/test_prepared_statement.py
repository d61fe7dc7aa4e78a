"""What is sent past SQLAlchemy behaves as what is sent through it."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, NamedTuple
from uuid import UUID

import anyio
import pytest
from sqlalchemy import bindparam, event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import DatabaseUnavailable
from app.store.connection.database import Database
from app.store.connection.prepared_statement import PreparedQuery, PreparedStatement
from app.store.schema.consents import consents
from app.store.schema.integrators import api_keys, integrators
from app.store.schema.partners import partners

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PARTNER = UUID("018f0000-0000-7000-8000-000000000001")
SOMEONE = {"id": "int_someone", "name": "Someone", "created_at": NOW}
NAMES = select(integrators.c.name).order_by(integrators.c.id)
ADD = PreparedStatement(insert(integrators))
WHO = text("SELECT pg_backend_pid()")


class WideRow(NamedTuple):
    id: str
    mode: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    key: UUID
    created_on: date
    agreed: bool


class IdRow(NamedTuple):
    id: str


class NameRow(NamedTuple):
    name: str


class SleptRow(NamedTuple):
    slept: str


SLEEP = PreparedQuery(SleptRow, select(func.pg_sleep(5).label("slept")))


@pytest.fixture
async def on_postgresql(postgresql_url: str) -> AsyncGenerator[Database]:
    database = Database(postgresql_url)
    yield database
    await database.close()


async def names(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(NAMES)).scalars())


@contextmanager
def listening(connection: AsyncConnection, what: str, hear: Any) -> Iterator[None]:
    engine = connection.sync_engine
    event.listen(engine, what, hear)
    yield
    event.remove(engine, what, hear)


async def test_rows_come_back_as_from_sqlalchemy(database: Database) -> None:
    key = {"id": "key_a", "integrator_id": "int_someone", "mode": "test", "scopes": frozenset({"people", "keys"})}
    person = {"key": PARTNER, "id": "ptr_a", "integrator_id": "int_someone", "mode": "test", "created_on": NOW.date()}
    consent = {"partner_key": PARTNER, "purpose": "processing", "version": "1", "granted": True, "decided_at": NOW}
    wanted = (
        select(
            *(api_keys.c[name] for name in WideRow._fields[:5]),
            partners.c.key,
            partners.c.created_on,
            consents.c.granted.label("agreed"),
        )
        .join_from(api_keys, partners, partners.c.integrator_id == api_keys.c.integrator_id)
        .join(consents, consents.c.partner_key == partners.c.key)
        .where(api_keys.c.created_at <= bindparam("now"), partners.c.key == bindparam("partner"))
        .where(api_keys.c.mode == "test")
        .limit(1)
    )
    given = {"now": NOW, "partner": PARTNER}
    async with database.writing() as connection:
        await connection.execute(insert(integrators), SOMEONE)
        await connection.execute(insert(api_keys), {**key, "hash": bytes(32), "last_four": "abcd", "created_at": NOW})
        await connection.execute(insert(partners), person)
        await connection.execute(insert(consents), consent)
        plain = (await connection.execute(wanted, given)).one()
        [row] = await PreparedQuery(WideRow, wanted).all(connection, **given)
        none = await PreparedQuery(WideRow, wanted).one(connection, **{**given, "partner": UUID(int=0)})

    assert row._asdict() == dict(plain._mapping)
    assert [type(value) for value in row] == [type(value) for value in plain]
    assert row.created_at.utcoffset() == timedelta(0)
    assert none is None


async def test_moments_go_in_from_any_zone_and_never_without_one(database: Database) -> None:
    at_noon = PreparedQuery(IdRow, select(integrators.c.id).where(integrators.c.created_at == bindparam("at")))
    async with database.writing() as connection:
        await ADD.run(connection, **SOMEONE)
        found = await at_noon.all(connection, at=datetime(2026, 11, 23, 13, tzinfo=timezone(timedelta(hours=1))))
        with pytest.raises(Exception, match="time zone"):
            await at_noon.all(connection, at=datetime(2026, 11, 23, 12))  # noqa: DTZ001

    assert [row.id for row in found] == ["int_someone"]


async def test_what_fails_halfway_leaves_nothing(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as connection:
            await ADD.run(connection, **SOMEONE)
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()

    assert await names(database) == []


async def test_what_is_written_is_there_afterwards(database: Database) -> None:
    async with database.writing() as connection:
        await ADD.run(connection, **SOMEONE)

    assert await names(database) == ["Someone"]


async def test_a_broken_rule_is_told_as_sqlalchemy_tells_it(database: Database) -> None:
    async def write_twice() -> None:
        async with database.writing() as connection:
            for _ in range(2):
                await ADD.run(connection, **SOMEONE)

    with pytest.raises(IntegrityError):
        await write_twice()
    assert await names(database) == []


async def test_nobody_writes_while_reading(on_postgresql: Database) -> None:
    async def write_while_reading() -> None:
        async with on_postgresql.reading() as connection:
            await ADD.run(connection, **SOMEONE)

    with pytest.raises(DBAPIError, match="read-only transaction"):
        await write_while_reading()


async def test_a_statement_that_does_not_end_is_ended(on_postgresql: Database) -> None:
    async def sleep_too_long() -> None:
        async with on_postgresql.reading() as connection:
            await connection.execute(text("SET LOCAL statement_timeout = 50"))
            await SLEEP.all(connection)

    with pytest.raises(DatabaseUnavailable):
        await sleep_too_long()


async def test_a_lost_connection_is_told_and_the_next_one_works(on_postgresql: Database) -> None:
    async def be_cut_off() -> None:
        async with on_postgresql.writing() as connection, on_postgresql.reading() as other:
            mine = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await other.execute(text("SELECT pg_terminate_backend(:mine)"), {"mine": mine})
            await ADD.run(connection, **SOMEONE)

    with pytest.raises(DatabaseUnavailable):
        await be_cut_off()

    assert await names(on_postgresql) == []


async def write_and_sleep(database: Database) -> None:
    async with database.writing() as connection:
        await ADD.run(connection, **SOMEONE)
        await SLEEP.all(connection)


async def test_what_whoever_goes_away_had_begun_is_undone_at_once(on_postgresql: Database) -> None:
    with anyio.move_on_after(0.2):
        await write_and_sleep(on_postgresql)

    async with on_postgresql.writing() as connection:
        await ADD.run(connection, **SOMEONE)

    assert await names(on_postgresql) == ["Someone"]


async def test_a_transaction_that_nobody_could_undo_ends_with_its_connection(on_postgresql: Database) -> None:
    async with on_postgresql.reading() as connection:
        before = (await connection.execute(WHO)).one()
    asleep = asyncio.create_task(write_and_sleep(on_postgresql))
    await asyncio.sleep(0.2)
    while not asleep.done():
        asleep.cancel()
        await asyncio.sleep(0)

    async with on_postgresql.reading() as connection:
        after = (await connection.execute(WHO)).one()

    assert after != before
    assert await names(on_postgresql) == []


async def test_whoever_listens_hears_it_and_can_make_it_fail(database: Database) -> None:
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)
        if len(heard) > 1:
            raise LookupError

    async with database.reading() as connection:
        with listening(connection, "before_cursor_execute", hear):
            await PreparedQuery(NameRow, NAMES).all(connection)
            with pytest.raises(LookupError):
                await PreparedQuery(NameRow, NAMES).all(connection)

    assert [statement.split()[:2] for statement in heard] == [["SELECT", "integrators.name"]] * 2


async def test_postgresql_is_asked_by_its_driver(on_postgresql: Database) -> None:
    through_sqlalchemy: list[object] = []

    async with on_postgresql.reading() as connection:
        with listening(connection, "before_execute", lambda *seen: through_sqlalchemy.append(seen)):
            await PreparedQuery(NameRow, NAMES).all(connection)

    assert through_sqlalchemy == []


def test_a_query_whose_columns_are_not_the_fields_of_its_row_is_refused() -> None:
    with pytest.raises(TypeError, match="IdRow"):
        PreparedQuery(IdRow, NAMES)
