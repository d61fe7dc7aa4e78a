"""Node and npm for the tests of what is written in TypeScript."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLIENT = ROOT / "clients" / "typescript"
NO_NETWORK = r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries=2")


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Return what the command prints; fail with it where the command fails."""
    surroundings = os.environ | {"NO_COLOR": "1"} | variables
    done = subprocess.run(command, cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(project: Path) -> None:
    """Install what the lock of a Node project names, beside it, once; skip where that is out of reach."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("TypeScript: node or npm is not here")
    marker = project / "node_modules" / ".installed"
    lock = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()
    if marker.exists() and marker.read_text(encoding="utf-8") == lock:
        return
    done = subprocess.run(["npm", "ci", *QUIET], cwd=project, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout + done.stderr
    if done.returncode and re.search(NO_NETWORK, said):
        pytest.skip("TypeScript: packages are not installed yet, and the registry of npm is not within reach")
    assert done.returncode == 0, said
    marker.write_text(lock, encoding="utf-8")


def packed_client(description: Path, folder: Path) -> Path:
    """Return the TypeScript client as npm would publish it, built from the document `description`."""
    with alone(CLIENT):
        install(CLIENT)
        run("npm", "pack", "--silent", "--pack-destination", folder, cwd=CLIENT, REKINDLE_OPENAPI=str(description))
    (tarball,) = folder.glob("*.tgz")
    return tarball


@contextmanager
def alone(project: Path) -> Generator[None]:
    """Keep other test processes from building the same project meanwhile."""
    (ROOT / ".cache").mkdir(exist_ok=True)
    with (ROOT / ".cache" / f"{project.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
