"""Measure whole stored requests over HTTP beside a minimal application that runs the same statements.

    python -m benchmarks.stored [--rounds 9] [--requests 200]

All servers share a PostgreSQL of their own with the seeded couples in it. The minimal ones are FastAPI and asyncpg's
pool: they run the statements that ours was heard to run, with its values, in one transaction, and answer with its
bytes; the one that takes a report validates the same body. Each server takes its turn in every round, ours as `again`
once more. What counts is the CPU time of the server's process.
"""

import json
import os
import secrets
from argparse import ArgumentParser
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
from fastapi import FastAPI, Response
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import event

from app.api.recommendations.self_report import SelfReportIn
from app.main import create_app_from_environment
from benchmarks.couples import fresh_database, postgresql
from benchmarks.http import Server
from benchmarks.rounds import AGAIN, in_turn, print_place_and_time, print_target, print_turns, ratios
from benchmarks.statements import seed, serving, spend

OURS, MINIMAL, LONG = "ours", "minimal FastAPI and asyncpg", "ours, with a long history"
VIEW, REPORT = "GET /v1/me/view, unchanged", "POST /v1/me/reports"
MOST = {VIEW: 2.5, REPORT: 4.5}
MOST_FOR_HISTORY = 1.2
FEEDBACKS, REPORTS, CHOICES = 2_000, 300, 179
FIRST, SECOND, COPIED = "BENCHMARK_FIRST", "BENCHMARK_SECOND", "BENCHMARK_COPIED"
"""Name the tokens of partners for the processes that serve; what the minimal ones copy, nobody could open."""


class Said(NamedTuple):
    """A statement as the driver was asked it."""

    sql: str
    values: Sequence[Any]


class Sent(NamedTuple):
    """A request."""

    method: str
    path: str
    body: bytes | None


def minimal_view() -> FastAPI:
    return _minimal(requests_of()[VIEW])


def minimal_report() -> FastAPI:
    return _minimal(requests_of()[REPORT])


def _minimal(sent: Sent) -> FastAPI:
    """Return an application that answers a request as ours did, by the statements that ours was heard to run."""
    address = os.environ["REKINDLE_DATABASE_URL"].replace("postgresql+asyncpg:", "postgresql:")

    @asynccontextmanager
    async def with_pool(app: FastAPI) -> AsyncGenerator[None]:
        app.state.heard = await _heard(sent)
        async with asyncpg.create_pool(address, min_size=5, max_size=5) as app.state.pool:
            yield

    async def run_statements() -> Response:
        statements, new, body = app.state.heard
        instead = {value: uuid4() if isinstance(value, UUID) else value[:4] + secrets.token_hex(11) for value in new}
        async with app.state.pool.acquire() as connection, connection.transaction():
            for sql, values in statements:
                await connection.fetch(sql, *[instead.get(value, value) for value in values])
        return Response(body, media_type="application/json")

    async def take_report(report: SelfReportIn) -> Response:  # noqa: ARG001  it is validated
        return await run_statements()

    app = FastAPI(openapi_url=None, lifespan=with_pool)
    app.add_api_route(sent.path, take_report if sent.body else run_statements, methods=[sent.method])
    return app


async def _heard(sent: Sent) -> tuple[list[Said], list[UUID | str], bytes]:
    """Return the statements of our third answer to a request, the keys that are new in it, and its body.

    The first answers make what a later one only looks at.
    """
    app, said = create_app_from_environment(), list[Said]()
    engine = (await app.state.database.engine()).sync_engine

    @event.listens_for(engine, "before_cursor_execute")
    def hear(_connection: object, _cursor: object, sql: str, values: Sequence[Any], *_rest: object) -> None:
        said.append(Said(sql, tuple(values)))

    before: list[Said] = []
    async with AsyncClient(transport=ASGITransport(app), base_url="http://ours") as client:
        for _ in range(3):
            before, said[:] = [*said], []
            headers = {"Authorization": f"Bearer {os.environ[COPIED]}", "Content-Type": "application/json"}
            answer = await client.request(sent.method, sent.path, content=sent.body, headers=headers)
    await app.state.database.close()
    known = {value for each in before for value in each.values}
    keys = (value for each in said for value in each.values if isinstance(value, UUID | str))
    return said, [key for key in dict.fromkeys(keys) if key not in known], answer.content


def requests_of() -> dict[str, Sent]:
    report = json.loads(Path("examples/first-request.json").read_bytes())["reports"]["a"]
    return {
        VIEW: Sent("GET", "/v1/me/view", None),
        REPORT: Sent("POST", "/v1/me/reports", json.dumps(report).encode()),
    }


def as_served() -> FastAPI:
    return create_app_from_environment()


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    print_place_and_time()
    with stored_couples() as environment, ExitStack() as stack:

        def start(factory: str) -> Server:
            return stack.enter_context(serving(f"benchmarks.stored:{factory}", environment))

        ours = start("as_served")
        give_a_history(ours, environment[SECOND])
        minimal = {VIEW: start("minimal_view"), REPORT: start("minimal_report")}
        for title, sent in requests_of().items():
            print(f"\n{title}: {options.requests} requests a round, {options.rounds} rounds after one to warm up")
            first = environment[FIRST]
            everyone = {OURS: (ours, first), AGAIN: (ours, first), MINIMAL: (minimal[title], first)}
            everyone[LONG] = ours, environment[SECOND]
            turns: dict[str, list[float]] = {name: [] for name in everyone}
            for number in range(options.rounds + 1):
                for name, (server, token) in in_turn(everyone, number):
                    spent = spend(server, options.requests, *sent, token)
                    if number:
                        turns[name].append(spent)
            print_turns(turns, MINIMAL, options.requests, "request")
            print_target(f"{title}, times the minimal one", median(ratios(turns, OURS, MINIMAL)), MOST[title])
            print_target("with a long history, times without", median(ratios(turns, LONG, OURS)), MOST_FOR_HISTORY)


@contextmanager
def stored_couples() -> Iterator[Mapping[str, str]]:
    """Yield the environment of servers on a PostgreSQL of their own, with the tokens of two partners."""
    with TemporaryDirectory() as folder, postgresql() as server:
        environment = {
            "REKINDLE_DATABASE_URL": fresh_database(server),
            "REKINDLE_KEY_FILE": str(Path(folder) / "rekindle.keys"),
            "REKINDLE_RATE_LIMIT": "off",
            # The server is of its superuser alone.
            "REKINDLE_REQUIRE_ROW_SECURITY": "false",
        }
        first, second = seed(environment)[:2]
        partners = first["partners"][0], second["partners"][0], first["partners"][1]
        tokens = [partner["token"] for partner in partners]
        yield environment | dict(zip((FIRST, SECOND, COPIED), tokens, strict=True))


def give_a_history_to_second(environment: Mapping[str, str]) -> None:
    with serving("benchmarks.stored:as_served", environment) as server:
        give_a_history(server, environment[SECOND])


def give_a_history(server: Server, token: str) -> None:
    """Let a partner give feedback, choose and report as often as in years."""
    activities = [each["id"] for each in json.loads(ask(server, token, "GET", "/v1/activities"))["data"]]
    report = requests_of()[REPORT].body
    for _ in range(REPORTS):
        ask(server, token, "POST", "/v1/me/reports", report)
    for activity in activities[:CHOICES]:
        ask(server, token, "PUT", f"/v1/me/choices/{activity}", b'{"choice": "not_now"}')
    for number in range(FEEDBACKS):
        given = {"activity": activities[number % len(activities)], "outcome": "done"}
        ask(server, token, "POST", "/v1/me/feedback", json.dumps(given).encode())


def ask(server: Server, token: str, method: str, path: str, body: bytes | None = None) -> bytes:
    connection = HTTPConnection(urlsplit(server.address).netloc)
    connection.request(method, path, body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise AssertionError(content)
    return content


if __name__ == "__main__":
    main()
