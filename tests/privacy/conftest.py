from collections.abc import Iterator

import pytest
import structlog

from app.main import create_app
from app.settings import Settings
from tests import clock
from tests.client import TestClient


@pytest.fixture(scope="session")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An application with the content that comes with it; nothing is stored, so all tests may share it."""
    file = tmp_path_factory.mktemp("absent") / "absent.db"
    app = create_app(Settings.model_validate({"database_url": f"sqlite:///{file}"}), clock=clock.now)
    with TestClient(app, raise_server_exceptions=False) as caller:
        yield caller


@pytest.fixture
def unheard() -> Iterator[None]:
    """Thousands of lines about answered requests tell nobody anything."""
    with structlog.testing.capture_logs():
        yield
