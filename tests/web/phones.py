"""The app of `web/` with its back end on a real server, for phones that are real browsers."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
    """Where the app and the API answer, the key of the app, and what they write: two logs and the app's logins."""

    address: str
    api: str
    key: str
    logs: tuple[Path, Path, Path]


@contextmanager
def app_on(folder: Path, database_url: str) -> Generator[Place]:
    """Serve the API on a database that has all tables, and the app on it, until the block ends."""
    with api_on(folder, database_url) as place, back_end(place) as address:
        yield replace(place, address=address)


@contextmanager
def api_on(folder: Path, database_url: str, **server: Any) -> Generator[Place]:
    """Serve the API alone, with what `server` says on how; skip where an app cannot be served on it."""
    if CHROMIUM is None:
        pytest.skip("Chromium: it is not here; apt-get install chromium, or the like, brings it")
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("TypeScript: node or npm is not here")
    build()
    address = database_url.replace("+aiosqlite", "").replace("+asyncpg", "")
    logs = (folder / "api.log", folder / "app.log", folder / "sessions.json")
    logs[2].write_text("[]", encoding="utf-8")
    with served(logs[0], REKINDLE_DATABASE_URL=address, **server) as api:
        yield Place("", api.address, key_of(folder, address), logs)


def build() -> None:
    with alone(ROOT / "web"):
        done = subprocess.run([ROOT / ".ci" / "setup-app"], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def back_end(place: Place) -> Generator[str]:
    """Serve the app, with the logins that are in its file; its address."""
    settings = {
        "REKINDLE_APP_API": place.api,
        "REKINDLE_APP_KEY": place.key,
        "REKINDLE_APP_PORT": "0",
        "REKINDLE_APP_SESSIONS": str(place.logs[2]),
    }
    with place.logs[1].open("wb") as log:
        command = ["node", str(ROOT / "web" / "dist" / "server" / "main.js")]
        process = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield Served(process, place.logs[1]).address
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
    return json.loads(run("node", script, for_script(place, folder, *looks), cwd=HERE))


def for_script(place: Place, folder: Path, *looks: Mapping[str, Any]) -> str:
    profiles = folder / "profiles"
    profiles.mkdir()
    given = {
        "executablePath": CHROMIUM,
        "address": place.address,
        "folder": str(profiles),
        "logs": [*map(str, place.logs)],
        "looks": looks,
    }
    return json.dumps(given)
