import os
import re
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
import structlog

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "app"]

Rekindle = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """The environment of a command: a database of its own, and wherever it starts it finds the code of this tree."""
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "REKINDLE_DATABASE_URL": f"sqlite:///{tmp_path / 'rekindle.db'}",
    }


@pytest.fixture
def rekindle(surroundings: dict[str, str], tmp_path: Path) -> Rekindle:
    """Run a command to its end."""

    def run(*arguments: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            input=given,
            env=surroundings | variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


class Served:
    """A server as `rekindle serve` starts it, with what it prints."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self._output = output

    @property
    def said(self) -> str:
        return self._output.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        return self.wait_for(r"answers at (http://\S+)")

    def wait_for(self, pattern: str) -> str:
        last_look = monotonic() + 60
        while not (found := re.search(pattern, self.said)):
            ended = self.process.poll() is not None
            assert not ended, self.said
            assert monotonic() < last_look, self.said
            sleep(0.02)
        return found[found.re.groups]


Serve = Callable[..., Served]


@pytest.fixture
def serve(surroundings: dict[str, str], tmp_path: Path) -> Generator[Serve]:
    """Start servers on free ports; they are ended with the test."""
    started: list[Served] = []

    def start(*arguments: str, **variables: str) -> Served:
        output = tmp_path / f"output-{len(started)}"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", *arguments],
                env=surroundings | variables,
                cwd=tmp_path,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        started.append(Served(process, output))
        return started[-1]

    yield start
    for served in started:
        served.process.terminate()
        served.process.wait(20)


@pytest.fixture(autouse=True)
def heard_again() -> Iterator[None]:
    """A command that is run in this process may have silenced the logs of the tests after it."""
    yield
    structlog.reset_defaults()
