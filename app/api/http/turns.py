"""One partner's requests in turn, so that nobody who floods the server keeps the database from the others.

Each process has turns of its own, so with several workers one partner may have as many writes running as there are.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from app.errors import TooManyRequests

WAIT_SECONDS = 1
MAX_REMEMBERED = 50_000


class Turns:
    """The turns of all partners. One whose token is not known yet waits behind the same token alone."""

    def __init__(self) -> None:
        self._writing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._comparing: set[str] = set()
        self._partners: dict[str, str] = {}

    def remember(self, token: str, partner: str) -> None:
        """Let `token`, a digest, take the turns of its partner from now on."""
        if len(self._partners) >= MAX_REMEMBERED:
            del self._partners[next(iter(self._partners))]
        self._partners[token] = partner

    @asynccontextmanager
    async def write(self, token: str) -> AsyncGenerator[None]:
        """Wait up to a second for the writes of this partner that came before. Raises `TooManyRequests`."""
        partner = self._partners.get(token, token)
        lock = self._writing.setdefault(partner, asyncio.Lock())
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await lock.acquire()
        except TimeoutError:
            raise TooManyRequests("Other requests of this partner are being written; try again in 1.", 1) from None
        try:
            yield
        finally:
            lock.release()

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
