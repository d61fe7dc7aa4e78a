import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.store.connection import session

# The name by which the API and the service, which import no SQLAlchemy, hand a connection on.
Connection = AsyncConnection


class Database:
    """The connections of one process, opened when the first is needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: AsyncEngine | None = None
        self._opening = asyncio.Lock()
        # SQLite has one writer at a time and lets the others try again by chance; here they come in their order.
        self._writing = asyncio.Lock() if url.startswith("sqlite") else nullcontext()

    @property
    def is_open(self) -> bool:
        return self._engine is not None

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        async with session.begin(await self.engine(), writes=False) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        async with self._writing, session.begin(await self.engine(), writes=True) as connection:
            yield connection

    async def engine(self) -> AsyncEngine:
        if self._engine is not None:
            return self._engine
        async with self._opening:
            if self._engine is None:
                # In a thread, so that other requests are served while SQLAlchemy loads the dialect.
                self._engine = await asyncio.to_thread(lambda: session.open_engine(self._url))
        return self._engine

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None
