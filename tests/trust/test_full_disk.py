"""A disk that is really full: a write is refused and nothing of it stays, reads go on, and room again is enough."""

import os
import subprocess
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import pytest
from httpx2 import Response

from app.main import create_app
from app.settings import Settings
from app.store.connection.upgrade import migrate
from tests import clock
from tests.people import REPORT, Person
from tests.reliability.load import their_back_end
from tests.reliability.scene import ask_for, set_the_scene, stored_operations
from tests.reliability.servers import Cluster, a_cluster, served
from tests.waiting import looks

MEBIBYTES = {"sqlite": 8, "postgresql": 128}
"""Room for the tables and a little more; PostgreSQL lays out its log in advance."""
MOST_WRITES = 300
"""A write may find room in a page that the database holds already."""

WRITING_READS = {"/v1/me/view", "/v1/me/export"}
"""A view is recorded as it is decided, and an export is written into the access log."""


class Disk(NamedTuple):
    """A small file system of its own."""

    folder: Path

    def fill(self) -> None:
        with (self.folder / "filling").open("wb", buffering=0) as file:
            for size in (1 << 16, 1):
                try:
                    while True:
                        file.write(b"\1" * size)
                except OSError:
                    continue

    def empty(self) -> None:
        (self.folder / "filling").unlink()


@contextmanager
def a_disk(mebibytes: int) -> Generator[Disk]:
    folder = Path(mkdtemp(prefix="rekindle-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=1777", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("only root may mount a file system")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def a_database(kind: str, disk: Disk) -> Generator[tuple[str, Cluster | None]]:
    if kind == "sqlite":
        address = f"sqlite:///{disk.folder / 'rekindle.db'}"
        migrate(address.replace("sqlite:", "sqlite+aiosqlite:"))
        yield address, None
    else:
        with a_cluster({}, disk.folder) as cluster:
            yield cluster.address, cluster


def outcome(answer: Response) -> str:
    """Return what a client is told: that it came about, a mistake of its own, or that it may come again."""
    return f"{answer.status_code} {'retry-after' in answer.headers}" if answer.is_server_error else "as ever"


def write_until_refused(person: Person) -> list[str]:
    """Return the ids of the reports that were acknowledged before one was refused."""
    written: list[str] = []
    for _ in range(MOST_WRITES):
        answer = person.post("/v1/me/reports", REPORT)
        if not answer.is_success:
            assert outcome(answer) == "503 True", answer.text
            return written
        written.append(answer.json()["id"])
    raise AssertionError("the disk is not full")


def reports_of(person: Person) -> set[str]:
    return {report["id"] for report in person.get("/v1/me/export").json()["reports"]}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_refused_leaves_nothing_and_what_was_acknowledged_stays(kind: str, tmp_path: Path) -> None:
    operations = list(stored_operations(create_app(Settings(), clock=clock.now)))
    with ExitStack() as stack:
        disk = stack.enter_context(a_disk(MEBIBYTES[kind]))
        address, cluster = stack.enter_context(a_database(kind, disk))
        server = stack.enter_context(served(address, tmp_path))
        url = address.replace("postgresql:", "postgresql+asyncpg:").replace("sqlite:", "sqlite+aiosqlite:")
        scene = set_the_scene(stack.enter_context(their_back_end(server, url)), now=None)
        before = reports_of(scene.b)
        asked = [ask_for(scene, operation) for operation in operations]

        disk.fill()
        written = write_until_refused(scene.b)
        outcomes = {each.send(): each for each in asked}
        alive = scene.integrator.get("/healthz")
        disk.empty()

        print(Counter(map(outcome, outcomes)))  # noqa: T201  the figures of a long run
        assert {outcome(answer) for answer in outcomes} <= {"as ever", "503 True"}
        refused = {each.path for answer, each in outcomes.items() if each.method == "GET" and answer.is_server_error}
        assert refused <= WRITING_READS
        assert alive.status_code == 200
        if cluster:
            cluster.restart_at_once()
        for _ in looks():
            if scene.b.get("/v1/me").is_success:
                break
        assert reports_of(scene.b) == before | set(written)
        assert scene.b.post("/v1/me/reports", REPORT).is_success
