import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
import structlog
from fastapi import FastAPI

from app.main import create_app, create_app_from_environment, reload_content
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.diagnostics import ContentError
from app.rulesets.load import CONTENT
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.conftest import with_settings


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def spoil(content: Path) -> None:
    (content / "rules" / "a-mistake.yaml").write_text("title: No\nwhen: [busynes == high]\n")


def test_content_with_mistakes_is_refused_with_all_of_them(content: Path) -> None:
    spoil(content)

    with pytest.raises(ContentError) as refused:
        create_app(Settings(content=content), clock=clock.now)

    assert len(refused.value.mistakes) > 1


def test_started_from_the_environment_all_mistakes_are_printed(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(content)
    monkeypatch.setenv("REKINDLE_CONTENT", str(content))

    with pytest.raises(SystemExit) as refused:
        create_app_from_environment()

    assert "a-mistake.yaml:2" in str(refused.value.code)
    assert len(str(refused.value.code).splitlines()) > 1


def test_settings_that_cannot_be_used_are_printed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKINDLE_RATE_LIMIT", "often")
    monkeypatch.setenv("REKINDLE_CORS_ORIGINS", "*")

    with pytest.raises(SystemExit) as refused:
        create_app_from_environment()

    assert len(str(refused.value.code).splitlines()) == 2


def test_a_reload_takes_the_content_as_it_stands(content: Path, change: Callable[..., None]) -> None:
    rulesets = ActiveRuleset(content)
    before = rulesets.current.digest
    change(content, {"phrases.yaml": ("put_off: ", "put_off: Now. ")})

    with structlog.testing.capture_logs() as lines:
        reload_content(rulesets)

    assert rulesets.current.digest != before
    assert lines[0]["event"] == "content_reloaded"


def test_a_reload_with_mistakes_keeps_the_last_good_one_and_tells_them(content: Path) -> None:
    rulesets = ActiveRuleset(content)
    before = rulesets.current
    spoil(content)

    with structlog.testing.capture_logs() as lines:
        reload_content(rulesets)

    assert rulesets.current is before
    assert lines[0]["event"] == "content_refused"
    assert any("a-mistake.yaml:2" in mistake for mistake in lines[0]["mistakes"])


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGHUP")
@pytest.mark.parametrize("maintenance", [True, False])
def test_maintenance_runs_in_the_server_unless_it_runs_beside_it(
    routed_app: FastAPI, rulesets: ActiveRuleset, tmp_path: Path, *, maintenance: bool
) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'rekindle.db'}", maintenance=maintenance)

    with TestClient(with_settings(routed_app, settings, rulesets)) as client:
        assert client.portal
        assert ("maintenance" in client.portal.call(names_of_tasks)) is maintenance


async def names_of_tasks() -> set[str]:
    return {task.get_name() for task in asyncio.all_tasks()}


def test_a_running_server_reloads_on_hangup(content: Path, tmp_path: Path) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    environment = {
        **os.environ,
        "REKINDLE_CONTENT": str(content),
        "REKINDLE_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}",
        "REKINDLE_LOG_FORMAT": "json",
    }
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app_from_environment", "--factory", f"--port={port}"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        spoil(content)
        server.send_signal(signal.SIGHUP)
        assert read_until(server, "content_refused")
        (content / "rules" / "a-mistake.yaml").unlink()
        server.send_signal(signal.SIGHUP)
        assert read_until(server, "content_reloaded")
        assert urlopen(f"http://127.0.0.1:{port}/healthz").status == 200
    finally:
        server.terminate()
        server.communicate(timeout=20)


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            urlopen(address).close()  # noqa: S310
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


def read_until(server: subprocess.Popen[str], words: str) -> bool:
    assert server.stdout is not None
    return any(words in line for line in server.stdout)
