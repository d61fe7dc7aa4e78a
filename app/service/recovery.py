"""Erasing again whom a restored database brought back, and holding requests back until that is done.

The list of the erased lies outside the database. Whoever is in it and has no receipt in the database was erased after
the database was copied. Both sides are read in ranges, so that millions of partners need little memory.
"""

import asyncio
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

from app.errors import NotFound, NotReady
from app.service.data_keys import bind_keys
from app.service.erasure import erase_returned
from app.service.session import Clock, Session
from app.store.connection.database import Database
from app.store.connection.migration import ROLE_GETS_AROUND
from app.store.crypto.erased_list import ErasedList
from app.store.crypto.ids import sha256_of
from app.store.crypto.vault import Vault
from app.store.queries import erasures as stored_erasures
from app.store.queries import readiness as stored_readiness

RANGE = 1000
SOUGHT_AT_ONCE = 100_000
"""So many of the erased are looked for in one pass through all partners."""
A_REQUEST_WAITS, A_START_WAITS = 2, 20
"""Seconds; after them a request is answered 503, and a server listens all the same."""
_FIRST = UUID(int=0)
_WEEK = timedelta(days=7)


async def erase_again(database: Database, vault: Vault, clock: Clock) -> int:
    """Erase partners whom a restored database brought back; return how many there were."""
    erased, sought = 0, set[bytes]()
    for hashes in vault.ring.erased.ranges():
        async with database.reading() as connection:
            sought |= hashes - await stored_erasures.hashes_among(connection, hashes)
        if len(sought) >= SOUGHT_AT_ONCE:
            erased += await _erase_among_all(database, vault, clock, sought)
            sought.clear()
    return erased + await _erase_among_all(database, vault, clock, sought)


async def _erase_among_all(database: Database, vault: Vault, clock: Clock, sought: set[bytes]) -> int:
    erased, after = 0, _FIRST
    while sought:
        async with database.reading() as connection:
            rows = await stored_erasures.partners_after(connection, after, RANGE)
        if not rows:
            break
        after = rows[-1].key
        for row in rows:
            if sha256_of(row.id) in sought:
                # Another process may be at it as well.
                with suppress(NotFound):
                    async with database.writing() as connection:
                        await erase_returned(Session(connection, vault, clock()), row.key, row.id)
                    erased += 1
        # Let requests run between two ranges.
        await asyncio.sleep(0)
    return erased


async def record_beside_keys(database: Database, erased: ErasedList, since: date | None) -> None:
    """Copy receipts into the list of the erased: those of a week before `since`, all where there is no list yet.

    A request adds its own; this adds what one could not, because its process died or the disk was full.
    """
    day = date.min if since is None or erased.is_empty() else since - _WEEK
    receipt = ""
    while True:
        async with database.reading() as connection:
            rows = await stored_erasures.receipts_after(connection, day, receipt, RANGE)
        if not rows:
            return
        await asyncio.to_thread(erased.add, [row.subject_hash for row in rows])
        day, receipt = rows[-1].erased_on, rows[-1].receipt


class Recovery:
    """What stands between requests and a database that may have been restored, or may not be served."""

    def __init__(self, *, requires_row_security: bool = True) -> None:
        self.is_done = False
        self._requires_row_security = requires_row_security
        self._is_fit, self._checking = False, asyncio.Lock()
        self._work: asyncio.Task[None] | None = None

    async def finish(self, database: Database, vault: Vault, clock: Clock, seconds: float = A_REQUEST_WAITS) -> None:
        """Return once nobody is there who was erased. Raises `NotReady`, `DatabaseUnavailable`."""
        async with self._checking:
            if not self._is_fit:
                await self._check(database, vault)
                self._is_fit = True
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._erase_again(database, vault, clock))
        try:
            # Shielded: a request that goes away does not end what all others wait for.
            await asyncio.wait_for(asyncio.shield(self._work), seconds)
        except TimeoutError:
            raise NotReady("This database was restored. Whoever was erased since is being erased again.") from None

    async def _check(self, database: Database, vault: Vault) -> None:
        async with database.reading() as connection:
            await stored_readiness.require_served(connection)
            is_bound = await stored_readiness.is_bound_by_row_security(connection)
        if self._requires_row_security and not is_bound:
            raise NotReady(ROLE_GETS_AROUND)
        await bind_keys(database, vault)

    async def _erase_again(self, database: Database, vault: Vault, clock: Clock) -> None:
        await erase_again(database, vault, clock)
        self.is_done = True
