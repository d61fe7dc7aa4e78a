"""`rekindle serve`: from the command line to a process that answers."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Annotated, NoReturn

import typer
import uvicorn

# Before whatever imports structlog.
from app.commands.worker import build, read_rulesets  # isort: skip
from app.commands.failure import CommandFailed
from app.commands.listening import address_of, configure, say, serve_until_stopped
from app.errors import DatabaseUnavailable
from app.main import AdminListener
from app.settings import read_settings
from app.store.connection.migration import prepare

SECONDS_FOR_THE_DATABASE = 30


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
        listeners = [stack.enter_context(bind(host, port))]
        if admin_port is not None:
            listeners.append(stack.enter_context(bind(admin_host, admin_port)))
        with ThreadPoolExecutor(1) as executor:
            # A new database is made by another process while this one loads.
            preparing = prepare_database(settings.database_url, requires_row_security=settings.require_row_security)
            database = executor.submit(asyncio.run, preparing)
            # Also where workers read the content again: each mistake is said once, before any of them starts.
            rulesets = read_rulesets(settings)
            admin = AdminListener(listeners[1].getsockname()[1] if listeners[1:] else None)
            application = build(settings, rulesets, admin) if workers == 1 else None
            database.result()
        if listeners[1:]:
            say(f"Metrics at {address_of(listeners[1])}/metrics")
        if application is None:
            become_supervisor(listeners, workers, welcome=welcome)
        run = partial(uvicorn.Server(configure(application)).run, listeners)
        serve_until_stopped(run, listeners[0], welcome=welcome)


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


def become_supervisor(listeners: Sequence[socket.socket], workers: int, *, welcome: bool) -> NoReturn:
    """Go on as a small process, which has nothing in memory of what this one has loaded to look for mistakes."""
    command = [sys.executable, "-P", "-m", "app.commands.supervise", "--workers", str(workers)]
    command += [*(["--welcome"] if welcome else []), *(str(listener.fileno()) for listener in listeners)]
    # The modules are found where this process found them.
    os.putenv("PYTHONPATH", os.pathsep.join(sys.path))
    os.execv(sys.executable, command)  # noqa: S606


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
