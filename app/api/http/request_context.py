"""What belongs to a request: its route, its limit, and the rulesets, present and language that it is answered with."""

from collections.abc import Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from fastapi import Request
from starlette.types import Scope

from app.api.http.cors import HeaderList
from app.errors import TooManyRequests
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.library import Library
from app.settings import RateLimit, Settings

DEFAULT_LANGUAGE = "en"
UNMATCHED = "unmatched"
# What every reader of language tags should allow for (RFC 5646, 4.4.1), and more wishes than a browser ever sends.
MAX_TAG_LENGTH, MAX_WISHES = 35, 50
VARY_BY_LANGUAGE = {"Vary": "Accept-Language"}
# By one limiter, in this process.
MAX_COUNTED = 50_000
# Of an IPv6 address, what one household or one server is given; the rest is theirs to vary.
_NETWORK_BITS = 64
_MAX_ADDRESS_LENGTH = 64
_LIMITED = "rekindle.limited"


def route_template(scope: Scope) -> str:
    """Return the path of the matched route as the OpenAPI document spells it, such as `/v1/couples/{couple_id}`."""
    route = scope.get("route")
    return str(route.path) if route else UNMATCHED


def rulesets_of(request: Request) -> ActiveRuleset:
    rulesets: ActiveRuleset = request.app.state.rulesets
    return rulesets


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def root_of(request: Request) -> str:
    """Return the path below which this server is reached, "" or without a slash at its end."""
    root: str = request.scope.get("root_path", "")
    return root


def public_url(request: Request) -> str:
    """Return the address of this server, without a slash at its end: of the settings, else as the request has it."""
    root = root_of(request)
    address = settings_of(request).public_url or str(request.base_url).rstrip("/")
    return address if address.endswith(root) else f"{address}{root}"


def now_of(request: Request) -> datetime:
    """Return the present in UTC, by the clock of the application."""
    now: datetime = request.app.state.clock()
    return now


def library_and_locale(request: Request, *wishes: str | None) -> tuple[Library, str]:
    """Return the content in force and the language to show it in: by the `wishes`, then by the request's header."""
    library = rulesets_of(request).current
    return library, choose_language(library.texts, *wishes, accept_language=request.headers.get("accept-language"))


def choose_language(available: Collection[str], *wishes: str | None, accept_language: str | None = None) -> str:
    """Return the first of the `wishes` that is available, then of the `accept_language` header, else English.

    An unknown language is never an error; `Content-Language` names the one that was chosen.
    """
    by_lower_case = {tag.lower(): tag for tag in available}
    for wish in (*wishes, *_by_weight(accept_language or "")):
        for tag in _broader_tags(wish or ""):
            if tag in by_lower_case:
                return by_lower_case[tag]
    return DEFAULT_LANGUAGE


def _broader_tags(tag: str) -> Iterator[str]:
    """Yield de-Latn-AT, then de-Latn, then de (RFC 4647, lookup)."""
    parts = tag.strip().lower().replace("_", "-")[: MAX_TAG_LENGTH + 1].split("-")
    if sum(map(len, parts)) + len(parts) - 1 > MAX_TAG_LENGTH:
        parts.pop()
    while parts:
        yield "-".join(parts)
        parts.pop()


def _by_weight(header: str) -> list[str]:
    weighted = [_parse_weight(item) for item in header.split(",", MAX_WISHES)[:MAX_WISHES]]
    return [tag for tag, weight in sorted(weighted, key=lambda item: -item[1]) if weight > 0 and tag != "*"]


def _parse_weight(item: str) -> tuple[str, float]:
    tag, _, parameter = item.partition(";")
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return tag.strip(), 1.0
    try:
        return tag.strip(), min(1.0, float(value))
    except ValueError:
        return tag.strip(), 0.0


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
    """A request that is counted once.

    A token counts by its partner and a key by its integrator, once they turn out to be good. Everything else counts by
    its address, which several people may share: such a response has the policy and never the remaining number.
    """

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
        return host[:_MAX_ADDRESS_LENGTH]
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> _NETWORK_BITS << _NETWORK_BITS))
