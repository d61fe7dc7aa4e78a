from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.conftest import with_settings

BuildApp = Callable[..., FastAPI]
Connect = Callable[..., TestClient]


@pytest.fixture
def build_app(rulesets: ActiveRuleset, tmp_path: Path) -> BuildApp:
    """An application with these settings, and a database that is not there unless one is named."""

    def build(**settings: object) -> FastAPI:
        given = {"database_url": f"sqlite:///{tmp_path / 'absent.db'}", **settings}
        return create_app(Settings.model_validate(given), rulesets, clock=clock.now)

    return build


@pytest.fixture
def connect(build_app: BuildApp) -> Generator[Connect]:
    """A client of an application: of the one given, or of one with these settings."""
    with ExitStack() as stack:

        def connect(app: FastAPI | None = None, **settings: object) -> TestClient:
            return stack.enter_context(TestClient(app or build_app(**settings)))

        yield connect


@pytest.fixture
def client(routed_app: FastAPI, rulesets: ActiveRuleset, tmp_path: Path) -> Generator[TestClient]:
    """A client of an application with the default settings, on a database that is not there."""
    settings = Settings.model_validate({"database_url": f"sqlite:///{tmp_path / 'absent.db'}"})
    with TestClient(with_settings(routed_app, settings, rulesets)) as client:
        yield client


@pytest.fixture
def whole_report() -> dict[str, object]:
    return {
        "time_together": {"hours_per_week": 4},
        "conflict": {"level": "occasional"},
        "busyness": {"level": "full"},
        "activity_preferences": {"likes": {"walk": "love", "screen": "ok"}},
    }
