"""A database that falls silent, as behind a lost network, is answered for; nobody waits for the network to give up."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from httpx2 import ASGITransport, AsyncClient

from app.api.http import middleware
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from app.store.connection import session
from tests import clock
from tests.api.http.test_overload import Caller, bearers_of
from tests.people import Integrator
from tests.waiting import PATIENCE

SHORT = 1.5


class Wire:
    """A way to PostgreSQL by TCP that can be cut without either side hearing of it."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._carrying: set[asyncio.Task[None]] = set()

    def fall_silent(self) -> None:
        self._is_open.clear()

    def speak(self) -> None:
        self._is_open.set()

    def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._carrying.add(asyncio.create_task(self._carry(reader, writer)))

    async def close(self) -> None:
        for carrying in self._carrying:
            carrying.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_unix_connection(self._socket)
        try:
            with suppress(ConnectionError):
                await asyncio.gather(self._pump(reader, forth), self._pump(back, writer))
        finally:
            for end in (forth, writer):
                end.transport.abort()
                with suppress(ConnectionError):
                    await end.wait_closed()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            await self._is_open.wait()
            sink.write(data)
        sink.close()


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def bearers(integrator: Integrator) -> list[str]:
    return bearers_of(integrator, 5)


@asynccontextmanager
async def wired(database_url: str) -> AsyncGenerator[tuple[Wire, str]]:
    parts = urlsplit(database_url)
    wire = Wire(f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432")
    server = await asyncio.start_server(wire.connect, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    try:
        yield wire, f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}?sslmode=disable"
    finally:
        server.close()
        await wire.close()


@asynccontextmanager
async def calling(address: str, bearers: list[str], rulesets: ActiveRuleset, folder: Path) -> AsyncGenerator[Caller]:
    settings = Settings.model_validate({"database_url": address, "key_file": folder / "rekindle.keys"})
    app = create_app(settings, rulesets, clock=clock.now)
    with structlog.testing.capture_logs():
        async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as client:
            yield Caller(client, bearers)
        await app.state.database.close()


@pytest.mark.parametrize("code", ["database_unavailable", "took_too_long"])
async def test_a_silent_database_is_answered_for(
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    bearers: list[str],
    rulesets: ActiveRuleset,
    tmp_path: Path,
    code: str,
) -> None:
    # Of the two deadlines, the one of a statement and the one of the request, one is tried at a time.
    monkeypatch.setattr(session, "STATEMENT_SECONDS", SHORT if code == "database_unavailable" else PATIENCE)
    monkeypatch.setattr(middleware, "REQUEST_SECONDS", PATIENCE)
    async with wired(database_url) as (wire, address), calling(address, bearers, rulesets, tmp_path) as caller:
        await caller.recover()
        wire.fall_silent()
        if code == "took_too_long":
            monkeypatch.setattr(middleware, "REQUEST_SECONDS", SHORT)
        answers = await caller.views()
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, code)] * 5
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)

        wire.speak()
        monkeypatch.setattr(middleware, "REQUEST_SECONDS", PATIENCE)
        await caller.recover()
