"""The HTTP middleware: request ids, security headers, CORS, rate limit, body limit, metrics and access log."""

import asyncio
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.api.http.caching import NOT_MODIFIED
from app.api.http.compression import LEAST_BYTES, ONCE, QUICK, Coding, choose_coding, coded_tag
from app.api.http.cors import Cors, HeaderList
from app.api.http.logs import describe_error
from app.api.http.problems import BodyRejected, problem_response
from app.api.http.request_context import (
    LimitedRequest,
    RateLimiter,
    client_address,
    count_request,
    prepare_count,
    route_template,
)
from app.api.http.routing import METHODS_WITH_BODY, refuse_long_query
from app.errors import BodyTooLarge, InternalError, RekindleError, TookTooLong, UnsupportedMediaType

RequestHeaders = Mapping[bytes, bytes]

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
JSON_TYPE = re.compile(rb"\s*application/(?:[\w.!#$&^+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
COMPRESSIBLE = re.compile(rb"text/|application/(?:[\w.+-]+\+)?json\b")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# Asked every few seconds by whatever watches the server, so they are logged at the level of debugging alone.
MONITORING_PATHS = frozenset({"/healthz", "/readyz"})
# Help must be within reach, however many requests came before.
UNLIMITED_PATHS = MONITORING_PATHS | {"/v1/help"}

DEFAULT_HEADERS: HeaderList = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
FIXED_HEADERS: HeaderList = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"rekindle-version", __version__.encode()),
]
# Logged where the client closed the connection before the response began, as nginx does.
CLIENT_CLOSED_REQUEST = 499
BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
# From the first byte of a body to the last of the answer.
REQUEST_SECONDS = 20
MAX_LENGTH_DIGITS = 12
MAX_DRAIN_BYTES = 4_194_304

log = structlog.get_logger()


class Metrics:
    """The counters by route template, without anything personal: of one process, or of all that share a `folder`."""

    def __init__(self, folder: Path | None = None) -> None:
        self.registry = CollectorRegistry()
        self.maintained_ago: float | None = None
        self._folder = folder
        self._requests = Counter(
            "rekindle_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "rekindle_http_request_seconds",
            "How long the answers took.",
            ["method", "route"],
            registry=self.registry,
            buckets=BUCKETS_SECONDS,
        )
        # Looking a series up by its labels takes longer than counting.
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        # A method is the caller's text: without this, each invented one would add a series.
        label = method if method in METHODS else "other"
        series = self._series.get((label, route, status)) or self._add_series(label, route, status)
        series[0].inc()
        series[1].observe(seconds)

    def expose(self) -> bytes:
        """Return all counters in the Prometheus format."""
        own = CollectorRegistry()
        own.register(_MaintenanceAge(self.maintained_ago))
        if self._folder is None:
            return generate_latest(self.registry) + generate_latest(own)
        MultiProcessCollector(own, str(self._folder))  # type: ignore[no-untyped-call]
        return generate_latest(own)

    def _add_series(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        series = self._requests.labels(method, route, str(status)), self._seconds.labels(method, route)
        self._series[method, route, status] = series
        return series


class _MaintenanceAge(Collector):
    """The one gauge: it is in the database, and the same for all processes."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds

    def collect(self) -> Iterator[GaugeMetricFamily]:
        description = "How long ago keys were rotated and everything lapsed was removed."
        if self._seconds is not None:
            yield GaugeMetricFamily("rekindle_maintenance_age_seconds", description, value=self._seconds)


class HttpMiddleware:
    """A single ASGI layer around all routes; a stack of layers would cost every request more."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        cors: Cors | None,
        limiter: RateLimiter | None,
        clock: Callable[[], datetime],
        body_limit: int,
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.cors = cors
        self.limiter = limiter
        self.clock = clock
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        headers: RequestHeaders = dict(scope["headers"])
        request_id = scope["rekindle.request_id"] = accept_or_make_id(headers.get(b"x-request-id"))
        structlog.contextvars.bind_contextvars(request_id=request_id)
        sender = ResponseSender(send, [(b"x-request-id", request_id.encode())], headers)
        if self.cors:
            sender.headers += self.cors.headers(headers.get(b"origin"))
        # Routes are declared for GET alone; HEAD is the same response without its body.
        if scope["method"] == "HEAD":
            sender.has_body = False
            scope = {**scope, "method": "GET"}
        try:
            await self._respond(scope, headers, receive, sender)
        finally:
            self._record(scope, sender.status, perf_counter() - began)

    async def _respond(self, scope: Scope, headers: RequestHeaders, receive: Receive, sender: "ResponseSender") -> None:
        try:
            if self.cors and self.cors.is_preflight(scope["method"], headers):
                await send_preflight(sender, self.cors.preflight_headers(headers[b"origin"]))
                return
            if self.limiter and scope["path"].removeprefix(scope.get("root_path", "")) not in UNLIMITED_PATHS:
                address = client_address(scope)
                prepare_count(scope, LimitedRequest(self.limiter, address, self.clock(), sender.headers))
                # With credentials it waits until they are looked up.
                if b"authorization" not in headers:
                    count_request(scope)
            refuse_long_query(scope)
            async with asyncio.timeout(REQUEST_SECONDS):
                await self.app(scope, limit_body(receive, scope, headers, self.body_limit), sender.send)
        except RekindleError as error:
            await send_problem(scope, receive, sender, error)
        except TimeoutError:
            # What was begun just before the deadline is not answered a second time.
            if not sender.has_begun:
                await send_problem(scope, receive, sender, TookTooLong())
        except Exception as error:  # noqa: BLE001  whatever it is, the client gets a problem
            log.error("failed", error=describe_error(error))  # noqa: TRY400  its message may quote an answer
            await send_problem(scope, receive, sender, InternalError())

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_template(scope)
        status = status or CLIENT_CLOSED_REQUEST
        self.metrics.count(scope["method"], route, status, seconds)
        event = {"method": scope["method"], "route": route, "status": status, "milliseconds": round(seconds * 1000, 2)}
        if "rekindle.problem" in scope:
            event["problem"] = scope["rekindle.problem"]
        write = log.debug if route in MONITORING_PATHS else log.info
        write("answered", **event)


@dataclass(slots=True)
class ResponseSender:
    """A `Send` that adds the headers of every response, compresses its body, and remembers its status.

    `status` is 0 until the response has begun.
    """

    to: Send
    headers: HeaderList
    request_headers: RequestHeaders
    has_body: bool = True
    status: int = 0
    start: Message | None = None

    @property
    def has_begun(self) -> bool:
        """Return whether anything was sent, so that no other response can take its place."""
        return self.status > 0 and self.start is None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            # It waits for the body, which decides whether the response is compressed.
            self.start = message
            return
        if self.start is not None:
            start, self.start = self.start, None
            own, body = [*start.get("headers", ())], message.get("body", b"")
            if not message.get("more_body", False):
                own, body = encode(self.status, own, body, self.request_headers)
                message = {**message, "body": body}
            names = {name for name, _ in own}
            defaults = [header for header in DEFAULT_HEADERS if header[0] not in names]
            await self.to({**start, "headers": own + defaults + FIXED_HEADERS + self.headers})
        if not self.has_body:
            message = {**message, "body": b""}
        await self.to(message)


def encode(status: int, headers: HeaderList, body: bytes, request_headers: RequestHeaders) -> tuple[HeaderList, bytes]:
    """Return the headers and body of a whole response, compressed where the client takes that and it is worth it."""
    coding = choose_coding(request_headers.get(b"accept-encoding"))
    if status == NOT_MODIFIED:
        return with_listed_tag(vary_by_coding(headers), coding, request_headers), body
    types = [value for name, value in headers if name == b"content-type"]
    if len(body) < LEAST_BYTES or not any(map(COMPRESSIBLE.match, types)):
        # A 304, which has no length to go by, has the same headers as the response that it stands for.
        return vary_by_coding(headers) if any(name == b"etag" for name, _ in headers) else headers, body
    named = {name: value for name, value in vary_by_coding(headers) if name != b"content-length"}
    if coding is not None:
        is_public = named.get(b"cache-control", b"").startswith(b"public")
        body = (ONCE if is_public else QUICK)[coding](body)
        named[b"content-encoding"] = coding.encode()
        if b"etag" in named:
            named[b"etag"] = coded_tag(named[b"etag"], coding)
    return [*named.items(), (b"content-length", b"%d" % len(body))], body


def vary_by_coding(headers: HeaderList) -> HeaderList:
    """Return the headers, of which `Vary` names `Accept-Encoding` too."""
    named = dict(headers)
    named[b"vary"] = b", ".join(filter(None, (named.get(b"vary"), b"Accept-Encoding")))
    return list(named.items())


def with_listed_tag(headers: HeaderList, coding: Coding | None, request_headers: RequestHeaders) -> HeaderList:
    """Return the headers of a 304 with the ETag that the client holds: that of the coding which it was sent."""
    listed = request_headers.get(b"if-none-match", b"")
    return [
        (name, coded_tag(value, coding) if name == b"etag" and coding and coded_tag(value, coding) in listed else value)
        for name, value in headers
    ]


def accept_or_make_id(header: bytes | None) -> str:
    if header and REQUEST_ID.fullmatch(header):
        return header.decode()
    return make_id()


def make_id() -> str:
    return f"req_{secrets.token_hex(8)}"


async def send_problem(scope: Scope, receive: Receive, sender: ResponseSender, error: RekindleError) -> None:
    if sender.has_begun:
        raise RuntimeError("the response broke off") from None
    response = await problem_response(Request(scope), error)
    await response(scope, receive, sender.send)


async def send_preflight(sender: ResponseSender, headers: HeaderList) -> None:
    await sender.send({"type": "http.response.start", "status": 204, "headers": headers})
    await sender.send({"type": "http.response.body"})


def limit_body(receive: Receive, scope: Scope, headers: RequestHeaders, limit: int) -> Receive:
    """Wrap `receive` so that it raises `BodyRejected` for a body over `limit` bytes or of another type than JSON.

    The body is checked when a route reads it, so that an unknown path is 404 whatever was sent there.
    """
    if scope["method"] not in METHODS_WITH_BODY:
        return receive
    declared = headers.get(b"content-length", b"")
    is_json = JSON_TYPE.fullmatch(headers.get(b"content-type", b"")) is not None
    is_encoded = b"content-encoding" in headers
    # Thousands of digits would be slow to read as a number, and are too large whatever they say.
    is_too_large = declared.isdigit() and (len(declared) > MAX_LENGTH_DIGITS or int(declared) > limit)
    size = 0

    async def receive_within_limit() -> Message:
        nonlocal size
        # A client that waits for 100 Continue is answered before it sends anything.
        if is_too_large and b"expect" in headers:
            raise BodyRejected(BodyTooLarge(limit))
        message = await receive()
        size += len(message.get("body", b""))
        if is_too_large or size > limit:
            await drain_body(receive, message)
            raise BodyRejected(BodyTooLarge(limit))
        if size and (is_encoded or not is_json):
            await drain_body(receive, message)
            raise BodyRejected(UnsupportedMediaType(is_json=is_json, is_encoded=is_encoded))
        return message

    return receive_within_limit


async def drain_body(receive: Receive, message: Message) -> None:
    """Read on for up to `MAX_DRAIN_BYTES`: a client that is cut off while sending never reads the response."""
    size = 0
    while message.get("more_body") and size < MAX_DRAIN_BYTES:
        message = await receive()
        size += len(message.get("body", b""))
