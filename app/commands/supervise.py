"""The process above several workers: it starts them, tells them to stop, and starts another one where one dies.

`rekindle serve --workers N` becomes this process once everything is in order. It has no settings, no content and no
application. Workers read these for themselves; they are forked from a process beside them, which has imported what they
are made of, so that they hold it in common. That process imports and forks, nothing else: it has no threads, no
connections and no settings.
"""

import os
import socket
import sys
from argparse import ArgumentParser
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from tempfile import TemporaryDirectory
from typing import Any

from uvicorn import _subprocess
from uvicorn.supervisors import Multiprocess

from app.commands.listening import configure, serve_until_stopped

WORKER = "app.commands.worker"


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--workers", type=int)
    parser.add_argument("--welcome", action="store_true")
    parser.add_argument("listeners", type=int, nargs="+", help="The file descriptors of the sockets to listen on.")
    options = parser.parse_args()
    listeners = [socket.socket(fileno=fileno) for fileno in options.listeners]
    admin_port = listeners[1].getsockname()[1] if listeners[1:] else None
    with TemporaryDirectory() as metrics_folder:
        # The library that counts finds the folder in what workers inherit.
        os.putenv("PROMETHEUS_MULTIPROC_DIR", metrics_folder)
        share_imports()
        config = configure(partial(create_worker, admin_port, metrics_folder), options.workers)
        serve_until_stopped(Multiprocess(config, listeners).run, listeners[0], welcome=options.welcome)


def share_imports() -> None:
    """Let uvicorn fork its workers from a process that has imported their module."""
    if sys.platform != "win32":
        forks = get_context("forkserver")
        forks.set_forkserver_preload([WORKER])
        # There is no setting for it.
        _subprocess.spawn = forks  # type: ignore[assignment]


def create_worker(admin_port: int | None, metrics_folder: str) -> Any:
    """Return the application of a worker. Only there is imported what it is made of."""
    return import_module(WORKER).create(admin_port, metrics_folder)


if __name__ == "__main__":
    main()
