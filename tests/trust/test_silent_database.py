"""PostgreSQL is stopped in its tracks, as by a lost network: every request is answered by its deadline."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx2 import Response, TimeoutException

from app.api.http.middleware import REQUEST_SECONDS
from app.main import create_app
from app.settings import Settings
from tests import clock
from tests.reliability.load import their_back_end
from tests.reliability.scene import Asked, ask_for, set_the_scene, stored_operations
from tests.reliability.servers import Cluster, a_cluster, served
from tests.waiting import looks

SOME_MORE = 10
"""Seconds beyond a deadline, for a machine that is busy."""


@contextmanager
def silent(cluster: Cluster) -> Generator[None]:
    """All of its processes, so that what is connected waits as long as what connects."""
    rows = asyncio.run(cluster.ask("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"))
    file = asyncio.run(cluster.ask("SELECT pg_read_file('postmaster.pid')"))[0][0]
    processes = [int(file.split()[0]), *(row["pid"] for row in rows)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def outcome_of(asked: Asked) -> str:
    try:
        answer = asked.send()
    except TimeoutException:
        return "no answer"
    return f"{answer.status_code} {'retry-after' in answer.headers}"


@pytest.mark.parametrize("workers", [1, 2])
def test_every_request_is_answered_by_its_deadline(tmp_path: Path, workers: int) -> None:
    operations = list(stored_operations(create_app(Settings(), clock=clock.now)))
    with a_cluster({}) as cluster:
        url = cluster.address.replace("postgresql:", "postgresql+asyncpg:")
        with served(cluster.address, tmp_path, workers) as server, their_back_end(server, url) as integrator:
            integrator.client.timeout = REQUEST_SECONDS + SOME_MORE
            scene = set_the_scene(integrator)
            asked = [ask_for(scene, operation) for operation in operations]
            asked += [
                Asked(integrator, "GET", path) for path in ("/readyz", f"/v1/calendars/{scene.names['secret']}.ics")
            ]
            with silent(cluster), ThreadPoolExecutor(len(asked)) as pool:
                outcomes = Counter(pool.map(outcome_of, asked))
                alive: Response = integrator.get("/healthz")
            for _ in looks():
                if scene.b.get("/v1/me").is_success:
                    break

    print(dict(outcomes))  # noqa: T201
    assert alive.status_code == 200
    assert set(outcomes) <= {"503 True", "429 True"}
