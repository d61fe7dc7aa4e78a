"""Limits on how often one caller may ask, counted in this process alone.

A token counts by its partner and a key by its integrator, once they turn out to be good. Everything else counts by its
address, which several people may share: such a response has the policy and never the remaining number.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from fastapi import Request

from app.api.http.cors import HeaderList
from app.errors import TooManyRequests
from app.settings import RateLimit

MAX_COUNTED = 50_000
# Of an IPv6 address, what one household or one server is given; the rest is theirs to vary.
_NETWORK_BITS = 64
_LIMITED = "rekindle.limited"


@dataclass(frozen=True, slots=True)
class Allowance:
    """The decision on one request, with the requests and seconds left in its window."""

    granted: bool
    left: int
    seconds: int


class RateLimiter:
    """A limit on requests by caller. All windows begin at the same time, which so tells nothing about a caller."""

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self._taken: dict[tuple[str, int], int] = {}

    def take(self, caller: str, now: datetime) -> Allowance:
        window, passed = divmod(int(now.timestamp()), self.limit.seconds)
        taken = self._taken.get((caller, window), 0)
        granted = taken < self.limit.requests
        if granted:
            if not taken and len(self._taken) >= MAX_COUNTED:
                del self._taken[next(iter(self._taken))]
            taken += 1
            self._taken[caller, window] = taken
        return Allowance(granted, self.limit.requests - taken, self.limit.seconds - passed)


@dataclass(slots=True)
class LimitedRequest:
    """A request that is counted once: by the caller that its credentials name, or by its address."""

    limiter: RateLimiter
    address: str
    now: datetime
    response_headers: HeaderList
    is_counted: bool = False

    def count(self, caller: str | None) -> None:
        if self.is_counted:
            return
        self.is_counted = True
        limit = self.limiter.limit
        allowance = self.limiter.take(caller or f"address {self.address}", self.now)
        self.response_headers.append((b"ratelimit-policy", b'"default";q=%d;w=%d' % (limit.requests, limit.seconds)))
        if caller:
            rest = b'"default";r=%d;t=%d' % (allowance.left, allowance.seconds)
            self.response_headers.append((b"ratelimit", rest))
        if not allowance.granted:
            policy = f"The limit is {limit.requests} requests in {limit.seconds} seconds"
            raise TooManyRequests(f"{policy}; try again in {allowance.seconds}.", allowance.seconds)


def prepare_count(scope: MutableMapping[str, Any], limited: LimitedRequest) -> None:
    """Let the request in `scope` be counted by `count_request`; without this it never is."""
    scope[_LIMITED] = limited


def count_request(scope: Mapping[str, Any], caller: str | None = None) -> None:
    """Count a request that was not counted yet. Raises `TooManyRequests`."""
    limited: LimitedRequest | None = scope.get(_LIMITED)
    if limited is not None:
        limited.count(caller)


async def count_by_address(request: Request) -> None:
    """Count a request to a route that looks at no credentials, whatever it was sent with."""
    count_request(request.scope)


def client_address(scope: Mapping[str, Any]) -> str:
    """Return the address of the peer, of IPv6 its network, or "unknown"."""
    host = str((scope.get("client") or ("unknown",))[0])
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> _NETWORK_BITS << _NETWORK_BITS))
