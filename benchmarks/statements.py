"""Measure what statements prepared by the driver save in a whole request over HTTP, beside SQLAlchemy's own way.

    python -m benchmarks.statements [--rounds 9] [--requests 300]

Four servers share a PostgreSQL of their own with the seeded couples in it: one as it is served, the others with
statements, and with transactions as well, left to SQLAlchemy. Each takes its turn in every round, the first as `again`
once more. What counts is the CPU time of the server's process.
"""

import http.client
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp

from app.main import create_app_from_environment
from app.store.connection import driver, prepared_statement, session
from benchmarks.couples import fresh_database, postgresql
from benchmarks.http import Server, free_port, running
from benchmarks.rounds import AGAIN, in_turn, print_place_and_time, print_turns, ratios

SERVED, SENT, PLAIN = "as served", "statements through SQLAlchemy", "transactions through it as well"
FACTORIES = {
    SERVED: "as_served",
    SENT: "statements_through_sqlalchemy",
    PLAIN: "all_through_sqlalchemy",
    AGAIN: "as_served",
}


def as_served() -> ASGIApp:
    return create_app_from_environment()


def statements_through_sqlalchemy() -> ASGIApp:
    """Build the same application, in which SQLAlchemy sends every statement."""
    patch.object(prepared_statement, "opened_on_postgresql", lambda _connection: None).start()
    return create_app_from_environment()


def all_through_sqlalchemy() -> ASGIApp:
    """Build the same application, in which SQLAlchemy begins and ends every transaction as well."""
    open_engine: Callable[..., AsyncEngine] = session.open_engine
    patch.object(driver, "opened_on_postgresql", lambda _connection: None).start()
    patch.object(session, "open_engine", lambda url: open_engine(url, migrates=True)).start()
    return statements_through_sqlalchemy()


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=300)
    options = parser.parse_args()
    print_place_and_time()
    with TemporaryDirectory() as folder, postgresql() as server, ExitStack() as stack:
        environment = {
            "REKINDLE_DATABASE_URL": fresh_database(server),
            "REKINDLE_KEY_FILE": str(Path(folder) / "rekindle.keys"),
            "REKINDLE_RATE_LIMIT": "off",
            # The server is of its superuser alone.
            "REKINDLE_REQUIRE_ROW_SECURITY": "false",
            "REKINDLE_LOG_LEVEL": "error",
        }
        couple = seed(environment)[0]
        partner = couple["partners"][0]
        servers = {
            name: stack.enter_context(serving(f"benchmarks.statements:{factory}", environment))
            for name, factory in FACTORIES.items()
        }
        for title, (method, path, body) in requests_of(couple["example"]).items():
            print(f"\n{title}: {options.requests} requests a round, {options.rounds} rounds after one to warm up")
            turns: dict[str, list[float]] = {name: [] for name in servers}
            for number in range(options.rounds + 1):
                for name, each in in_turn(servers, number):
                    spent = spend(each, options.requests, method, path, body, partner["token"])
                    if number:
                        turns[name].append(spent)
            print_turns(turns, SERVED, options.requests, "request")
            for name in (SENT, PLAIN):
                print(f"  {name}: {median(ratios(turns, name, SERVED)) - 1:.1%} more CPU a request than as served")


def seed(environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """Make the seeded couples and return them."""
    command = [sys.executable, "-m", "app", "seed", "--json"]
    seeded = json.loads(subprocess.run(command, env=os.environ | environment, check=True, capture_output=True).stdout)
    couples: list[dict[str, Any]] = seeded["couples"]
    return couples


def requests_of(example: str) -> dict[str, tuple[str, str, bytes | None]]:
    report = json.loads(Path(f"examples/{example}.json").read_bytes())["reports"]["a"]
    return {
        "GET /v1/me/view": ("GET", "/v1/me/view", None),
        "POST /v1/me/reports": ("POST", "/v1/me/reports", json.dumps(report).encode()),
    }


def spend(server: Server, count: int, method: str, path: str, body: bytes | None, token: str) -> float:
    """Return the CPU seconds of the server for so many requests, one after the other on one connection."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    before = server.cpu_seconds()
    for _ in range(count):
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        if response.status not in {200, 201}:
            raise AssertionError(content)
    connection.close()
    return server.cpu_seconds() - before


@contextmanager
def serving(factory: str, environment: Mapping[str, str]) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", factory, "--factory", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    with running(command, f"http://127.0.0.1:{port}", environment) as server:
        yield server


if __name__ == "__main__":
    main()
