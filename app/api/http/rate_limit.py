"""How often one caller may ask. Counted in this process alone; a proxy in front can count for many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from time import monotonic
from typing import Any

from app.settings import RateLimit

MAX_CALLERS = 50_000


@dataclass(slots=True)
class Window:
    """What one caller has left until the window ends."""

    left: int
    ends: float


@dataclass(frozen=True, slots=True)
class Allowance:
    granted: bool
    left: int
    seconds: int


class RateLimiter:
    def __init__(self, limit: RateLimit, now: Callable[[], float] = monotonic) -> None:
        self.limit = limit
        self._now = now
        self._windows: dict[str, Window] = {}
        self._recognised: dict[str, None] = {}

    def take(self, address: str, token: str | None) -> Allowance:
        """Count one request: for its token once that is known to be good, else for the address it came from."""
        named = token and _name(token)
        window = self._window(named if named in self._recognised else address)
        granted = window.left > 0
        window.left -= granted
        return Allowance(granted, window.left, max(1, ceil(window.ends - self._now())))

    def recognise(self, token: str, address: str) -> None:
        """From now on this token counts for itself, this request included.

        Two partners behind one address would otherwise read from what is left there whether the other came by.
        """
        named = _name(token)
        if named in self._recognised:
            return
        if len(self._recognised) >= MAX_CALLERS:
            self._recognised.clear()
        self._recognised[named] = None
        self._window(address).left += 1
        self._window(named).left -= 1

    def _window(self, caller: str) -> Window:
        now = self._now()
        window = self._windows.get(caller)
        if window is None or window.ends <= now:
            self._forget_ended(now)
            window = self._windows[caller] = Window(self.limit.requests, now + self.limit.seconds)
        return window

    def _forget_ended(self, now: float) -> None:
        if len(self._windows) < MAX_CALLERS:
            return
        self._windows = {caller: window for caller, window in self._windows.items() if window.ends > now}
        if len(self._windows) >= MAX_CALLERS:
            self._windows.clear()


def _name(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def address_of(scope: Mapping[str, Any]) -> str:
    """Where a request came from, as far as the server can tell."""
    client: Sequence[Any] | None = scope.get("client")
    return str(client[0]) if client else "unknown"
