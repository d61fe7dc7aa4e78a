"""The process above several workers: it starts them, tells them to stop, and starts another one where one dies.

`rekindle serve --workers N` becomes this process once everything is in order. It has no settings, no content and no
application; workers are new processes that read these for themselves.
"""

import os
import socket
from argparse import ArgumentParser
from functools import partial
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

from uvicorn.supervisors import Multiprocess

from app.commands.listening import configure, serve_until_stopped


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
        config = configure(partial(create_worker, admin_port, metrics_folder), options.workers)
        serve_until_stopped(Multiprocess(config, listeners).run, listeners[0], welcome=options.welcome)


def create_worker(admin_port: int | None, metrics_folder: str) -> Any:
    """Return the application of a worker. Only there is imported what it is made of."""
    return import_module("app.commands.worker").create(admin_port, metrics_folder)


if __name__ == "__main__":
    main()
