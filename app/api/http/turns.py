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

READS_AT_ONCE = 3
WAIT_SECONDS = 1
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
        """Wait up to a second for the caller's turn at the database. Raises `TooManyRequests`."""
        partner = self._partners.get(credentials, "")
        if partner is None:
            yield
            return
        caller = partner or f"address {client_address(scope)}"
        count = 1 if partner and writes else READS_AT_ONCE
        running = self._running.setdefault(f"{caller} {count}", asyncio.Semaphore(count))
        try:
            async with asyncio.timeout(WAIT_SECONDS):
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
