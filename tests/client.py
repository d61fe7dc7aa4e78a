"""A client of an application that runs in the thread of the test.

Starlette's hands each request eight times to another thread and back, which takes longer than most answers do.
"""

import asyncio
import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Thread, get_ident
from types import TracebackType
from typing import Any, Self

from httpx2 import ASGITransport, BaseTransport, ByteStream, Client, Request, Response
from starlette.types import ASGIApp, Message

from tests.waiting import PATIENCE


class Portal:
    """An event loop that runs while it is asked something, in the thread that made it."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        self._maker = get_ident()
        self._thread: Thread | None = None
        self._moving = Lock()

    def call(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Return what the function returns, or what that comes to where it can be awaited."""
        if self._thread is None and self._maker == get_ident() and asyncio._get_running_loop() is None:
            return self._loop.run_until_complete(_await(function, arguments))
        if not self._loop.is_running():
            self._move()
        return asyncio.run_coroutine_threadsafe(_await(function, arguments), self._loop).result(PATIENCE)

    def call_aside(self, function: Callable[..., Any]) -> Any:
        """As `call`, in another thread: for what changes the process where it runs in the main one."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(self._loop.run_until_complete, _await(function, ())).result()

    def close(self) -> None:
        if self._thread:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._runner.close()

    def _move(self) -> None:
        """Give the loop a thread of its own: where several ask at once, or another loop waits, it runs all the time."""
        with self._moving:
            if self._thread is None:
                self._thread = Thread(target=self._loop.run_forever)
                self._thread.start()


async def _await(function: Callable[..., Any], arguments: tuple[object, ...]) -> Any:
    returned = function(*arguments)
    return await returned if inspect.isawaitable(returned) else returned


class Lifespan:
    """That of an application: from its start to its end it is one task."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def start(self) -> None:
        self._told, self._said = asyncio.Queue[Message](), asyncio.Queue[Message]()
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self._task = asyncio.ensure_future(self._app(scope, self._told.get, self._said.put))
        await self._tell("startup")

    async def end(self) -> None:
        await self._tell("shutdown")
        await self._task

    async def _tell(self, what: str) -> None:
        await self._told.put({"type": f"lifespan.{what}"})
        answer = asyncio.create_task(self._said.get())
        await asyncio.wait((self._task, answer), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() or answer.result()["type"] != f"lifespan.{what}.complete":
            answer.cancel()
            await self._task


class Transport(BaseTransport):
    def __init__(self, client: "TestClient", transport: ASGITransport) -> None:
        self._client = client
        self._transport = transport

    def handle_request(self, request: Request) -> Response:
        request.read()
        portal = self._client.portal or Portal()
        try:
            response: Response = portal.call(self._ask, request)
        finally:
            if portal is not self._client.portal:
                portal.close()
        return response

    async def _ask(self, request: Request) -> Response:
        answer = await self._transport.handle_async_request(request)
        body = b"".join([part async for part in answer.aiter_raw()])
        return Response(answer.status_code, headers=answer.headers, stream=ByteStream(body))


class TestClient(Client):
    """As Starlette's, without streams and WebSockets. As a context manager it runs the application's lifespan."""

    __test__ = False

    def __init__(
        self, app: ASGIApp, *, raise_server_exceptions: bool = True, client: tuple[str, int] = ("testclient", 50_000)
    ) -> None:
        self.app = app
        self.portal: Portal | None = None
        self._lifespan = Lifespan(app)
        transport = ASGITransport(app, raise_app_exceptions=raise_server_exceptions, client=client)
        super().__init__(
            base_url="http://testserver",
            headers={"user-agent": "testclient"},
            transport=Transport(self, transport),
            follow_redirects=True,
        )

    def __enter__(self) -> Self:
        self.portal = Portal()
        self.portal.call_aside(self._lifespan.start)
        return super().__enter__()

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        assert self.portal
        try:
            self.portal.call(self._lifespan.end)
        finally:
            self.portal.close()
            self.portal = None
        super().__exit__(exc_type, exc_value, traceback)
