"""Readiness: whether this server can serve its database, with its role and its file of keys."""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime

from app.errors import DatabaseUnavailable, NotReady
from app.service.maintenance import TASK
from app.service.recovery import Recovery
from app.store.connection.database import Database
from app.store.connection.revision import State
from app.store.crypto.vault import Vault
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import maintenance as stored_maintenance
from app.store.queries import readiness as stored_readiness

SECONDS_CACHED = 1


class ReadinessProbe:
    """The answer to probes, found out at most once a second over a connection that requests are served from."""

    def __init__(
        self, database: Database, vault: Callable[[], Vault], recovery: Recovery, clock: Callable[[], datetime]
    ) -> None:
        self._database, self._vault, self._recovery, self._clock = database, vault, recovery, clock
        self._looked_at = -math.inf
        self._found: State | NotReady | DatabaseUnavailable = State.EMPTY
        self._looking = asyncio.Lock()

    async def require(self) -> State:
        """Return the state of the database. Raises `NotReady` with the part that is not, `DatabaseUnavailable`."""
        async with self._looking:
            if asyncio.get_running_loop().time() >= self._looked_at + SECONDS_CACHED:
                try:
                    self._found = await self._look()
                except (NotReady, DatabaseUnavailable) as error:
                    self._found = error
                self._looked_at = asyncio.get_running_loop().time()
        if isinstance(self._found, State):
            return self._found
        raise type(self._found)(self._found.detail)

    async def _look(self) -> State:
        vault = self._vault()
        await self._recovery.finish(self._database, vault, self._clock)
        async with self._database.reading() as connection:
            state = await stored_readiness.require_served(connection)
            if await stored_data_keys.exist(connection):
                vault.ring.keys()
        return state

    async def seconds_since_maintenance(self) -> float | None:
        """Return how long ago maintenance was done, None where that is not known. Raises `DatabaseUnavailable`."""
        if not self._recovery.is_done:
            return None
        async with self._database.reading() as connection:
            done_at = await stored_maintenance.last_done_at(connection, TASK)
        return None if done_at is None else (self._clock() - done_at).total_seconds()
