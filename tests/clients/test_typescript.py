"""A client for TypeScript, made from the description, compiles with --strict and works.

What it is made with is installed by npm into .cache, once; from then on no network is needed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import FIRST_REQUEST, ROOT

SOURCE = ROOT / "clients" / "typescript"
TOOLS = ROOT / ".cache" / "typescript"
WHAT_TO_INSTALL = ("package.json", "package-lock.json", ".npmrc")
NO_NETWORK = r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED"


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder of the commands that are needed."""
    npm = shutil.which("npm")
    lock = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in WHAT_TO_INSTALL)).hexdigest()
    marker = TOOLS / "installed"
    if not marker.exists() or marker.read_text(encoding="utf-8") != lock:
        if npm is None:
            pytest.skip("TypeScript: npm is not here")
        install(npm)
        marker.write_text(lock, encoding="utf-8")
    if shutil.which("node") is None:
        pytest.skip("TypeScript: node is not here")
    return TOOLS / "node_modules" / ".bin"


def install(npm: str) -> None:
    shutil.rmtree(TOOLS, ignore_errors=True)
    TOOLS.mkdir(parents=True)
    for name in WHAT_TO_INSTALL:
        shutil.copy(SOURCE / name, TOOLS)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries=2"]
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, timeout=240, check=False)
    said = done.stdout + done.stderr
    if done.returncode and re.search(NO_NETWORK, said):
        pytest.skip("TypeScript: its compiler is not installed yet, and the registry of npm is not within reach")
    assert done.returncode == 0, said


def run(*command: str | Path, cwd: Path) -> str:
    surroundings = os.environ | {"NO_COLOR": "1"}
    done = subprocess.run(command, cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_compiles_and_asks_for_recommendations(tools: Path, description: Path, server: str, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(TOOLS / "node_modules", target_is_directory=True)
    shutil.copy(SOURCE / "first-request.ts", tmp_path)
    run(tools / "openapi-ts", "-i", description, "-o", "generated", "-c", "@hey-api/client-fetch", cwd=tmp_path)
    form = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--types", "node"]
    modules = ["--module", "commonjs", "--moduleResolution", "node10"]
    run(tools / "tsc", "--strict", *form, *modules, "--outDir", "compiled", "first-request.ts", cwd=tmp_path)

    said = json.loads(run("node", "compiled/first-request.js", server, FIRST_REQUEST, cwd=tmp_path))
    assert said["basis"] == "both_partners"
    assert said["first"]
    assert said["minutes"] <= 30
    assert (said["refused"], said["language"]) == ("validation_failed", "en")
