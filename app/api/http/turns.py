"""Requests in turn, so that nobody who floods the server keeps the database from the others.

A partner has one write and a few reads in the database at a time, over all their tokens. Credentials that are not known
yet have a few look-ups at a time by address. Each process has turns of its own, so several workers allow as many times
as much.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from starlette.types import Scope

from app.api.http.request_context import client_address
from app.errors import TooManyRequests

WRITES_AT_ONCE, READS_AT_ONCE, WAIT_SECONDS = 1, 3, 1
# Of all at one address, such as those of an app's back end after a restart; fewer than there are connections.
UNKNOWN_AT_ONCE, UNKNOWN_WAIT_SECONDS = 5, 5
MAX_REMEMBERED = 50_000


class Turns:
    """The turns of all callers of one process."""

    def __init__(self) -> None:
        self._running: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._comparing: set[str] = set()
        self._partners: dict[str, str | None] = {}

    def remember(self, credentials: str, partner: str | None) -> None:
        """Remember whose `credentials`, a digest, these are: a partner's, or None for an integrator's."""
        if credentials in self._partners:
            return
        if len(self._partners) >= MAX_REMEMBERED:
            del self._partners[next(iter(self._partners))]
        self._partners[credentials] = partner

    @asynccontextmanager
    async def transact(self, credentials: str, scope: Scope, *, writes: bool) -> AsyncGenerator[None]:
        """Wait for the caller's turn at the database. Raises `TooManyRequests` after some seconds."""
        partner = self._partners.get(credentials, "")
        if partner is None:
            yield
            return
        if partner:
            caller, seconds = f"{partner} {writes}", WAIT_SECONDS
            count = WRITES_AT_ONCE if writes else READS_AT_ONCE
        else:
            caller, count, seconds = client_address(scope), UNKNOWN_AT_ONCE, UNKNOWN_WAIT_SECONDS
        running = self._running.setdefault(caller, asyncio.Semaphore(count))
        try:
            async with asyncio.timeout(seconds):
                await running.acquire()
        except TimeoutError:
            raise TooManyRequests("Other requests of this caller are under way; try again in 1.", 1) from None
        try:
            yield
        finally:
            running.release()

    @asynccontextmanager
    async def compare(self, partner: str) -> AsyncGenerator[None]:
        """Let one passphrase of this partner be compared. Raises `TooManyRequests` while another one is."""
        if partner in self._comparing:
            raise TooManyRequests("A passphrase of this partner is being compared; try again in 1.", 1)
        self._comparing.add(partner)
        try:
            yield
        finally:
            self._comparing.discard(partner)
