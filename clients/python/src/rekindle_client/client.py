"""The two clients: one that blocks, one that is awaited."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from inspect import isawaitable
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import httpx2

from .copies import Copies
from .exchange import Authorise, Call, Request, Steps, Wait, exchange, request_of
from .generated.operations import AsyncOperations, Operations

DEFAULT_TIMEOUT = 15.0
DEFAULT_RETRIES = 2
DEFAULT_COPIES = 64
ACCEPT = "application/json, application/problem+json;q=0.9, */*;q=0.1"


Token = str | Callable[[bool], str] | None
AwaitedToken = str | Callable[[bool], str | Awaitable[str]] | None
T = TypeVar("T")
Http = TypeVar("Http", httpx2.Client, httpx2.AsyncClient)


class _Common(Generic[T, Http]):
    """What both clients are set up with.

    :param base_url: The address of the server, such as `https://rekindle.example`.
    :param token: Returns the key or token to send. It is called with True once the server has refused the last one as
        expired, revoked or unknown: return a fresh one then. A text is sent as it is.
    :param language: Sent as `Accept-Language`.
    :param headers: Headers of every request, such as `Rekindle-Test-Now`.
    :param timeout: Seconds that the server may be silent in one attempt.
    :param retries: How often a request is sent again where that does no harm.
    :param copies: How many answers with an ETag are kept in memory.
    :param http: A client of httpx2 to send with, where several share its connections; it is not closed here.
    """

    def __init__(  # noqa: PLR0913  each has a default
        self,
        base_url: str,
        token: T | None = None,
        *,
        language: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        retries: int = DEFAULT_RETRIES,
        copies: int = DEFAULT_COPIES,
        http: Http | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._retries = retries
        self._copies = Copies(copies)
        self._is_borrowed = http is not None
        self._http: Http = http or self._connect()
        self.headers = {"Accept": ACCEPT, **({"Accept-Language": language} if language else {}), **(headers or {})}

    def forget(self) -> None:
        """Drop every kept answer."""
        self._copies.clear()

    def _connect(self) -> Any:
        raise NotImplementedError

    def _steps(self, method: str, path: str, call: dict[str, Any]) -> Steps:
        return exchange(request_of(method, path, self.headers, Call(**call)), self._copies, self._retries)

    def _sent(self, request: Request) -> dict[str, Any]:
        sent: dict[str, Any] = {"headers": request.headers, "params": request.query, "timeout": self._timeout}
        if request.body is not None:
            sent["json"] = request.body
        return {"method": request.method, "url": self._base_url + request.path, **sent}

    def _ask_for_token(self, *, renew: bool) -> Any:
        return self._token(renew) if callable(self._token) else self._token


class Client(_Common[Token, httpx2.Client], Operations):
    """Calls the API and waits for the answer: `client.get_view()`.

    What is refused raises a `ProblemError`; no answer at all raises a `ConnectionFailed`. A `GET` whose ETag is known
    is asked for with it, and a 304 gives the kept copy. A creating `POST` carries an `Idempotency-Key` of its own, so
    that it is safe to send it again.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        if not self._is_borrowed:
            self._http.close()

    def _connect(self) -> httpx2.Client:
        return httpx2.Client()

    def _call(self, method: str, path: str, **call: Any) -> Any:
        steps, outcome = self._steps(method, path, call), None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                return done.value
            if isinstance(step, Authorise):
                outcome = self._ask_for_token(renew=step.renew)
            elif isinstance(step, Wait):
                time.sleep(step.seconds)
            else:
                outcome = self._send(step)

    def _send(self, request: Request) -> httpx2.Response | httpx2.TransportError:
        try:
            return self._http.request(**self._sent(request))
        except httpx2.TransportError as error:
            return error

    def _items(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        cursor = None
        while True:
            page = self._call("GET", path, query={**query, "cursor": cursor})
            yield from page["data"]
            if not (cursor := page["next_cursor"]):
                return


class AsyncClient(_Common[AwaitedToken, httpx2.AsyncClient], AsyncOperations):
    """Calls the API as `Client` does, and is awaited: `await client.get_view()`."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if not self._is_borrowed:
            await self._http.aclose()

    def _connect(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient()

    async def _call(self, method: str, path: str, **call: Any) -> Any:
        steps, outcome = self._steps(method, path, call), None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                return done.value
            if isinstance(step, Authorise):
                token = self._ask_for_token(renew=step.renew)
                outcome = await token if isawaitable(token) else token
            elif isinstance(step, Wait):
                await asyncio.sleep(step.seconds)
            else:
                outcome = await self._send(step)

    async def _send(self, request: Request) -> httpx2.Response | httpx2.TransportError:
        try:
            return await self._http.request(**self._sent(request))
        except httpx2.TransportError as error:
            return error

    async def _items(self, path: str, query: Mapping[str, Any]) -> AsyncIterator[Any]:
        cursor = None
        while True:
            page = await self._call("GET", path, query={**query, "cursor": cursor})
            for item in page["data"]:
                yield item
            if not (cursor := page["next_cursor"]):
                return
