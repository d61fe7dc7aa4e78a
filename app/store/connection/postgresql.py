import asyncpg

from app.errors import DatabaseUnavailable

_SECONDS = 3


async def stored_revisions(database_url: str) -> list[str]:
    address = database_url.replace("postgresql+asyncpg://", "postgresql://", 1)
    try:
        connection = await asyncpg.connect(address, timeout=_SECONDS, command_timeout=_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        raise DatabaseUnavailable(f"PostgreSQL cannot be reached: {error}") from error
    try:
        if not await connection.fetchval("SELECT to_regclass('alembic_version')"):
            return []
        return [row[0] for row in await connection.fetch("SELECT version_num FROM alembic_version")]
    except (asyncpg.PostgresError, TimeoutError) as error:
        raise DatabaseUnavailable(f"PostgreSQL does not answer: {error}") from error
    finally:
        connection.terminate()
