"""Two phones walk the whole app in Chromium, against a real server and the app's own back end."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.errors import RekindleError
from tests.node_tools import ROOT, alone, run
from tests.served import Served, served

HERE = Path(__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass
class Place:
    """Where the app answers, and what its processes print."""

    address: str
    logs: tuple[Path, Path, Path]


@contextmanager
def back_end(folder: Path, api: str, key: str) -> Generator[str]:
    """The app's back end, until the block ends; its address."""
    settings = {
        "REKINDLE_APP_API": api,
        "REKINDLE_APP_KEY": key,
        "REKINDLE_APP_PORT": "0",
        "REKINDLE_APP_SESSIONS": str(folder / "sessions.json"),
    }
    with (folder / "app.log").open("wb") as log:
        command = ["node", str(ROOT / "web" / "dist" / "server" / "main.js")]
        process = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield Served(process, folder / "app.log").address
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    if CHROMIUM is None:
        pytest.skip("Chromium: it is not here; apt-get install chromium, or the like, brings it")
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("TypeScript: node or npm is not here")
    with alone(ROOT / "web"):
        done = subprocess.run([ROOT / ".ci" / "setup-app"], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with served(tmp_path / "api.log") as server:
        api = server.address
        key = key_of(tmp_path)
        with back_end(tmp_path, api, key) as address:
            yield Place(address, (tmp_path / "api.log", tmp_path / "app.log", tmp_path / "sessions.json"))


def key_of(folder: Path) -> str:
    command = [sys.executable, "-m", "app", "integrators", "create", "The app", "--mode", "test", "--json"]
    surroundings = {"PYTHONPATH": str(ROOT), "REKINDLE_DATABASE_URL": f"sqlite:///{folder / 'rekindle.db'}"}
    made = subprocess.run(command, cwd=folder, env=os.environ | surroundings, capture_output=True, check=True)
    key: str = json.loads(made.stdout)["api_key"]
    return key


def test_two_phones_walk_four_weeks(place: Place, tmp_path: Path) -> None:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    assert CHROMIUM

    said = json.loads(run("node", HERE / "journey.mjs", CHROMIUM, place.address, profiles, *place.logs, cwd=HERE))

    assert said["found"] == []
    assert said["control"]
    assert said["said"] >= 60
    assert said["screens"] >= 40
    assert max(said["asked"]) <= 12


def test_every_problem_has_a_screen_that_helps() -> None:
    source = (ROOT / "web" / "src" / "problems.ts").read_text(encoding="utf-8")
    explained = set(re.findall(r"^  ([a-z_]+): ", source, re.MULTILINE))

    assert problem_codes(RekindleError) - explained == set()


def problem_codes(kind: type[RekindleError]) -> set[str]:
    inner = {code for child in kind.__subclasses__() for code in problem_codes(child)}
    return inner | ({kind.code} if kind is not RekindleError and "title" in vars(kind) else set())
