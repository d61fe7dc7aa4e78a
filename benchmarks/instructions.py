"""Count the instructions of whole requests over HTTP, and of one view in the process, under valgrind's callgrind.

    python -m benchmarks.instructions [--requests 20]

Needs valgrind with its headers, and a C compiler. Counts do not depend on what else the machine does: the row `again`
differs by less than a thousandth. One server at a time runs in the counted process, the client in another one.
"""

import asyncio
import gc
import json
import os
import re
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from ctypes import CDLL
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import uvicorn
import uvloop
from starlette.types import ASGIApp

from app.api.http.protocol import ProblemProtocol
from app.api.recommendations.renderer import DEPTHS, Renderer
from app.engine.evaluate import evaluate
from app.engine.history import Moment
from app.engine.self_report import SelfReport, pool
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.load import load_ruleset
from benchmarks import stored, variants
from benchmarks.larger import enlarge
from benchmarks.plain_rules import assert_agreement, load_program
from benchmarks.reports import SEED, draw_report, pairs_of_reports, read_report
from benchmarks.stored import FIRST, SECOND, Sent

SWITCH = """
#include <valgrind/callgrind.h>
void start(void) { CALLGRIND_ZERO_STATS; CALLGRIND_START_INSTRUMENTATION; }
void stop(const char *name) { CALLGRIND_STOP_INSTRUMENTATION; CALLGRIND_DUMP_STATS_AT(name); }
"""
WARM_UP = 10
TIMES = 10
PAIRS = 200
VALGRIND = ("valgrind", "--tool=callgrind", "--instr-atstart=no", "--quiet")
REPEATABLE = {"PYTHONHASHSEED": "0", "PYTHONMALLOC": "pymalloc"}
CONSTANT = "constant, in bare FastAPI"
VIEW = "one view with reasons, no request"
LARGER = f"one view with reasons, {TIMES} times the rules and activities"


class Row(NamedTuple):
    """A request to a server, the name of its token's variable, and the row whose multiple it is."""

    title: str
    sent: Sent
    token: str
    reference: str


Servers = list[tuple[Callable[[], ASGIApp], list[Row]]]


def servers() -> Servers:
    """Return the servers in turn; the one that answers a constant stays patched, so it is the last."""
    two_views = Sent("POST", variants.PATH, Path(os.environ[variants.REQUEST]).read_bytes())
    view, report = stored.requests_of().values()
    minimal_view, minimal_report = f"{stored.VIEW}: minimal", f"{stored.REPORT}: minimal"
    ours = [
        Row("ours: two views worked out", two_views, "", CONSTANT),
        Row("ours, again", two_views, "", CONSTANT),
        Row(f"{stored.VIEW}: ours", view, FIRST, minimal_view),
        Row(f"{stored.VIEW}: long history", view, SECOND, minimal_view),
        Row(f"{stored.REPORT}: ours", report, FIRST, minimal_report),
        Row(f"{stored.REPORT}: long history", report, SECOND, minimal_report),
    ]
    return [
        (variants.constant, [Row(CONSTANT, two_views, "", CONSTANT)]),
        (variants.plain, [Row("the rules as ifs, in bare FastAPI", two_views, "", CONSTANT)]),
        (stored.minimal_view, [Row(minimal_view, view, FIRST, minimal_view)]),
        (stored.minimal_report, [Row(minimal_report, report, FIRST, minimal_report)]),
        (stored.as_served, ours),
        (variants.constant_in_our_app, [Row("constant, in our application", two_views, "", CONSTANT)]),
    ]


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--only", default="", help="The rows whose title has this in it.")
    parser.add_argument("--inside", type=Path, help="The switch, in the process that is counted.")
    options = parser.parse_args()
    if options.inside:
        uvloop.run(count_rows(CDLL(str(options.inside)), options.requests, options.only))
        return
    compiled = load_ruleset().compiled
    assert_agreement(compiled, load_program(compiled), pairs_that_keep_nothing(PAIRS))
    with TemporaryDirectory() as folder, stored.stored_couples() as environment:
        here = Path(folder)
        switch, request = here / "switch.so", here / "request.json"
        command = ["gcc", "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(switch)]
        subprocess.run(command, input=SWITCH, text=True, check=True)
        request.write_text(json.dumps(two_reports()))
        stored.give_a_history_to_second(environment)
        counted = [*VALGRIND, f"--callgrind-out-file={here}/counted", sys.executable, "-m", "benchmarks.instructions"]
        counted += ["--inside", str(switch), "--requests", str(options.requests), "--only", options.only]
        known = os.environ | environment | REPEATABLE | {variants.REQUEST: str(request)}
        subprocess.run(counted, env=known, check=True, stdout=subprocess.DEVNULL)
        print_counts(here, options.requests)


def two_reports() -> dict[str, Any]:
    """Return a request in which nearly everything is answered by both."""
    chance = Random(SEED)  # noqa: S311  repeatable
    reports = {"a": draw_report(chance, 1), "b": draw_report(chance, 1)}
    for report in reports.values():
        report["private"]["willingness"] = "yes"
    return {"reports": reports, "country": "US"}


def pairs_that_keep_nothing(count: int) -> Iterator[tuple[SelfReport, SelfReport]]:
    for a, b in pairs_of_reports(count):
        yield replace(read_report(a), keep_private=None), replace(read_report(b), keep_private=None)


def print_counts(folder: Path, requests: int) -> None:
    counts: dict[str, float] = {}
    for file in sorted(folder.glob("counted.*"), key=lambda file: int(file.suffix[1:])):
        text = file.read_text()
        named, total = re.search(r"Client Request: (.*)\|(.*)", text), re.search(r"^totals: (\d+)", text, re.MULTILINE)
        if named and total:
            counts[named[1]] = int(total[1]) / requests
            print(f"  {named[1]:56} {counts[named[1]] / 1e6:8.3f} M {counts[named[1]] / counts[named[2]]:8.3f}")


async def count_rows(switch: CDLL, requests: int, only: str) -> None:
    """Count what every row costs, one after the other."""
    client = Client()
    library = load_ruleset()
    if only in VIEW:
        count_views(switch, library, VIEW, requests)
    if only in LARGER:
        larger = enlarge(library, TIMES, Random(SEED))  # noqa: S311  repeatable
        count_views(switch, larger, LARGER, requests)
    for make, rows in servers():
        asked = [row for row in rows if only in row.title]
        if not asked:
            continue
        listener = socket()
        listener.bind(("127.0.0.1", 0))
        app = await asyncio.to_thread(make)
        server = uvicorn.Server(uvicorn.Config(app, http=ProblemProtocol, access_log=False, log_config=None))
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        for row in asked:
            await client.send(listener.getsockname()[1], row, WARM_UP)
            gc.collect()
            gc.freeze()
            switch.start()
            await client.send(listener.getsockname()[1], row, requests)
            switch.stop(f"{row.title}|{row.reference}".encode())
        server.should_exit = True
        await serving
    client.process.terminate()


class Client:
    """A process that is not counted and sends what it is told."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", "from benchmarks.instructions import send_as_told; send_as_told()"]
        self.process: Any = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    async def send(self, port: int, row: Row, count: int) -> None:
        method, path, body = row.sent
        told = port, method, path, (body or b"").decode(), os.environ.get(row.token, ""), count
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        answer = await asyncio.to_thread(self.process.stdout.readline)
        if answer.strip() != "ok":
            raise AssertionError(f"{row.title}: {answer}")


def count_views(switch: CDLL, library: Library, title: str, requests: int) -> None:
    renderer = Renderer(library, SOURCE_LOCALE)
    a, b = (read_report(report) for report in two_reports()["reports"].values())
    asked = Moment(most_rules=DEPTHS["reasons"].most_rules)

    def make_views(count: int) -> None:
        for _ in range(count):
            renderer.view(evaluate(library.compiled, a, pool(b), moment=asked), "US", "reasons", date(2026, 1, 1))

    make_views(WARM_UP)
    switch.start()
    make_views(requests)
    switch.stop(f"{title}|{VIEW}".encode())


def send_as_told() -> None:
    """Send requests in a process that is not counted, as its standard input says."""
    for line in sys.stdin:
        port, method, path, body, token, count = json.loads(line)
        connection, said = HTTPConnection("127.0.0.1", port), "ok"
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        for _ in range(count):
            connection.request(method, path, body.encode() or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status >= HTTPStatus.BAD_REQUEST:
                said = str(content)
        connection.close()
        print(said, flush=True)


if __name__ == "__main__":
    main()
