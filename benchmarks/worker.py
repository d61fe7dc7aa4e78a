"""What a start costs, and what workers and the process above them hold after load.

    python -m benchmarks.worker [--rounds 5] [--requests 300]

A start is measured in CPU until the first recommendation is there, beside a process that imports the three largest
libraries of any such server and ends. Memory is what each process holds for itself alone (USS).
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory

import psutil

from benchmarks.http import Server, free_port, post, running
from benchmarks.instructions import two_reports
from benchmarks.reports import pairs_of_reports
from benchmarks.rounds import AGAIN, in_turn, print_place_and_time, print_target, print_turns, ratios
from benchmarks.statements import seed
from benchmarks.stored import ask, requests_of

OURS, IMPORTS = "ours, to the first recommendation", "import fastapi, sqlalchemy, uvicorn"
MOST_TIMES, MOST_FOR_A_WORKER, MOST_FOR_THE_SUPERVISOR = 1.6, 64, 20
WORKERS = 2
MEGA = 1e6


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300)
    options = parser.parse_args()
    print_place_and_time()
    with TemporaryDirectory() as folder:
        environment = {
            "REKINDLE_DATABASE_URL": f"sqlite:///{folder}/rekindle.db",
            "REKINDLE_KEY_FILE": f"{folder}/rekindle.keys",
            "REKINDLE_RATE_LIMIT": "off",
        }
        tokens = [partner["token"] for couple in seed(environment) for partner in couple["partners"]]
        measure_starts(Path(folder) / "request.json", environment, options.rounds)
        measure_memory(Path(folder) / "request.json", environment, tokens, options.requests)


def measure_starts(body: Path, environment: Mapping[str, str], rounds: int) -> None:
    """Print the CPU of a start, the database being there as at every start but the first."""
    body.write_text(json.dumps(two_reports()))
    contestants: dict[str, Callable[[], float]] = {
        IMPORTS: cpu_of_imports,
        AGAIN: cpu_of_imports,
        OURS: partial(cpu_of_a_start, body, environment),
    }
    turns: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, spend in in_turn(contestants, number):
            spent = spend()
            if number:
                turns[name].append(spent)
    print(f"\nA start, {rounds} rounds after one that does not count")
    print_turns(turns, IMPORTS, 1, "start")
    print_target("a start, times the imports", median(ratios(turns, OURS, IMPORTS)), MOST_TIMES)


def cpu_of_imports() -> float:
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", IMPORTS], check=True, env=kept())
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu_of_a_start(body: Path, environment: Mapping[str, str]) -> float:
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with running(command, f"http://127.0.0.1:{port}", environment) as server:
        post(server.address, body)
        # With the children that have ended.
        return float(sum(server.process.cpu_times()[:4]))


def kept() -> dict[str, str]:
    """Return the environment without what keeps Python from keeping compiled modules."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure_memory(body: Path, environment: Mapping[str, str], tokens: list[str], requests: int) -> None:
    """Print what two workers hold after so many pairs of views and as many stored ones each."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--workers", str(WORKERS), "--port", str(port)]
    with running(command, f"http://127.0.0.1:{port}", environment) as server:
        before = held_alone(workers_of(server))
        send(server, body, tokens, requests * WORKERS)
        after, [supervisor], together = (
            held_alone(workers_of(server)),
            held_alone([server.process]),
            held_together(server),
        )
    print(f"\nMemory (USS) of {WORKERS} workers, {requests} pairs of views and as many stored ones for each")
    print(f"  before load: {', '.join(f'{held:.1f}' for held in before)} MB")
    for held in after:
        print_target("a worker after load, MB", held, MOST_FOR_A_WORKER)
    print_target("the process above them, MB", supervisor, MOST_FOR_THE_SUPERVISOR)
    print(f"  all processes, what they share counted once (PSS): {together:.1f} MB")


def workers_of(server: Server) -> list[psutil.Process]:
    """Return the workers, which are forked from a process beside them."""
    return [worker for beside in server.process.children() for worker in beside.children()]


def held_alone(processes: Iterable[psutil.Process]) -> list[float]:
    return [process.memory_full_info().uss / MEGA for process in processes]


def held_together(server: Server) -> float:
    """Return what all processes hold, with what they share counted once."""
    everyone = [server.process, *server.process.children(recursive=True)]
    return float(sum(process.memory_full_info().pss for process in everyone)) / MEGA


def send(server: Server, body: Path, tokens: list[str], count: int) -> None:
    stored = list(requests_of().values())
    for number, (a, b) in enumerate(pairs_of_reports(count)):
        body.write_text(json.dumps({"reports": {"a": a, "b": b}, "country": "US"}))
        post(server.address, body)
        sent = stored[number % len(stored)]
        ask(server, tokens[number % len(tokens)], *sent)


if __name__ == "__main__":
    main()
