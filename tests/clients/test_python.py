"""The client for Python, packed and installed as anybody would, holds its types and works."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import FIRST_REQUEST, ROOT, WALKED

CLIENT = ROOT / "clients" / "python"
SOURCES = Path(__file__).parent / "python"
LOCK = ROOT / "requirements" / "client.lock"
NO_NETWORK = "dns error|Network connectivity|error sending request|Connection refused|timed out|tunnel"


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> str:
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | variables, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(description: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client as it would be published, built from the document `description`."""
    folder = tmp_path_factory.mktemp("packed")
    shutil.copytree(CLIENT, folder / "source", ignore=shutil.ignore_patterns("generated", "dist"))
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    run(*build, cwd=folder / "source", REKINDLE_OPENAPI=str(description))
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an empty environment into which the wheel and what it asks for have been installed."""
    uv = run(".ci/setup", "uv").strip()
    if not uv:
        pytest.skip("Python client: uv is not here")
    environment = tmp_path_factory.mktemp("environment")
    run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment)
    install(uv, environment, "--require-hashes", "--requirements", str(LOCK))
    install(uv, environment, "--no-deps", str(wheel))
    return environment / "bin" / "python"


def install(uv: str, environment: Path, *what: str) -> None:
    """Install from what is on this machine, else from the index; skip where that is out of reach."""
    said = ""
    for source in (["--offline"], []):
        command = [uv, "pip", "install", *source, "--python", str(environment), *what]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode == 0:
            return
        said = done.stderr
    if re.search(NO_NETWORK, said):
        pytest.skip("Python client: its packages are not on this machine, and no index is within reach")
    pytest.fail(said)


def test_its_types_hold(python: Path, tmp_path: Path) -> None:
    strict = ("--strict", "--config-file", os.devnull, "--cache-dir", tmp_path, "--python-executable", python)
    run(sys.executable, "-m", "mypy", *strict, SOURCES / "journey.py")


def test_two_partners_walk_the_journey(python: Path, server: str, api_key: str) -> None:
    said = json.loads(run(python, "-W", "error", SOURCES / "journey.py", server, str(FIRST_REQUEST), api_key))

    assert said == WALKED


def test_it_behaves_on_a_bad_line(python: Path) -> None:
    run(python, "-W", "error", SOURCES / "behaviour.py")
