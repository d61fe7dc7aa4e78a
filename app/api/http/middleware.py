"""What is the same for every request and every answer, in one layer around all routes."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.api.http.cors import Cors
from app.api.http.logs import describe_error
from app.api.http.metrics import Metrics
from app.api.http.problems import BodyRejected, problem_response
from app.api.http.rate_limit import RateLimiter, address_of
from app.api.http.route_templates import template_of
from app.errors import BodyTooLarge, InternalError, RekindleError, TooManyRequests, UnsupportedMediaType

Headers = list[tuple[bytes, bytes]]
RequestHeaders = Mapping[bytes, bytes]

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
JSON_TYPE = re.compile(rb"\s*application/(?:[\w.!#$&^+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})

WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
# Help must be within reach, whatever else was asked before.
UNLIMITED_PATHS = WATCHED | {"/v1/help"}

UNLESS_SAID_OTHERWISE: Headers = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"rekindle-version", __version__.encode()),
]
GONE_BEFORE_THE_ANSWER = 499
MAX_DRAIN_BYTES = 4_194_304

log = structlog.get_logger()


class HttpMiddleware:
    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, cors: Cors, limiter: RateLimiter | None, body_limit: int
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.cors = cors
        self.limiter = limiter
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        asked: RequestHeaders = dict(scope["headers"])
        request_id = scope["rekindle.request_id"] = accept_or_make_id(asked.get(b"x-request-id"))
        structlog.contextvars.bind_contextvars(request_id=request_id)
        answer = ResponseSender(
            send, [(b"x-request-id", request_id.encode()), *self.cors.headers(asked.get(b"origin"))]
        )
        if scope["method"] == "HEAD":
            answer.has_body = False
            scope = {**scope, "method": "GET"}
        try:
            await self._answer(scope, asked, receive, answer)
        finally:
            self._tell(scope, answer.status, perf_counter() - began)

    async def _answer(self, scope: Scope, asked: RequestHeaders, receive: Receive, answer: "ResponseSender") -> None:
        try:
            if self.cors.is_preflight(scope["method"], asked):
                await answer_preflight(answer, self.cors.preflight_headers(asked[b"origin"]))
                return
            if self.limiter and scope["path"].removeprefix(scope.get("root_path", "")) not in UNLIMITED_PATHS:
                count_against_limit(self.limiter, scope, asked, answer)
            await self.app(scope, limit_body(receive, scope, asked, self.body_limit), answer.send)
        except RekindleError as error:
            await answer_problem(scope, receive, answer, error)
        except Exception as error:  # noqa: BLE001  whatever it is, the caller gets a problem
            log.error("failed", error=describe_error(error))  # noqa: TRY400  its message may quote an answer
            if answer.status:
                raise RuntimeError("the answer broke off") from None
            await answer_problem(scope, receive, answer, InternalError())

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = template_of(scope)
        status = status or GONE_BEFORE_THE_ANSWER
        self.metrics.count(scope["method"], route, status, seconds)
        said = {"method": scope["method"], "route": route, "status": status, "milliseconds": round(seconds * 1000, 2)}
        if "rekindle.problem" in scope:
            said["problem"] = scope["rekindle.problem"]
        say = log.debug if route in WATCHED else log.info
        say("answered", **said)


@dataclass(slots=True)
class ResponseSender:
    """The way back to the caller, on which every answer gets the headers that all of them carry."""

    to: Send
    headers: Headers
    has_body: bool = True
    status: int = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = [*message.get("headers", ())]
            names = {name for name, _ in given}
            usual = [header for header in UNLESS_SAID_OTHERWISE if header[0] not in names]
            message["headers"] = given + usual + ALWAYS + self.headers
        elif not self.has_body:
            message = {**message, "body": b""}
        await self.to(message)


def accept_or_make_id(given: bytes | None) -> str:
    if given and REQUEST_ID.fullmatch(given):
        return given.decode()
    return make_id()


def make_id() -> str:
    return f"req_{secrets.token_hex(8)}"


async def answer_problem(scope: Scope, receive: Receive, answer: ResponseSender, error: RekindleError) -> None:
    response = await problem_response(Request(scope), error)
    await response(scope, receive, answer.send)


async def answer_preflight(answer: ResponseSender, headers: Headers) -> None:
    await answer.send({"type": "http.response.start", "status": 204, "headers": headers})
    await answer.send({"type": "http.response.body"})


def count_against_limit(limiter: RateLimiter, scope: Scope, asked: RequestHeaders, answer: ResponseSender) -> None:
    allowance = limiter.take(address_of(scope), bearer_of(asked))
    limit = limiter.limit
    answer.headers += [
        (b"ratelimit-policy", b'"default";q=%d;w=%d' % (limit.requests, limit.seconds)),
        (b"ratelimit", b'"default";r=%d;t=%d' % (allowance.left, allowance.seconds)),
    ]
    if not allowance.granted:
        words = f"The limit is {limit.requests} requests in {limit.seconds} seconds; try again in {allowance.seconds}."
        raise TooManyRequests(words, allowance.seconds)


def bearer_of(asked: RequestHeaders) -> str | None:
    kind, _, token = asked.get(b"authorization", b"").partition(b" ")
    return token.decode("latin-1") if kind.lower() == b"bearer" else None


def limit_body(receive: Receive, scope: Scope, asked: RequestHeaders, limit: int) -> Receive:
    """A body is judged when it is asked for, so that an unknown path is 404 whatever was sent there."""
    if scope["method"] not in WITH_BODY:
        return receive
    declared = asked.get(b"content-length", b"")
    is_json = JSON_TYPE.fullmatch(asked.get(b"content-type", b"")) and b"content-encoding" not in asked
    # A number of more than twelve digits is too large whatever it says, and slow to read.
    is_too_large = declared.isdigit() and (len(declared) > 12 or int(declared) > limit)  # noqa: PLR2004
    size = 0

    async def receive_judged() -> Message:
        nonlocal size
        if is_too_large and b"expect" in asked:
            raise BodyRejected(BodyTooLarge(limit))
        message = await receive()
        size += len(message.get("body", b""))
        if is_too_large or size > limit:
            await drain_body(receive, message)
            raise BodyRejected(BodyTooLarge(limit))
        if size and not is_json:
            await drain_body(receive, message)
            raise BodyRejected(UnsupportedMediaType("The header has to be Content-Type: application/json."))
        return message

    return receive_judged


async def drain_body(receive: Receive, message: Message) -> None:
    """Let a caller finish sending, within reason: one that is cut off on the way never reads why."""
    read = 0
    while message.get("more_body") and read < MAX_DRAIN_BYTES:
        message = await receive()
        read += len(message.get("body", b""))
