"""One call as the steps it takes, whoever makes them: a client that blocks or one that is awaited."""

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2

from .copies import Copies
from .errors import ConnectionFailed, ProblemError, RekindleError, RequestTimedOut, problem_of
from .generated.problems import PROBLEMS

# The waits between attempts, in seconds, grow from the first to the longest.
FIRST_WAIT = 0.25
LONGEST_WAIT = 8.0
# The server did nothing, or a request of the kind may be repeated.
NOTHING_DONE = {429, 503}
PERHAPS_DONE = {502, 504}
STALE_CREDENTIALS = {"credentials_expired", "credentials_revoked", "credentials_unknown"}
REPEATABLE = {"GET", "PUT", "DELETE"}
NOT_MODIFIED = 304


@dataclass(frozen=True)
class Authorise:
    """Asks for the key or token; a fresh one with `renew`."""

    renew: bool


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass
class Request:
    """What is sent. `repeatable` says that sending it twice does what sending it once does."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def repeatable(self) -> bool:
        return self.method in REPEATABLE or "Idempotency-Key" in self.headers

    @property
    def key(self) -> tuple[object, ...]:
        """What an answer depends on, the reader included, so that no copy is ever given to somebody else."""
        return self.path, tuple(self.query.items()), tuple(sorted(self.headers.items()))


Step = Authorise | Request | Wait
Steps = Generator[Step, Any, Any]


@dataclass(frozen=True)
class Call:
    """What an operation is called with; what is None is left out."""

    names: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str | None] = field(default_factory=dict)
    body: Any = None


def request_of(method: str, path: str, common: dict[str, str], call: Call) -> Request:
    """Return the request of a call: names filled in and escaped, a key of its own where the operation takes one."""
    filled = path.format_map({name: quote(value, safe="") for name, value in call.names.items()})
    given = {name: value for name, value in call.headers.items() if value is not None}
    if "Idempotency-Key" in call.headers:
        given.setdefault("Idempotency-Key", uuid4().hex)
    asked = {name: value for name, value in call.query.items() if value is not None}
    return Request(method, filled, asked, common | given, call.body)


def exchange(request: Request, copies: Copies, retries: int) -> Steps:
    """Yield the steps of a call, take what each came to, and return the answer.

    Raises a `ProblemError`, or a `ConnectionFailed` where no answer came.
    """
    attempt, renewed = 0, False
    while True:
        if token := (yield Authorise(renewed)):
            request.headers["Authorization"] = f"Bearer {token}"
        outcome = yield from _attempt(request, copies)
        if not isinstance(outcome, RekindleError):
            return outcome.data
        if not renewed and token and isinstance(outcome, ProblemError) and outcome.code in STALE_CREDENTIALS:
            renewed = True
            continue
        if attempt >= retries or not _may_repeat(request, outcome):
            raise outcome
        yield Wait(_wait_before(attempt, outcome))
        attempt += 1


@dataclass(frozen=True)
class Answer:
    data: Any


def _attempt(request: Request, copies: Copies) -> Generator[Step, Any, Answer | RekindleError]:
    key = request.key
    copy = copies.get(key) if request.method == "GET" else None
    if copy:
        request.headers["If-None-Match"] = copy.etag
    response: httpx2.Response | httpx2.TransportError = yield request
    request.headers.pop("If-None-Match", None)
    if isinstance(response, httpx2.TransportError):
        return _failure(response)
    if copy and response.status_code == NOT_MODIFIED:
        return Answer(copy.data)
    if not response.is_success:
        return problem_of(response, PROBLEMS)
    data = _read(response)
    if request.method == "GET":
        copies.keep(key, response.headers.get("etag"), data)
    return Answer(data)


def _read(response: httpx2.Response) -> Any:
    if not response.content:
        return None
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return response.json() if is_json else response.text


def _failure(error: httpx2.TransportError) -> ConnectionFailed:
    is_late = isinstance(error, httpx2.TimeoutException)
    failure = (
        RequestTimedOut("The server did not answer in time.")
        if is_late
        else ConnectionFailed("The server cannot be reached.")
    )
    failure.__cause__ = error
    return failure


def _may_repeat(request: Request, failure: RekindleError) -> bool:
    if not isinstance(failure, ProblemError):
        return request.repeatable
    if failure.status in NOTHING_DONE:
        return True
    return request.repeatable and (failure.status in PERHAPS_DONE or failure.code == "still_running")


def _wait_before(attempt: int, failure: RekindleError) -> float:
    """Return the seconds that the server asked for, else more each time; raise the failure where that is too long."""
    said = failure.retry_after if isinstance(failure, ProblemError) else None
    seconds = FIRST_WAIT * 2**attempt * random.uniform(0.5, 1) if said is None else said  # noqa: S311  spread, no secret
    if seconds > LONGEST_WAIT:
        raise failure
    return seconds
