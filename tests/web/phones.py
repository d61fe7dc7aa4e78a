"""The app of `web/` with its back end on a real server, for phones that are real browsers."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.node_tools import ROOT, alone, run
from tests.served import Served, served

HERE = Path(__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# The second phone of a walk is small, dark, and in a language that needs 40 % more room.
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 600}, "colorScheme": "dark", "locale": "en-XA"}


@dataclass
class Place:
    """Where the app and the API answer, the key of the app, and what its processes write."""

    address: str
    api: str
    key: str
    logs: tuple[Path, Path, Path]


@contextmanager
def app_on(folder: Path, database_url: str, sessions: str = "[]", **server: Any) -> Generator[Place]:
    """Serve the API on a database that has all tables, and the app on it, until the block ends; skip where one cannot.

    `sessions` are the logins that the app's back end begins with; `server` is how to start the API's.
    """
    if CHROMIUM is None:
        pytest.skip("Chromium: it is not here; apt-get install chromium, or the like, brings it")
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("TypeScript: node or npm is not here")
    build()
    address = database_url.replace("+aiosqlite", "").replace("+asyncpg", "")
    logs = (folder / "api.log", folder / "app.log", folder / "sessions.json")
    logs[2].write_text(sessions, encoding="utf-8")
    with served(logs[0], REKINDLE_DATABASE_URL=address, **server) as api:
        where = api.address
        key = key_of(folder, address)
        with back_end(logs, where, key) as app:
            yield Place(app, where, key, logs)


def build() -> None:
    with alone(ROOT / "web"):
        done = subprocess.run([ROOT / ".ci" / "setup-app"], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def back_end(logs: tuple[Path, Path, Path], api: str, key: str) -> Generator[str]:
    settings = {
        "REKINDLE_APP_API": api,
        "REKINDLE_APP_KEY": key,
        "REKINDLE_APP_PORT": "0",
        "REKINDLE_APP_SESSIONS": str(logs[2]),
    }
    with logs[1].open("wb") as log:
        command = ["node", str(ROOT / "web" / "dist" / "server" / "main.js")]
        process = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield Served(process, logs[1]).address
    finally:
        process.terminate()
        process.wait()


def key_of(folder: Path, database_url: str) -> str:
    command = [sys.executable, "-m", "app", "integrators", "create", "The app", "--mode", "test", "--json"]
    surroundings = {"PYTHONPATH": str(ROOT), "REKINDLE_DATABASE_URL": database_url}
    made = subprocess.run(command, cwd=folder, env=os.environ | surroundings, capture_output=True, check=True)
    key: str = json.loads(made.stdout)["api_key"]
    return key


def walk(script: Path, place: Place, folder: Path, *looks: Mapping[str, Any]) -> Any:
    """Return what a script tells that walks through the app in Chromium, on one phone for each of `looks`."""
    profiles = folder / "profiles"
    profiles.mkdir()
    given = {
        "executablePath": CHROMIUM,
        "address": place.address,
        "folder": str(profiles),
        "logs": [*map(str, place.logs)],
        "looks": looks,
    }
    return json.loads(run("node", script, json.dumps(given), cwd=HERE))
