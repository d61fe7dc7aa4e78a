import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI

from app.main import create_app
from app.rulesets.load import CONTENT
from app.rulesets.releases import newest_release
from app.settings import Settings
from tests import clock
from tests.client import TestClient


@pytest.fixture(scope="session")
def app(sqlite_at_head: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """With the newest release in force: what the document shows was released, and the content may have been edited.

    On a copy: after a minute its maintenance writes, and others copy the same file.
    """
    folder = tmp_path_factory.mktemp("contract")
    settings = {
        "database_url": f"sqlite:///{shutil.copy(sqlite_at_head, folder / 'rekindle.db')}",
        "key_file": folder / "rekindle.keys",
        "ruleset": newest_release(CONTENT),
    }
    return create_app(Settings.model_validate(settings), clock=clock.now)


@pytest.fixture(scope="session")
def caller(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as caller:
        yield caller


@pytest.fixture
def unheard() -> Iterator[None]:
    """Thousands of lines about answered requests tell nobody anything."""
    with structlog.testing.capture_logs():
        yield
