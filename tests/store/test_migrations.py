import asyncio
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, inspect, text

from app.errors import DatabaseUnavailable, NotReady
from app.service.integrators import create_integrator, find_key
from app.store.connection.database import Database
from app.store.connection.migration import prepare
from app.store.connection.revision import FOLDER, HEAD, REVISIONS, State, read_revisions, state_of
from app.store.connection.session import open_engine
from app.store.connection.upgrade import migrate
from app.store.schema.tables import metadata
from tests.store.rows import execute

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def config_for(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = url
    return config


def in_database(url: str, question: Any) -> Any:
    async def ask() -> Any:
        engine = open_engine(url)
        async with engine.connect() as connection:
            answer = await connection.run_sync(question)
        await engine.dispose()
        return answer

    return asyncio.run(ask())


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def checks_of(connection: Connection) -> set[str | None]:
    return {check["name"] for table in metadata.tables for check in inspect(connection).get_check_constraints(table)}


def test_there_is_one_line_of_migrations_and_the_code_knows_its_end() -> None:
    script = ScriptDirectory(str(FOLDER))

    line = [found.revision for found in script.walk_revisions()]

    assert script.get_heads() == [HEAD]
    assert line == [*reversed(REVISIONS)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ((("b", "a"), ("c", "a")), "migrations b and c both follow a"),
        ((("c", "b"),), "no migration b, which another"),
    ],
)
def test_files_that_are_no_line_are_named(tmp_path: Path, line: tuple[tuple[str, str], ...], message: str) -> None:
    (tmp_path / "versions").mkdir()
    for revision, before in (("a", None), *line):
        quoted = f'"{before}"' if before else None
        text = f'revision = "{revision}"\ndown_revision = {quoted}\n'
        (tmp_path / "versions" / f"{revision}.py").write_text(text)

    with pytest.raises(NotReady, match=message):
        read_revisions(tmp_path)


def test_migrations_are_dated_and_say_their_purpose() -> None:
    for found in ScriptDirectory(str(FOLDER)).walk_revisions():
        year, month, day, *purpose = Path(found.path).stem.split("_")
        assert datetime(int(year), int(month), int(day), tzinfo=UTC) >= datetime(2026, 11, 23, tzinfo=UTC)
        assert purpose
        assert found.revision.startswith(f"{year}{month}{day}"), "alembic revision names it by its day"
        assert found.doc


def test_migrated_tables_are_the_ones_the_code_speaks_to(empty_database_url: str) -> None:
    migrate(empty_database_url)

    assert in_database(empty_database_url, differences) == [], "alembic revision --autogenerate makes the migration"


def test_every_check_of_the_code_is_in_the_database(empty_database_url: str) -> None:
    declared = {
        check.name
        for table in metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }

    migrate(empty_database_url)

    assert declared
    assert in_database(empty_database_url, checks_of) == declared


def test_a_changed_table_would_be_noticed(database_url: str) -> None:
    def change(connection: Connection) -> list[Any]:
        connection.execute(text("ALTER TABLE integrators ADD COLUMN mood VARCHAR(10)"))
        return differences(connection)

    assert [difference[0] for difference in in_database(database_url, change)] == ["remove_column"]


def test_up_down_and_up_again_with_rows_in_it(empty_database_url: str) -> None:
    async def use() -> None:
        database = Database(empty_database_url)
        async with database.writing() as connection:
            made = await create_integrator(connection, "A friendly app", "test", NOW)
        assert (await find_key(database, made.api_key, NOW)).integrator == made.integrator
        await database.close()

    migrate(empty_database_url)
    asyncio.run(use())
    command.downgrade(config_for(empty_database_url), "base")
    left = in_database(empty_database_url, lambda connection: inspect(connection).get_table_names())
    migrate(empty_database_url)
    asyncio.run(use())

    assert left == ["alembic_version"]


async def test_the_state_of_a_database_is_told(empty_database_url: str) -> None:
    before = await state_of(empty_database_url)
    await asyncio.to_thread(migrate, empty_database_url)
    after = await state_of(empty_database_url)

    assert (before, after) == (State.EMPTY, State.AT_HEAD)


@pytest.mark.parametrize("serves_before", [True, False])
def test_the_version_before_serves_and_starts_where_a_migration_says_so(
    database_url: str, tmp_path: Path, *, serves_before: bool
) -> None:
    config = config_for(database_url)
    folder = Path(shutil.copytree(FOLDER, tmp_path / "migrations"))
    (folder / "versions" / "next.py").write_text(
        f'revision = "20991231a"\ndown_revision = "{HEAD}"\nSERVES_BEFORE = {serves_before}\n\n\n'
        "def upgrade() -> None:\n    pass\n\n\ndef downgrade() -> None:\n    pass\n"
    )
    config.set_main_option("script_location", str(folder))

    command.upgrade(config, "head")
    after = asyncio.run(state_of(database_url))
    if serves_before:
        asyncio.run(prepare(database_url))
    command.downgrade(config, HEAD)

    assert after is (State.SERVED if serves_before else State.UNKNOWN)
    assert asyncio.run(state_of(database_url)) is State.AT_HEAD


async def test_a_database_of_a_newer_version_is_left_alone(database: Database, database_url: str) -> None:
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '20991231a'"))
        await connection.execute(text("UPDATE served_revisions SET revision = '20991231a'"))

    assert await state_of(database_url) is State.UNKNOWN
    with pytest.raises(NotReady, match="migrations which this one does not have"):
        await prepare(database_url)


async def test_an_sqlite_database_is_brought_to_head_even_by_two_at_once(empty_sqlite_url: str) -> None:
    await asyncio.gather(prepare(empty_sqlite_url), prepare(empty_sqlite_url))

    assert await state_of(empty_sqlite_url) is State.AT_HEAD


@pytest.mark.parametrize("database", ["empty_sqlite_url", "empty_postgresql_url"])
def test_a_migration_that_fails_leaves_nothing_of_those_before_it(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url: str = request.getfixturevalue(database)
    config = config_for(url)
    folder = Path(shutil.copytree(FOLDER, tmp_path / "migrations"))
    (folder / "versions" / "last.py").write_text(
        f'revision = "last"\ndown_revision = "{HEAD}"\n\n\ndef upgrade() -> None:\n    raise NotImplementedError\n'
    )
    config.set_main_option("script_location", str(folder))

    with pytest.raises(NotImplementedError):
        command.upgrade(config, "head")

    assert asyncio.run(state_of(url)) is State.EMPTY


async def test_postgresql_waits_for_rekindle_migrate_even_by_two_at_once(empty_postgresql_url: str) -> None:
    with pytest.raises(NotReady, match="rekindle migrate"):
        await prepare(empty_postgresql_url)

    await asyncio.gather(*[asyncio.to_thread(migrate_in_a_process, empty_postgresql_url) for _ in range(2)])

    await prepare(empty_postgresql_url)


def migrate_in_a_process(url: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "app", "migrate"],
        env=os.environ | {"REKINDLE_DATABASE_URL": url},
        cwd=FOLDER.parent,
        check=True,
    )


async def test_a_database_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "rekindle.db").mkdir()

    with pytest.raises(DatabaseUnavailable, match=r"/rekindle\.db cannot be read: unable to open database file"):
        await prepare(f"sqlite+aiosqlite:///{tmp_path}/rekindle.db")
    with pytest.raises(DatabaseUnavailable, match=r"no folder /.*/nowhere to keep the database in"):
        await prepare(f"sqlite+aiosqlite:///{tmp_path}/nowhere/rekindle.db")


async def test_a_file_that_is_no_database_is_said_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear database, " * 100)

    with pytest.raises(DatabaseUnavailable, match="not a database"):
        await prepare(f"sqlite+aiosqlite:///{file}")


async def test_a_migration_that_fails_is_said_in_one_line(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.writing() as connection:
        await connection.execute(text("DELETE FROM alembic_version"))
    await database.close()

    with pytest.raises(NotReady, match="table integrators already exists") as caught:
        await prepare(sqlite_url)

    assert "\n" not in str(caught.value)


def test_decisions_of_the_first_format_are_erased_and_counted(
    empty_database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    command.upgrade(config_for(empty_database_url), "20261123c")
    asyncio.run(execute(empty_database_url, *TWO_DECISIONS, now=NOW, zeros=bytes(32)))

    command.upgrade(config_for(empty_database_url), "head")

    assert in_database(empty_database_url, lambda connection: connection.scalar(COUNT_DECISIONS)) == 0
    assert "format is retired: 2\n" in capfd.readouterr().err


COUNT_DECISIONS = text("SELECT count(*) FROM decisions")
A_DECISION = """
INSERT INTO decisions (key, id, partner_key, made_at, ruleset, digest, inputs, sealed)
SELECT '0000000000000000000000000000000{0}', 'dec_{0}', key, :now, '2026.11', 'sha256:1', :zeros, :zeros FROM partners
"""
TWO_DECISIONS = (
    "INSERT INTO integrators (id, name, created_at) VALUES ('int_1', 'Test', :now)",
    """INSERT INTO partners (key, id, integrator_id, mode, created_on)
    VALUES ('00000000000000000000000000000009', 'ptr_1', 'int_1', 'test', :now)""",
    A_DECISION.format(1),
    A_DECISION.format(2),
)
