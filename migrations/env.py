import asyncio

from alembic import context
from sqlalchemy import Connection, text

from app.settings import read_settings
from app.store.connection.session import open_engine
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
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=True,
    )
    # One at a time: SQLite's write lock and this one are held from before the version is read until it is written.
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Rekindle writes its migrations to a database, not to a file of SQL.")

asyncio.run(migrate())
