"""PostgreSQL and PgBouncer of the system's packages; tests are skipped by name where one is missing."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import asyncpg
import pytest

from app.store.connection.upgrade import migrate
from tests.waiting import PATIENCE, looks

ROLE = "rekindle"
# Neither program runs as root.
UNPRIVILEGED: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}


def program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name, path=f"{os.defpath}:/usr/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
    return port


@contextmanager
def folder_of_its_own() -> Generator[Path]:
    folder = Path(mkdtemp(prefix="rekindle-programs-"))
    if UNPRIVILEGED:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(command: Sequence[str], port: int) -> Generator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **UNPRIVILEGED)
    try:
        for _ in looks():
            assert process.poll() is None, command
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def postgresql_with_tls() -> Generator[tuple[int, Path]]:
    """Yield the port of a server with all tables, and the certificate that it shows for `localhost`."""
    postgres, initdb, openssl = program("postgres"), program("initdb"), program("openssl")
    with folder_of_its_own() as folder:
        data, certificate, key, port = folder / "data", folder / "server.crt", folder / "server.key", free_port()
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        for command in (
            [*made, "-keyout", str(key), "-out", str(certificate)],
            [initdb, "--auth", "trust", "--username", "postgres", "--no-sync", "--pgdata", str(data)],
        ):
            subprocess.run(command, check=True, capture_output=True, **UNPRIVILEGED)
        settings = {"port": port, "ssl": "on", "ssl_cert_file": certificate, "ssl_key_file": key, "fsync": "off"}
        options = [f"-c{name}={value}" for name, value in settings.items()]
        with running([postgres, "-D", str(data), "-k", str(folder), *options], port):
            asyncio.run(make_database(port))
            yield port, certificate


async def make_database(port: int) -> None:
    for _ in looks():
        with suppress(asyncpg.CannotConnectNowError):
            connection = await asyncpg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres")
            break
    await connection.execute(f"CREATE ROLE {ROLE} LOGIN")
    await connection.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
    await connection.close()
    await asyncio.to_thread(migrate, f"postgresql+asyncpg://{ROLE}@127.0.0.1:{port}/{ROLE}")


@contextmanager
def pgbouncer(port: int) -> Generator[int]:
    """Yield the port of a pooler in transaction mode, with two connections for everybody."""
    command = program("pgbouncer")
    with folder_of_its_own() as folder:
        users, configuration, own = folder / "users", folder / "pgbouncer.ini", free_port()
        users.write_text(f'"{ROLE}" ""\n')
        configuration.write_text(
            f"[databases]\n{ROLE} = host=127.0.0.1 port={port} dbname={ROLE}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {own}\nunix_socket_dir =\nauth_type = trust\nauth_file = {users}\n"
            "pool_mode = transaction\ndefault_pool_size = 2\n"
        )
        with running([command, str(configuration)], own):
            yield own
