import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.main import create_app
from app.settings import Settings
from tests import clock
from tests.served import served

ROOT = Path(__file__).parents[2]
FIRST_REQUEST = ROOT / "examples" / "first-request.json"


@pytest.fixture(scope="session")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document as this code has it, as a file."""
    file = tmp_path_factory.mktemp("description") / "openapi.json"
    file.write_text(json.dumps(create_app(Settings(), clock=clock.now).openapi()), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on this machine."""
    with served(tmp_path_factory.mktemp("server") / "output") as server:
        yield server.address
