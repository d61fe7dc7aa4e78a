"""Rate limit by caller, counted in this process alone; a proxy in front can count for several."""

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
    """The requests that one caller has left, and when the window ends, in seconds of the limiter's clock."""

    left: int
    ends: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """The decision on one request, with the requests and seconds left in its window."""

    granted: bool
    left: int
    seconds: int


class RateLimiter:
    """A fixed-window limit on requests by credentials, or by address where these are unknown or bad."""

    def __init__(self, limit: RateLimit, now: Callable[[], float] = monotonic) -> None:
        self.limit = limit
        self._now = now
        self._windows: dict[str, Window] = {}
        self._recognised: dict[str, None] = {}

    def take(self, address: str, token: str | None) -> Allowance:
        """Count one request against its token, where `recognise` has named that as good, else its address."""
        digest = token and _digest(token)
        window = self._window(digest if digest in self._recognised else address)
        granted = window.left > 0
        window.left -= granted
        return Allowance(granted, window.left, max(1, ceil(window.ends - self._now())))

    def recognise(self, token: str, address: str) -> None:
        """Count this and all later requests with `token` against the token instead of the address."""
        # Two partners behind one address would otherwise see in the remaining number whether the other was here.
        digest = _digest(token)
        if digest in self._recognised:
            return
        # All are forgotten at once: each is recognised again with its next request.
        if len(self._recognised) >= MAX_CALLERS:
            self._recognised.clear()
        self._recognised[digest] = None
        self._window(address).left += 1
        self._window(digest).left -= 1

    def _window(self, caller: str) -> Window:
        now = self._now()
        window = self._windows.get(caller)
        if window is None or window.ends <= now:
            self._drop_ended(now)
            window = self._windows[caller] = Window(self.limit.requests, now + self.limit.seconds)
        return window

    def _drop_ended(self, now: float) -> None:
        if len(self._windows) < MAX_CALLERS:
            return
        self._windows = {caller: window for caller, window in self._windows.items() if window.ends > now}
        if len(self._windows) >= MAX_CALLERS:
            self._windows.clear()


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def client_address(scope: Mapping[str, Any]) -> str:
    """Return the address of the peer, or "unknown"."""
    client: Sequence[Any] | None = scope.get("client")
    return str(client[0]) if client else "unknown"
