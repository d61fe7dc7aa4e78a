from collections.abc import Generator
from datetime import timedelta

import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import Engine

from tests.people import Integrator
from tests.reliability.scene import Scene, set_the_scene
from tests.reliability.storage import Storage, look_into


@pytest.fixture(autouse=True)
def without_maintenance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its statements would be counted among those of a request."""
    monkeypatch.setattr("app.service.maintenance.FIRST_AFTER", timedelta(days=1))


@pytest.fixture
def scene(integrator: Integrator) -> Scene:
    return set_the_scene(integrator)


@pytest.fixture
def engine(scene: Scene, stored_app: FastAPI) -> Engine:
    """The one that the application in the scene uses."""
    opened: Engine = stored_app.state.database._engine.sync_engine
    return opened


@pytest.fixture
def storage(scene: Scene, database_url: str) -> Generator[Storage]:
    with look_into(database_url) as storage:
        yield storage


@pytest.fixture(autouse=True)
def unheard() -> Generator[None]:
    """Failures are the point here, and each would be logged."""
    with structlog.testing.capture_logs():
        yield
