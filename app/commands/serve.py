"""`rekindle serve`: from the command line to a process that answers."""

import asyncio
import gc
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

# Before whatever imports structlog.
from app.commands import lean_structlog  # noqa: F401  isort: skip
from app.api.http.protocol import ProblemProtocol
from app.commands.command_app import new_app
from app.commands.failure import CommandFailed
from app.errors import DatabaseUnavailable
from app.main import NO_ADMIN, AdminListener, create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.diagnostics import ContentError
from app.settings import Settings, read_settings
from app.store.connection.migration import prepare

SECONDS_FOR_THE_DATABASE = 30
SECONDS_BETWEEN_LOOKS = 0.02
# A worker says that it lives only once the application is loaded; on a busy machine that takes its time.
SECONDS_FOR_A_WORKER = 60
# Longer than a proxy keeps a connection that nobody uses: the one who closes first must be the one who asks.
KEEP_ALIVE_SECONDS = 75


app = new_app()


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="How many processes answer.", min=1, max=64)] = 1,
    admin_host: Annotated[str, typer.Option(help="The address of the admin listener.")] = "127.0.0.1",
    admin_port: Annotated[
        int | None, typer.Option(help="The port of /metrics and of the parts of /readyz.", min=0, max=65535)
    ] = None,
    welcome: Annotated[bool, typer.Option("--welcome", help="Send one example request and print its answer.")] = False,
) -> None:
    """Answer requests. An SQLite database is brought up to date first."""
    settings = read_settings()
    with ExitStack() as stack:
        listener = stack.enter_context(bind(host, port))
        admin = None if admin_port is None else stack.enter_context(bind(admin_host, admin_port))
        serve_until_stopped(settings, listener, admin, workers=workers, welcome=welcome)


def serve_until_stopped(
    settings: Settings, listener: socket.socket, admin: socket.socket | None, *, workers: int, welcome: bool
) -> None:
    # Reading the content makes no garbage; looking for it would cost a twentieth of the start.
    gc.disable()
    with ThreadPoolExecutor(1) as executor, TemporaryDirectory() as metrics_folder:
        of_several = Path(metrics_folder) if workers > 1 else None
        admin_listener = AdminListener(None if admin is None else admin.getsockname()[1], of_several)
        # A new database is made by another process while this one loads.
        prepared = partial(prepare_database, requires_row_security=settings.require_row_security)
        database = executor.submit(lambda: asyncio.run(prepared(settings.database_url)))
        config = configure(settings, workers, admin_listener)
        database.result()
        stopped = threading.Event()
        executor.submit(announce, listener, stopped, welcome=welcome)
        if admin is not None:
            say(f"Metrics at {address_of(admin)}/metrics")
        freeze()
        try:
            # However the signal comes back to us, it has been obeyed.
            with suppress(KeyboardInterrupt):
                run(config, [listener] if admin is None else [listener, admin])
            say("Stopped.")
        finally:
            stopped.set()


def bind(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise CommandFailed([f"Cannot listen on {host}, port {port}: {reason}. Try another port."]) from error
    listener.set_inheritable(True)
    return listener


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


async def prepare_database(url: str, *, requires_row_security: bool = True) -> None:
    """Bring the database up to date. Waits up to 30 seconds for one that is still starting."""
    last_try = time.monotonic() + SECONDS_FOR_THE_DATABASE
    waits = False
    while True:
        try:
            return await prepare(url, requires_row_security=requires_row_security)
        except DatabaseUnavailable:
            if url.startswith("sqlite") or time.monotonic() > last_try:
                raise
        if not waits:
            waits = True
            say(f"Waiting up to {SECONDS_FOR_THE_DATABASE} seconds for the database ...")
        await asyncio.sleep(0.5)


def configure(settings: Settings, workers: int, admin: AdminListener = NO_ADMIN) -> uvicorn.Config:
    # Also where workers read the content again: each mistake is said once, before any of them starts.
    rulesets = read_rulesets(settings)
    # What follows makes garbage: collected as it comes, it leaves a worker a tenth smaller.
    freeze()
    gc.enable()
    several = workers > 1
    if admin.metrics_folder:
        # Workers are new processes: the library that counts finds the folder in what they inherit.
        os.putenv("PROMETHEUS_MULTIPROC_DIR", str(admin.metrics_folder))
    worker = partial(create_app, settings, admin=admin)
    return uvicorn.Config(
        worker if several else create_app(settings, rulesets, admin=admin),
        factory=several,
        workers=workers,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=ProblemProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        # The application itself knows which proxies to believe.
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=SECONDS_FOR_A_WORKER,
    )


def read_rulesets(settings: Settings) -> ActiveRuleset:
    try:
        return ActiveRuleset(settings.content_folder, settings.ruleset)
    except ContentError as error:
        count = len(error.mistakes)
        raise CommandFailed([*map(str, error.mistakes), f"The content cannot be used: mistakes: {count}."]) from error


def freeze() -> None:
    """Keep everything loaded so far out of the garbage collector, which would look at it again and again."""
    gc.collect()
    gc.freeze()


def run(config: uvicorn.Config, listeners: list[socket.socket]) -> None:
    if config.workers == 1:
        uvicorn.Server(config).run(sockets=listeners)
    else:
        Multiprocess(config, listeners).run()


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
