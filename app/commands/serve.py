"""`rekindle serve`: from the command line to a process that answers."""

import asyncio
import gc
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.diagnostics import ContentError
from app.settings import Settings, read_settings
from app.store.connection.migration import prepare

SECONDS_FOR_THE_DATABASE = 30
SECONDS_BETWEEN_LOOKS = 0.02


app = new_app()


@app.command()
def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="How many processes answer.", min=1, max=64)] = 1,
    welcome: Annotated[bool, typer.Option("--welcome", help="Send one example request and print its answer.")] = False,
) -> None:
    """Answer requests. An SQLite database is brought up to date first."""
    serve_until_stopped(read_settings(), host, port, workers=workers, welcome=welcome)


def serve_until_stopped(settings: Settings, host: str, port: int, *, workers: int, welcome: bool) -> None:
    # Reading the content makes no garbage; looking for it would cost a twentieth of the start.
    gc.disable()
    with bind(host, port) as listener, ThreadPoolExecutor(1) as executor:
        # A new database is made by another process while this one loads.
        database = executor.submit(lambda: asyncio.run(prepare_database(settings.database_url)))
        config = configure(settings, workers)
        database.result()
        stopped = threading.Event()
        executor.submit(announce, listener, stopped, welcome=welcome)
        freeze()
        try:
            # However the signal comes back to us, it has been obeyed.
            with suppress(KeyboardInterrupt):
                run(config, listener)
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


async def prepare_database(url: str) -> None:
    """Bring the database up to date. Waits up to 30 seconds for one that is still starting."""
    last_try = time.monotonic() + SECONDS_FOR_THE_DATABASE
    waits = False
    while True:
        try:
            return await prepare(url)
        except DatabaseUnavailable:
            if url.startswith("sqlite") or time.monotonic() > last_try:
                raise
        if not waits:
            waits = True
            say(f"Waiting up to {SECONDS_FOR_THE_DATABASE} seconds for the database ...")
        await asyncio.sleep(0.5)


def configure(settings: Settings, workers: int) -> uvicorn.Config:
    rulesets = read_rulesets(settings)
    # What follows makes garbage: collected as it comes, it leaves a worker a tenth smaller.
    freeze()
    gc.enable()
    built = create_app(settings, rulesets)
    several = workers > 1
    return uvicorn.Config(
        "app.main:create_app_from_environment" if several else built,
        factory=several,
        workers=workers,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=ProblemProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
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


def run(config: uvicorn.Config, listener: socket.socket) -> None:
    if config.workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
    else:
        Multiprocess(config, [listener]).run()


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
