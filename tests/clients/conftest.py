import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.main import create_app
from app.settings import Settings
from tests import clock
from tests.served import served

ROOT = Path(__file__).parents[2]
FIRST_REQUEST = ROOT / "examples" / "first-request.json"
# What the journey of each client says in the end.
WALKED = {
    "basis": "both_partners",
    "refused": "#/reports/a/conflict/level",
    "first": "suggestions",
    "plan": ["kind-reading"],
    "stale": "other_version",
    "reports": 3,
    "pages": 3,
    "kept": True,
    "other": "no_report",
    "erased": "not_found",
}


@pytest.fixture(scope="session")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document as this code has it, as a file."""
    file = tmp_path_factory.mktemp("description") / "openapi.json"
    file.write_text(json.dumps(create_app(Settings(), clock=clock.now).openapi()), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the server runs and keeps its database."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def server(house: Path) -> Iterator[str]:
    """The address of a server on this machine."""
    with served(house / "output") as server:
        yield server.address


@pytest.fixture(scope="session")
def api_key(server: str, house: Path) -> str:
    """The test key of an integrator of that server."""
    command = [sys.executable, "-m", "app", "integrators", "create", "Phones", "--mode", "test", "--json"]
    surroundings = {"PYTHONPATH": str(ROOT), "REKINDLE_DATABASE_URL": f"sqlite:///{house / 'rekindle.db'}"}
    made = subprocess.run(command, cwd=house, env=os.environ | surroundings, capture_output=True, check=True)
    key: str = json.loads(made.stdout)["api_key"]
    return key
