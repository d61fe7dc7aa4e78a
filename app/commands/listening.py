"""What every process of `rekindle serve` shares: the configuration of uvicorn, and the address that is printed.

It imports no more than uvicorn, so that the process above several workers stays small.
"""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import uvicorn

SECONDS_BETWEEN_LOOKS = 0.02
# A worker says that it lives only once the application is loaded; on a busy machine that takes its time.
SECONDS_FOR_A_WORKER = 60
# Longer than a proxy keeps a connection that nobody uses: the one who closes first must be the one who asks.
KEEP_ALIVE_SECONDS = 75


def configure(app: Callable[..., Any], workers: int = 1) -> uvicorn.Config:
    """Return the configuration of a server of `app`, which several workers take for a function that makes it."""
    return uvicorn.Config(
        app,
        factory=workers > 1,
        workers=workers,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="app.commands.worker:ProblemProtocol",
        log_config=None,
        access_log=False,
        server_header=False,
        # The application itself knows which proxies to believe.
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=SECONDS_FOR_A_WORKER,
    )


def serve_until_stopped(run: Callable[[], None], listener: socket.socket, *, welcome: bool) -> None:
    """Run a server, and say at which address once somebody listens there."""
    stopped = threading.Event()
    threading.Thread(target=partial(announce, listener, stopped, welcome=welcome)).start()
    try:
        # However the signal comes back to us, it has been obeyed.
        with suppress(KeyboardInterrupt):
            run()
        say("Stopped.")
    finally:
        stopped.set()


def announce(listener: socket.socket, stopped: threading.Event, *, welcome: bool) -> None:
    """Print the address as soon as this process, or one that it started, listens there."""
    address = address_of(listener)
    while not is_open(listener):
        if stopped.wait(SECONDS_BETWEEN_LOOKS):
            return
    say(f"Rekindle answers at {address}")
    if welcome:
        subprocess.run([sys.executable, "-m", "app.commands.welcome", address], check=False)  # noqa: S603  (our own command)


def is_open(listener: socket.socket) -> bool:
    return bool(listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
