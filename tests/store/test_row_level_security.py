"""PostgreSQL's own wall: what is private to a partner is there for that partner alone, whatever the statement."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import Insert, Select, Table, UpdateBase, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.database import Database
from app.store.connection.session import ACT_AS_MAINTENANCE, act_for
from app.store.schema.choices import choices
from app.store.schema.decisions import decisions, kept_views
from app.store.schema.feedback import feedback
from app.store.schema.partners import partners, passphrases
from app.store.schema.pasts import pasts
from app.store.schema.plan import plan_items
from app.store.schema.reports import held_support, private_answers
from tests.people import Integrator
from tests.store.test_wall_around_couples import SHARED

PRIVATE = (choices, decisions, feedback, held_support, kept_views, passphrases, pasts, plan_items, private_answers)
A_DAY = date(2026, 11, 23)


class Two(NamedTuple):
    """The keys of two partners who both have a row in every private table."""

    a: UUID
    b: UUID


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
async def two(integrator: Integrator, database: Database) -> Two:
    people = [await asyncio.to_thread(integrator.add) for _ in range(2)]
    for person in people:
        await asyncio.to_thread(person.report, {"safety": {"fear": "yes"}})
    async with database.writing() as connection:
        found = await connection.execute(select(partners.c.id, partners.c.key))
        key_of = {row.id: row.key for row in found}
        keys = Two(*[key_of[person.id] for person in people])
        for number, key in enumerate(keys):
            await act_for(connection, key)
            for row in rows_that_no_report_makes(key, number):
                await connection.execute(row)
    return keys


def rows_that_no_report_makes(partner: UUID, number: int) -> list[Insert]:
    sealed = {"partner_key": partner, "sealed": b"noise"}
    return [
        insert(choices).values(sealed | {"mark": bytes([number] * 32)}),
        insert(feedback).values(sealed | {"key": UUID(int=number), "id": f"fbk_{number}", "given_on": A_DAY}),
        insert(kept_views).values(sealed | {"mark": bytes([number] * 32)}),
        insert(passphrases).values(sealed | {"failures": 0}),
        insert(plan_items).values(sealed | {"id": f"itm_{number}"}),
    ]


async def rows_of(database: Database, partner: UUID) -> dict[Table, list[Any]]:
    """Every private row of a partner, read by that partner."""
    async with database.reading() as connection:
        await act_for(connection, partner)
        return {
            table: list(await connection.execute(select(table).where(table.c.partner_key == partner)))
            for table in PRIVATE
        }


async def touched(connection: AsyncConnection, statement: Select[Any] | UpdateBase) -> set[UUID]:
    """The partners whose rows a statement reads, changes or deletes."""
    return set((await connection.execute(statement)).scalars())


async def execute_as(database: Database, partner: UUID, statement: UpdateBase) -> None:
    async with database.writing() as connection:
        await act_for(connection, partner)
        await connection.execute(statement)


def statements() -> Iterator[Select[Any] | UpdateBase]:
    """For all rows there are, whoever they are of."""
    for table in PRIVATE:
        whose = table.c.partner_key
        yield select(whose)
        yield select(whose).with_for_update()
        yield select(whose).join(partners, partners.c.key == whose)
        yield update(table).values(sealed=b"changed").returning(whose)
        yield delete(table).returning(whose)


async def test_tests_have_no_way_around_the_wall(database: Database) -> None:
    async with database.reading() as connection:
        rights = text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        owners = text("SELECT DISTINCT tableowner = current_user FROM pg_tables WHERE schemaname = 'public'")

        assert (await connection.execute(rights)).one() == (False, False)
        assert (await connection.execute(owners)).scalars().all() == [True]


async def test_the_wall_is_before_every_private_table_and_for_its_owner_too(database: Database) -> None:
    walled = text(
        "SELECT relname, relforcerowsecurity, count(polname) FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid "
        "WHERE relrowsecurity GROUP BY 1, 2 ORDER BY 1"
    )
    async with database.reading() as connection:
        tables = sorted(table.name for table in (*PRIVATE, *SHARED))
        assert (await connection.execute(walled)).all() == [(table, True, 1) for table in tables]


async def test_the_other_partner_touches_only_rows_of_their_own(database: Database, two: Two) -> None:
    before = await rows_of(database, two.a)
    assert all(before.values())

    async with database.writing() as connection:
        await act_for(connection, two.b)
        for statement in statements():
            assert await touched(connection, statement) == {two.b}, statement

    assert await rows_of(database, two.a) == before
    assert await rows_of(database, two.b) == {table: [] for table in PRIVATE}


async def test_nobody_touches_anything(database: Database, two: Two) -> None:
    async with database.writing() as connection:
        for statement in statements():
            assert await touched(connection, statement) == set(), statement


async def test_a_connection_does_not_remember_whom_it_served(database: Database, two: Two) -> None:
    for fails in (False, True):
        with suppress(LookupError):
            async with database.writing() as connection:
                await act_for(connection, two.a)
                if fails:
                    raise LookupError
        async with database.writing() as connection:
            # It does remember that there was a name, as an empty one.
            assert (await connection.execute(text("SELECT current_setting('rekindle.partner', true)"))).scalar() == ""
            for statement in statements():
                assert await touched(connection, statement) == set(), statement


async def test_nothing_is_written_in_the_name_of_the_other(database: Database, two: Two) -> None:
    own = await rows_of(database, two.b)
    for table in PRIVATE:
        changes = {"partner_key": two.a, "sealed": b"changed"}
        given = update(table).values(changes)
        added = upsert(table).values({**own[table][0]._mapping, **changes})
        added_or_changed = added.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes)
        for statement in (given, added, added_or_changed):
            with pytest.raises(DBAPIError, match="violates row-level security policy"):
                await execute_as(database, two.b, statement)


async def test_maintenance_reaches_every_row(database: Database, two: Two) -> None:
    async with database.writing() as connection:
        await connection.execute(ACT_AS_MAINTENANCE)
        for statement in statements():
            assert await touched(connection, statement) == set(two), statement


async def test_without_the_wall_the_same_statements_reach_every_row(database: Database, two: Two) -> None:
    async with database.writing() as connection:
        for table in PRIVATE:
            await connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
        await act_for(connection, two.b)
        for statement in statements():
            assert await touched(connection, statement) == set(two), statement


async def test_whoever_is_erased_takes_every_row_along_whoever_asks(database: Database, two: Two) -> None:
    async with database.writing() as connection:
        await act_for(connection, two.b)
        await connection.execute(delete(partners).where(partners.c.key == two.a))
    async with database.reading() as connection:
        await connection.execute(ACT_AS_MAINTENANCE)
        for table in PRIVATE:
            assert await touched(connection, select(table.c.partner_key)) == {two.b}


async def test_a_dump_is_whole_or_refused(postgresql_url: str, postgresql_programs: Path, two: Two) -> None:
    def dump(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        address = postgresql_url.replace("+asyncpg", "")
        command = [str(postgresql_programs / "pg_dump"), "--data-only", "--table", "private_answers", *options, address]
        return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)

    refused = dump()
    blind = dump("--enable-row-security")
    whole = dump("--enable-row-security", PGOPTIONS="-c rekindle.partner=upkeep")

    assert refused.returncode == 1
    assert "row-level security" in refused.stderr
    assert [str(key) in blind.stdout for key in two] == [False, False]
    assert [str(key) in whole.stdout for key in two] == [True, True]
