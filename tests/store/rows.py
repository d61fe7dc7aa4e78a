"""The database of a test, spoken to without the application: as its operator, or an attacker, would."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine


async def open_the_wall(connection: AsyncConnection) -> None:
    """PostgreSQL shows private rows to their owner and to maintenance alone."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT set_config('rekindle.partner', 'upkeep', true)"))


@asynccontextmanager
async def in_one_transaction(url: str) -> AsyncGenerator[AsyncConnection]:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await open_the_wall(connection)
            yield connection
    finally:
        await engine.dispose()


async def execute(url: str, *statements: str, **given: object) -> None:
    """In one transaction."""
    async with in_one_transaction(url) as connection:
        for statement in statements:
            await connection.execute(text(statement), given)


async def fetch(url: str, statement: str, **given: object) -> Sequence[Any]:
    async with in_one_transaction(url) as connection:
        return (await connection.execute(text(statement), given)).all()
