import asyncio
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Insert, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from app.errors import DatabaseUnavailable
from app.store.connection.database import Database
from app.store.connection.revision import state_of
from app.store.schema.integrators import api_keys, integrators

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOMEONE = {"id": "int_someone", "name": "Someone", "created_at": NOW}
A_KEY = {
    "id": "key_a",
    "integrator_id": "int_someone",
    "mode": "test",
    "scopes": frozenset({"people", "keys"}),
    "hash": bytes(32),
    "last_four": "abcd",
    "created_at": NOW,
}


async def write(database: Database, *rows: Insert) -> None:
    async with database.writing() as connection:
        for row in rows:
            await connection.execute(row)


async def names(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(select(integrators.c.name))).scalars())


async def test_what_is_written_is_there_afterwards(database: Database) -> None:
    await write(database, insert(integrators).values(SOMEONE))

    assert await names(database) == ["Someone"]


async def test_what_fails_halfway_leaves_nothing(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as connection:
            await connection.execute(insert(integrators).values(SOMEONE))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()

    assert await names(database) == []


async def test_moments_come_back_in_utc_and_words_as_a_set(database: Database) -> None:
    noon_in_paris = datetime(2026, 11, 23, 13, tzinfo=timezone(timedelta(hours=1)))
    async with database.writing() as connection:
        await connection.execute(insert(integrators).values(SOMEONE | {"created_at": noon_in_paris}))
        await connection.execute(insert(api_keys).values(A_KEY))
        made = (await connection.execute(select(integrators.c.created_at))).scalar_one()
        scopes = (await connection.execute(select(api_keys.c.scopes))).scalar_one()

    assert (made, made.utcoffset()) == (NOW, timedelta(0))
    assert scopes == {"people", "keys"}


async def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 23)  # noqa: DTZ001
    with pytest.raises(StatementError, match="time zone"):
        await write(database, insert(integrators).values(SOMEONE | {"created_at": naive}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "prod"},
        {"hash": bytes(31)},
        {"last_four": "abc"},
        {"expires_at": NOW},
        {"revoked_at": NOW - timedelta(seconds=1)},
        {"integrator_id": "int_nobody"},
        {"scopes": None},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_the_database_refuses_what_must_not_be(database: Database, wrong: dict[str, object]) -> None:
    await write(
        database, insert(integrators).values(SOMEONE), insert(api_keys).values(A_KEY | {"hash": bytes([1] * 32)})
    )

    with pytest.raises(IntegrityError):
        await write(database, insert(api_keys).values(A_KEY | {"id": "key_b"} | wrong))


async def test_no_two_keys_are_the_same(database: Database) -> None:
    await write(database, insert(integrators).values(SOMEONE), insert(api_keys).values(A_KEY))

    with pytest.raises(IntegrityError):
        await write(database, insert(api_keys).values(A_KEY | {"id": "key_b"}))


async def test_keys_go_with_their_integrator(database: Database) -> None:
    await write(database, insert(integrators).values(SOMEONE), insert(api_keys).values(A_KEY))

    async with database.writing() as connection:
        await connection.execute(integrators.delete())
        left = (await connection.execute(select(api_keys.c.id))).all()

    assert left == []


async def test_many_write_at_once_and_none_is_refused(database: Database) -> None:
    async def add(number: int) -> None:
        async with database.writing() as connection:
            count = len((await connection.execute(select(integrators.c.id))).all())
            await connection.execute(insert(integrators).values(SOMEONE | {"id": f"int_{number}", "name": f"{count}"}))

    await asyncio.gather(*[add(number) for number in range(20)])

    assert len(await names(database)) == 20


async def test_whoever_reads_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(integrators).values(SOMEONE))

        assert await asyncio.wait_for(names(database), timeout=2) == []


async def test_postgresql_lets_nobody_write_while_reading(postgresql_url: str) -> None:
    database = Database(postgresql_url)

    async def write_while_reading() -> None:
        async with database.reading() as connection:
            await connection.execute(insert(integrators).values(SOMEONE))

    with pytest.raises(DBAPIError, match="read-only transaction"):
        await write_while_reading()
    await database.close()


async def test_postgresql_ends_a_statement_that_does_not_end(postgresql_url: str) -> None:
    database = Database(postgresql_url)

    async def sleep_too_long() -> None:
        async with database.reading() as connection:
            await connection.execute(text("SET LOCAL statement_timeout = 50"))
            await connection.execute(text("SELECT pg_sleep(5)"))

    with pytest.raises(DatabaseUnavailable):
        await sleep_too_long()
    async with database.reading() as connection:
        usual = (await connection.execute(text("SHOW statement_timeout"))).scalar_one()
    await database.close()

    assert usual == "5s"


async def test_a_database_that_is_not_there_is_said_to_be_unavailable(tmp_path: object) -> None:
    nowhere_url = f"postgresql+asyncpg://nobody@/nothing?host={tmp_path}"
    nowhere = Database(nowhere_url)

    with pytest.raises(DatabaseUnavailable):
        await names(nowhere)
    with pytest.raises(DatabaseUnavailable):
        await state_of(nowhere_url)


async def test_an_address_as_hosts_hand_it_out_is_understood(postgresql_url: str) -> None:
    database = Database(f"{postgresql_url}&sslmode=disable")

    assert await names(database) == []
    await database.close()


@pytest.mark.parametrize("wrong", ["/no_such_database?", "/postgres?user=nobody&"], ids=["database", "role"])
async def test_a_database_that_does_not_let_us_in_is_said_to_be_unavailable(postgresql_url: str, wrong: str) -> None:
    url = re.sub(r"/\w+\?", wrong, postgresql_url)
    if "user" in wrong:
        url = re.sub(r"//\w+:@", "//nobody@", url)
    database = Database(url)

    with pytest.raises(DatabaseUnavailable):
        await names(database)
    with pytest.raises(DatabaseUnavailable):
        await state_of(url)
    await database.close()


async def test_a_full_disk_is_a_database_that_is_unavailable(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    disk_full = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"
    another_fault = disk_full.replace("53100", "22012")

    for statement, expected in ((disk_full, DatabaseUnavailable), (another_fault, DBAPIError)):
        with pytest.raises(expected):
            async with database.writing() as connection:
                await connection.execute(text(statement))
    await database.close()
