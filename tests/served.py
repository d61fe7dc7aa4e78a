"""`rekindle serve` in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import PATIENCE, looks

ROOT = Path(__file__).parents[1]


class Served:
    """A running server, with what it prints."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self._output = output

    @property
    def said(self) -> str:
        return self._output.read_text(encoding="utf-8")

    @property
    def address(self) -> str:
        """Said once someone answers there."""
        return self.wait_for(r"answers at (http://\S+)\n")

    @property
    def admin_address(self) -> str:
        return self.wait_for(r"Metrics at (http://\S+)/metrics\n")

    def wait_for(self, pattern: str) -> str:
        for _ in looks():
            ended = self.process.poll() is not None
            if found := re.search(pattern, self.said):
                break
            assert not ended, self.said
        assert found, self.said
        return found[found.re.groups]


@contextmanager
def served(
    output: Path, *arguments: str, command: Sequence[str] = (sys.executable, "-m", "app"), **variables: str
) -> Generator[Served]:
    """A server on a free port, with a database beside its output; it ends with the block."""
    database = {"PYTHONPATH": str(ROOT), "REKINDLE_DATABASE_URL": f"sqlite:///{output.parent / 'rekindle.db'}"}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*command, "serve", "--port", "0", *arguments],
            env=os.environ | database | variables,
            cwd=output.parent,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Served(process, output)
    finally:
        process.terminate()
        process.wait(PATIENCE)
