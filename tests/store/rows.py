"""The database of a test, spoken to without the application: as its operator, or an attacker, would."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine


async def open_the_wall(connection: AsyncConnection) -> None:
    """PostgreSQL shows private rows to their owner and to maintenance alone."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT set_config('rekindle.partner', 'upkeep', true)"))


async def execute(url: str, *statements: str, **given: object) -> None:
    """In one transaction."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await open_the_wall(connection)
        for statement in statements:
            await connection.execute(text(statement), given)
    await engine.dispose()


async def fetch(url: str, statement: str, **given: object) -> Sequence[Any]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await open_the_wall(connection)
        found = (await connection.execute(text(statement), given)).all()
    await engine.dispose()
    return found
