"""A client for Python, made from the description, is whole and works."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import FIRST_REQUEST, ROOT

CALL = ROOT / "clients" / "python" / "first_request.py"
PACKAGE = "rekindle_api"
# The generator writes this one file from a template of its own, whatever is described, and its types do not hold.
TYPES = f"""
[mypy]
[mypy-{PACKAGE}.client]
disable_error_code = arg-type
"""


@pytest.fixture(scope="module")
def generated(description: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the generated package lies in. What cannot be generated is a warning, and so a failure."""
    folder = tmp_path_factory.mktemp("python")
    # It lays its code out with ruff, and complains where there is none on the path.
    surroundings = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    made = ("--path", description, "--output-path", folder / PACKAGE, "--meta", "none")
    done = run("generate", *made, "--fail-on-warning", tool="openapi-python-client", env=surroundings)
    assert not re.search("warning|skipping", done, re.IGNORECASE), done
    return folder


def run(*arguments: str | Path, tool: str, env: dict[str, str] | None = None) -> str:
    command = [Path(sys.executable).with_name(tool), *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_it_has_every_operation(generated: Path, description: Path) -> None:
    document = json.loads(description.read_text(encoding="utf-8"))
    operations = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}

    assert {file.stem for file in generated.rglob("api/*/*.py")} - {"__init__"} == operations


def test_it_compiles_and_its_types_hold(generated: Path, tmp_path: Path) -> None:
    run("-m", "compileall", "-q", generated / PACKAGE, tool="python")
    types = tmp_path / "mypy.ini"
    types.write_text(TYPES, encoding="utf-8")
    run("-m", "mypy", "--config-file", types, "--cache-dir", tmp_path, generated / PACKAGE, tool="python")


def test_it_asks_for_recommendations(generated: Path, server: str) -> None:
    surroundings = os.environ | {"PYTHONPATH": str(generated)}

    said = json.loads(run("-W", "error", CALL, server, FIRST_REQUEST, tool="python", env=surroundings))
    assert said["basis"] == "both_partners"
    assert said["first"]
    assert said["minutes"] <= 30
    assert (said["refused"], said["language"]) == ("validation_failed", "en")
