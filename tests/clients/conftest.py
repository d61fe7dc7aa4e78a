import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parents[2]
FIRST_REQUEST = ROOT / "examples" / "first-request.json"


@pytest.fixture(scope="session")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OpenAPI document as this code has it, as a file."""
    file = tmp_path_factory.mktemp("description") / "openapi.json"
    file.write_text(json.dumps(create_app(Settings()).openapi()), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on this machine."""
    folder = tmp_path_factory.mktemp("server")
    output = folder / "output"
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "REKINDLE_DATABASE_URL": f"sqlite:///{folder / 'rekindle.db'}",
    }
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", "--port", "0"],
            env=environment,
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    last_look = monotonic() + 60
    while "startup complete" not in (said := output.read_text(encoding="utf-8")):
        assert process.poll() is None, said
        assert monotonic() < last_look, said
        sleep(0.05)
    yield re.findall(r"http://\S+:\d+", said)[0]
    process.terminate()
    process.wait(20)
