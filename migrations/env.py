import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from string import ascii_lowercase
from typing import Any, Literal

from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection, LargeBinary, delete, insert, inspect, text
from sqlalchemy.types import TypeDecorator

from app.settings import read_settings
from app.store.connection.revision import REVISIONS
from app.store.connection.session import open_engine
from app.store.schema.columns import Sealed
from app.store.schema.maintenance import served_revisions
from app.store.schema.tables import metadata

# Any number will do, as long as nothing else in the same database takes it.
LOCK = 20_261_123


async def migrate() -> None:
    url = context.config.attributes.get("database_url") or read_settings().database_url
    engine = open_engine(url, migrates=True)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate_with)
    finally:
        await engine.dispose()


def migrate_with(connection: Connection) -> None:
    # Alembic is configured inside the transaction: otherwise it commits, and gives the locks up, after each revision.
    with connection.begin():
        if connection.dialect.name == "postgresql":
            # Another migration is waited for longer than a lock on a table, behind which readers queue.
            connection.execute(text("SET LOCAL lock_timeout = '1min'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_type=True,
            compare_server_default=True,
            render_as_batch=True,
            render_item=render_item,
            process_revision_directives=set_dated_ids,
            on_version_apply=note_who_may_serve,  # type: ignore[arg-type]
        )
        context.run_migrations()


def note_who_may_serve(*, ctx: MigrationContext, step: MigrationInfo, **_: Any) -> None:
    """Note for which versions of the server the tables are: the new one, and the one before where a migration says so.

    A migration with `SERVES_BEFORE = True` only adds what the version before does not miss: that one serves, and
    starts, as long as it is not replaced.
    """
    connection = ctx.connection
    if connection is None or not inspect(connection).has_table(served_revisions.name):
        return
    script: Any = step.up_revision
    if not (step.is_upgrade and getattr(script.module, "SERVES_BEFORE", False)):
        connection.execute(delete(served_revisions))
    for revision in step.destination_revision_ids:
        connection.execute(insert(served_revisions), {"revision": revision})


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our column types as the types of SQLAlchemy that they are in the database."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if kind == "type" and isinstance(item, Sealed):
        return f"sa.{LargeBinary()!r}"
    return False


def set_dated_ids(_context: object, _revision: object, scripts: Iterable[MigrationScript | Any]) -> None:
    """Name a new revision by its day in UTC and a letter: 20261123a, 20261123b."""
    today = f"{datetime.now(UTC):%Y%m%d}"
    letters = [letter for letter in ascii_lowercase if today + letter not in REVISIONS]
    for script, letter in zip(scripts, letters, strict=False):
        script.rev_id = today + letter


if context.is_offline_mode():
    raise SystemExit("Rekindle writes its migrations to a database, not to a file of SQL.")

asyncio.run(migrate())
