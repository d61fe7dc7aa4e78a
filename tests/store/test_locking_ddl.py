"""A migration runs while the version before it still serves, so no statement of it may hold up what others do.

Read by squawk, with PostgreSQL's own grammar, as the statements reach the database; `squawk --help` explains a rule.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.store.connection.revision import REVISIONS
from app.store.connection.upgrade import migrate

# What is only a matter of taste, and what the connection of every migration sets for itself.
NOT_ABOUT_LOCKS = (
    "ban-char-field",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamp-tz",
    "require-timeout-settings",
)
MARK = re.compile(r"(?:INSERT INTO|UPDATE) alembic_version ")
OF_EVERY_MIGRATION = re.compile(
    r"CREATE TABLE alembic_version|SELECT pg_(?:advisory_xact_lock|catalog)|select pg_catalog"
    r"|SET LOCAL lock_timeout|(?:INSERT INTO|DELETE FROM) served_revisions"
)
PLANTED = {
    "require-concurrent-index-creation": "CREATE INDEX reports_by_day ON reports (reported_at)",
    "changing-column-type": "ALTER TABLE reports ALTER COLUMN id TYPE text",
    "renaming-column": "ALTER TABLE reports RENAME COLUMN pooled TO shared",
    "renaming-table": "ALTER TABLE reports RENAME TO answers",
    "adding-not-nullable-field": "ALTER TABLE reports ALTER COLUMN mood SET NOT NULL",
    "adding-required-field": "ALTER TABLE reports ADD COLUMN mood text NOT NULL",
    "adding-field-with-default": "ALTER TABLE reports ADD COLUMN made timestamptz DEFAULT clock_timestamp()",
    "adding-foreign-key-constraint": "ALTER TABLE reports ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES partners (key)",
    "constraint-missing-not-valid": "ALTER TABLE reports ADD CONSTRAINT c CHECK (length(pooled) > 0)",
    "disallowed-unique-constraint": "ALTER TABLE reports ADD CONSTRAINT u UNIQUE (pooled)",
    "adding-serial-primary-key-field": "ALTER TABLE reports ADD COLUMN n serial PRIMARY KEY",
    "ban-drop-column": "ALTER TABLE reports DROP COLUMN pooled",
    "ban-drop-table": "DROP TABLE reports",
    "ban-drop-not-null": "ALTER TABLE reports ALTER COLUMN pooled DROP NOT NULL",
    "ban-concurrent-index-creation-in-transaction": (
        "ALTER TABLE reports ADD COLUMN mood text; CREATE INDEX CONCURRENTLY reports_by_mood ON reports (mood)"
    ),
}


def broken_rules(*statements: str) -> dict[str, str]:
    """Each rule that does not hold, with the line and what is said about it."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("squawk"),
            "--assume-in-transaction",
            "--pg-version=17",
            f"--exclude={','.join(NOT_ABOUT_LOCKS)}",
            "--reporter=json",
        ],
        input="".join(f"{statement};\n" for statement in statements),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return {found["rule_name"]: f"{found['line']}: {found['message']}" for found in json.loads(done.stdout)}


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Every statement that this process sends to a database."""
    heard: list[str] = []

    def hear(*sent: Any) -> None:
        heard.append(sent[2].strip())

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def by_migration(statements: list[str]) -> list[list[str]]:
    """Each migration ends by saying that it is done."""
    migrations: list[list[str]] = [[]]
    for statement in statements:
        if MARK.match(statement):
            migrations.append([])
        elif not OF_EVERY_MIGRATION.match(statement):
            migrations[-1].append(statement)
    return [migration for migration in migrations if migration]


def test_no_migration_holds_up_those_who_are_served_meanwhile(empty_postgresql_url: str) -> None:
    with overheard() as statements:
        migrate(empty_postgresql_url)
    migrations = by_migration(statements)

    assert len(migrations) == len(REVISIONS)
    assert "CREATE TABLE integrators" in migrations[0][0]
    for migration in migrations:
        assert broken_rules(*migration) == {}


@pytest.mark.parametrize(("rule", "statement"), PLANTED.items(), ids=PLANTED)
def test_what_would_hold_them_up_is_found(rule: str, statement: str) -> None:
    assert rule in broken_rules(statement)


def test_a_table_that_is_new_holds_up_nobody() -> None:
    assert broken_rules("CREATE TABLE moods (a integer)", "CREATE INDEX moods_by_a ON moods (a)") == {}


def test_what_was_thought_over_says_so_in_its_statement() -> None:
    assert broken_rules("-- squawk-ignore ban-drop-column\nALTER TABLE reports DROP COLUMN pooled") == {}
