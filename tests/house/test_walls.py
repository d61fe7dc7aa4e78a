"""The walls around every test: nothing of the outside is reached, nothing of it comes in."""

import asyncio
import os
import socket
from urllib.request import urlopen

import pytest


def test_a_test_cannot_reach_out() -> None:
    with pytest.raises(ConnectionRefusedError, match=r"reached out to 192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OSError, match=r"reached out to rekindle\.example"):
        urlopen("http://rekindle.example/", timeout=1)


async def test_a_coroutine_cannot_reach_out() -> None:
    with pytest.raises(ConnectionRefusedError, match="reached out"):
        await asyncio.open_connection("192.0.2.1", 80)


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_settings_of_whoever_runs_the_tests_do_not_come_in() -> None:
    set_here = {name: value for name, value in os.environ.items() if name.upper().startswith("REKINDLE_")}
    assert set_here == {"REKINDLE_RATE_LIMIT": "off"}
