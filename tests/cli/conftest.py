import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
import structlog

from app.cli import main
from tests.served import Served, served

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "app"]

Rekindle = Callable[..., subprocess.CompletedProcess[str]]
AtOnce = Callable[..., tuple[int, str, str]]


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


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AtOnce:
    """Run a command in this process, which is enough for one that ends before it does anything."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["rekindle", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        code = end.value.code
        assert isinstance(code, int)
        return code, *capsys.readouterr()

    return run


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Generator[Serve]:
    """Start servers on free ports; they are ended with the test."""
    with ExitStack() as started:
        numbers = count()

        def start(*arguments: str, **variables: str) -> Served:
            return started.enter_context(served(tmp_path / f"output-{next(numbers)}", *arguments, **variables))

        yield start


@pytest.fixture(autouse=True)
def heard_again() -> Iterator[None]:
    """A command that is run in this process may have silenced the logs of the tests after it."""
    yield
    structlog.reset_defaults()
