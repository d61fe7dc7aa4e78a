"""What a request costs the server, what a worker needs, and how fast it starts.

    python -m benchmarks.http [--rounds 9] [--seconds 1]

Every variant is a server of its own, all of them started at once: one uvicorn worker with uvloop and httptools, no
access log, on the first core. The load comes from the second core, 32 connections, to one variant at a time, one
slice each and round.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil

from benchmarks.reports import SEED, draw_report
from benchmarks.rounds import in_turn, print_place_and_time, print_target, print_turns, ratios
from benchmarks.variants import PATH, REQUEST

CONNECTIONS = 32
OURS, OURS_AGAIN, IN_OUR_APP, CONSTANT, UNREAD = (
    "ours: two views worked out",
    "ours, again",
    "constant, in our application",
    "constant, in bare FastAPI",
    "constant, body not read, no framework",
)
VARIANTS: Mapping[str, str] = {
    OURS: "ours",
    OURS_AGAIN: "ours",
    IN_OUR_APP: "constant_in_our_app",
    CONSTANT: "constant",
    UNREAD: "unread",
}
MOST_COST = 1 / 0.85
MOST_MEGABYTES, MOST_SECONDS = 60, 1
STARTS = 5
PATIENCE = 30


class Slice(NamedTuple):
    """What one slice of load came to, and how the load generator put it."""

    requests: int
    errors: int
    said: str


class Server(NamedTuple):
    """A process that serves, and where."""

    process: psutil.Process
    address: str

    def cpu_seconds(self) -> float:
        """What the process and its children have used so far."""
        everyone = [self.process, *self.process.children(recursive=True)]
        return float(sum(sum(each.cpu_times()[:2]) for each in everyone))


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description="What a request costs the server.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0)
    asked = parser.parse_args()
    print_place_and_time()
    with TemporaryDirectory() as folder:
        body = Path(folder) / "request.json"
        chance = Random(SEED)  # noqa: S311  repeatable
        reports = {"a": draw_report(chance, 1), "b": draw_report(chance, 1)}
        for report in reports.values():
            report["private"]["willingness"] = "yes"
        body.write_text(json.dumps({"reports": reports, "country": "US"}))
        load = Load(body, asked.seconds)
        measure_requests(load, asked.rounds)
        measure_starts(load)


def measure_requests(load: Load, rounds: int) -> None:
    """CPU microseconds a request, all variants in turn."""
    body = load.body
    with ExitStack() as running:
        servers = {name: running.enter_context(serving(factory, body)) for name, factory in VARIANTS.items()}
        sizes = {name: len(post(server.address, body)) for name, server in servers.items()}
        if len(set(sizes.values())) > 1:
            raise AssertionError(f"the answers differ in size: {sizes}")
        turns: dict[str, list[float]] = {name: [] for name in servers}
        failed: list[str] = []
        for number in range(rounds + 1):
            for name, server in in_turn(servers, number):
                before = server.cpu_seconds()
                took = load.put_on(server.address)
                if took.errors:
                    failed.append(f"round {number}, {name}: {took.said}")
                if number:
                    turns[name].append((server.cpu_seconds() - before) / max(took.requests, 1))
    print(
        f"\nOne request: two partners, nearly everything answered; {body.stat().st_size} bytes in, {sizes[OURS]} out. "
        f"{rounds} rounds of {load.seconds:g} s a variant after one to warm up; load by {load.name}; "
        f"{len(failed)} slices with errors."
    )
    if failed:
        raise AssertionError("\n".join(["requests failed; their cost says nothing", *failed]))
    print_turns(turns, CONSTANT, 1, "request")
    for reference in (IN_OUR_APP, CONSTANT):
        print_target(f"ours, times `{reference}`", median(ratios(turns, OURS, reference)), MOST_COST)


def measure_starts(load: Load) -> None:
    """From starting `rekindle serve` to the first answers, and what it holds after some load.

    The database is there, as at every start but the first.
    """
    body = load.body
    command = [sys.executable, "-m", "app", "serve", "--port"]
    settings = {
        "REKINDLE_DATABASE_URL": f"sqlite:///{body.with_suffix('.db')}",
        "REKINDLE_RATE_LIMIT": "off",
    }
    healthy, recommended, cpu, memory = [], [], [], []
    for number in range(STARTS + 1):
        port = free_port()
        began = time.monotonic()
        with running([*command, str(port)], f"http://127.0.0.1:{port}", settings) as server:
            seconds = time.monotonic() - began
            post(server.address, body)
            if number:
                healthy.append(seconds)
                recommended.append(time.monotonic() - began)
                cpu.append(server.cpu_seconds())
                load.put_on(server.address)
                memory.append(server.process.memory_full_info())
    print(f"\nStart of `rekindle serve`, median of {STARTS} starts after one that makes the database")
    print(f"  CPU until the first recommendation: {median(cpu):.2f} s (children that have ended not counted)")
    print_target("seconds to the first 200 of /healthz", median(healthy), MOST_SECONDS)
    print_target("seconds to the first recommendation", median(recommended), MOST_SECONDS)
    held = median(each.uss for each in memory) / 1e6
    print(f"\nOne worker after {load.seconds:g} s of load: RSS {median(each.rss for each in memory) / 1e6:.0f} MB")
    print_target("USS, MB", held, MOST_MEGABYTES)


class Load:
    """Puts load on one address for one slice, from the second core: with wrk where it is installed."""

    def __init__(self, body: Path, seconds: float) -> None:
        self.body = body
        self.seconds = seconds
        self.wrk = shutil.which("wrk")
        self.name = "wrk" if self.wrk else "benchmarks.load"
        self.script = body.with_suffix(".lua")
        self.script.write_text(
            'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
            f"wrk.body = [==[{body.read_text()}]==]\n"
        )

    def put_on(self, address: str) -> Slice:
        """One slice."""
        url = address + PATH
        if self.wrk:
            said = self._run([self.wrk, "-t1", f"-c{CONNECTIONS}", f"-d{self.seconds:g}s", "-s", str(self.script), url])
            return read_wrk(said)
        asked = ["--seconds", str(self.seconds), "--connections", str(CONNECTIONS)]
        said = self._run([sys.executable, "-m", "benchmarks.load", url, str(self.body), *asked])
        requests, errors = map(int, said.split())
        return Slice(requests, errors, said)

    def _run(self, command: list[str]) -> str:
        return subprocess.run(pinned(1, command), check=True, capture_output=True, text=True, timeout=PATIENCE).stdout


def read_wrk(said: str) -> Slice:
    """The counts in what wrk prints."""
    requests = re.search(r"(\d+) requests in", said)
    if not requests:
        raise ValueError(f"wrk said something unexpected:\n{said}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = [int(number) for found in (refused, broken) if found for number in found.groups()]
    return Slice(int(requests[1]), sum(errors), said)


@contextmanager
def serving(factory: str, body: Path) -> Iterator[Server]:
    """One variant, answering on a port of its own."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", f"benchmarks.variants:{factory}", "--factory", "--port", str(port)]
    command += [
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
        "--no-server-header",
        "--log-level",
        "warning",
    ]
    with running(command, f"http://127.0.0.1:{port}", {REQUEST: str(body)}) as server:
        yield server


@contextmanager
def running(command: list[str], address: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """The process on the first core, from its first answer until we are done with it."""
    # Compiled modules are kept, as they are wherever a server is started twice.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = psutil.Popen(pinned(0, command), env={**kept, **environment}, stdout=subprocess.DEVNULL)
    try:
        wait_for_answer(process, f"{address}/healthz")
        yield Server(process, address)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)


def wait_for_answer(process: psutil.Popen, url: str) -> None:
    """Any answer will do: some of the variants know one path alone."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urlopen(url, timeout=PATIENCE).close()  # noqa: S310  our own address
        except URLError as error:
            if hasattr(error, "code"):
                return
            time.sleep(0.005)
        else:
            return
    raise TimeoutError(f"no answer at {url}")


def post(address: str, body: Path) -> bytes:
    """One answer, which has to be a 200."""
    asked = Request(address + PATH, body.read_bytes(), {"Content-Type": "application/json"})  # noqa: S310  our own address
    with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
        answered: bytes = answer.read()
    return answered


def pinned(core: int, command: list[str]) -> list[str]:
    """The command held on one core, where the system can do that."""
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(core), *command] if taskset else command


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
