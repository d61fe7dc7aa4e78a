import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from socket import create_server
from threading import Event
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from app.commands import serve as serving
from app.commands.failure import CommandFailed
from app.commands.listening import address_of, announce
from app.commands.serve import bind, prepare_database
from app.commands.welcome import ask, describe_refusal
from app.commands.worker import read_rulesets
from app.errors import DatabaseUnavailable, NotReady
from app.settings import Settings
from tests.cases import rest_thorough
from tests.served import ROOT, served

Serve = Callable[..., Any]
EXAMPLE = Path(__file__).parents[2] / "examples" / "first-request.json"


def get(url: str) -> Any:
    with build_opener(ProxyHandler({})).open(url, timeout=20) as answer:
        assert answer.status == HTTPStatus.OK
        return json.load(answer)


def ask_first_question(address: str) -> Any:
    return ask(build_opener(ProxyHandler({})), f"{address}/v1/recommendations", EXAMPLE.read_bytes())


def test_it_starts_from_nothing_loads_only_what_it_needs_and_ends_quietly(serve: Serve, tmp_path: Path) -> None:
    server = serve(PYTHONPROFILEIMPORTTIME="1")
    server.wait_for("startup complete")

    assert get(f"{server.address}/healthz") == {"status": "ok"}
    assert get(f"{server.address}/readyz")["status"] == "ready"
    assert ask_first_question(server.address)["basis"] == "both_partners"
    with closing(sqlite3.connect(tmp_path / "rekindle.db")) as database:
        assert database.execute("SELECT count(*) FROM api_keys").fetchone() == (0,)

    loaded = {line.rpartition("|")[2].strip() for line in server.said.splitlines() if line.startswith("import time:")}
    assert "fastapi" in loaded
    assert not {"numpy", "z3", "verification"} & loaded

    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0
    assert "Stopped.\n" in server.said
    assert "Traceback" not in server.said


def test_several_workers_answer_at_one_address(serve: Serve) -> None:
    server = serve("--workers", "2")
    server.wait_for("(?s)startup complete.*startup complete")

    assert get(f"{server.address}/healthz") == {"status": "ok"}


def test_the_command_that_users_have_serves_with_several_workers(tmp_path: Path) -> None:
    setup = (ROOT / ".ci" / "setup").read_text(encoding="utf-8")
    command = tmp_path / "rekindle"
    command.write_text(setup.partition('    f"""')[2].partition('""",')[0].replace("{root}", str(ROOT)), "utf-8")
    command.chmod(0o755)

    with served(tmp_path / "output", "--workers", "2", command=[str(command)]) as server:
        server.wait_for("(?s)startup complete.*startup complete")
        # Workers are forked from a process beside them.
        beside = subprocess.check_output(["pgrep", "-P", str(server.process.pid)], text=True).split()
        youngest = subprocess.check_output(["pgrep", "-n", "-P", ",".join(beside)])
        os.kill(int(youngest), signal.SIGKILL)
        # Another worker takes its place.
        server.wait_for("(?s)(startup complete.*){3}")

        assert get(f"{server.address}/healthz") == {"status": "ok"}
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == 0
        assert "Stopped.\n" in server.said


@pytest.mark.parametrize("workers", rest_thorough({"two": "2", "one": "1"}, first=1))
def test_the_admin_listener_has_the_metrics_of_all_workers(serve: Serve, workers: str) -> None:
    server = serve("--workers", workers, "--admin-port", "0")
    server.wait_for("(?s)" + ".*".join(["startup complete"] * int(workers)))
    for _ in range(20):
        get(f"{server.address}/healthz")

    assert get(f"{server.admin_address}/readyz")["database"] == "at head"
    with build_opener(ProxyHandler({})).open(f"{server.admin_address}/metrics", timeout=20) as answer:
        counted = answer.read().decode()
    assert 'rekindle_http_requests_total{method="GET",route="/healthz",status="200"} 20.0' in counted
    with pytest.raises(HTTPError, match="404"):
        get(f"{server.address}/metrics")
    with pytest.raises(HTTPError, match="404"):
        get(f"{server.admin_address}/v1/help")
    assert server.admin_address.startswith("http://127.0.0.1:")


def test_the_process_above_several_workers_loads_nothing_that_answers() -> None:
    listing = "import sys, app.commands.supervise; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", listing], cwd=ROOT, text=True).split()

    assert "uvicorn" in loaded
    assert not {"app.main", "app.settings", "fastapi", "pydantic", "sqlalchemy", "typer"} & {*loaded}


@pytest.mark.parametrize("workers", rest_thorough({"two": "2", "one": "1"}, first=1))
def test_the_address_is_said_once_someone_answers_there(serve: Serve, workers: str) -> None:
    server = serve("--workers", workers)

    assert get(f"{server.address}/healthz") == {"status": "ok"}
    assert server.said.count("answers at") == 1


def test_the_address_is_not_said_before(capsys: pytest.CaptureFixture[str]) -> None:
    stopped = Event()
    with bind("127.0.0.1", 0) as door, ThreadPoolExecutor(1) as aside:
        try:
            announced = aside.submit(announce, door, stopped, welcome=False)
            with pytest.raises(TimeoutError):
                announced.result(0.2)
            assert capsys.readouterr().out == ""

            door.listen()
            announced.result(10)
        finally:
            stopped.set()
        assert capsys.readouterr().out == f"Rekindle answers at {address_of(door)}\n"


def test_the_address_is_not_said_where_the_server_stops_before_it_listens(capsys: pytest.CaptureFixture[str]) -> None:
    stopped = Event()
    stopped.set()

    with bind("127.0.0.1", 0) as door:
        announce(door, stopped, welcome=False)

    assert capsys.readouterr().out == ""


def test_postgresql_is_served_once_it_was_migrated(
    serve: Serve, empty_postgresql_url: str, postgresql_url: str
) -> None:
    with pytest.raises(NotReady, match="Run `rekindle migrate` first"):
        asyncio.run(prepare_database(empty_postgresql_url))

    server = serve(REKINDLE_DATABASE_URL=postgresql_url)
    server.wait_for("startup complete")

    assert get(f"{server.address}/readyz")["status"] == "ready"


def test_a_database_that_is_still_starting_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "SECONDS_FOR_THE_DATABASE", 1)

    with pytest.raises(DatabaseUnavailable):
        asyncio.run(prepare_database("postgresql+asyncpg://nobody@127.0.0.1:9/nothing"))

    assert capsys.readouterr().out == "Waiting up to 1 seconds for the database ...\n"


def test_the_welcome_shows_the_way_and_a_real_answer(serve: Serve) -> None:
    server = serve("--welcome")
    server.wait_for("Ctrl-C")

    assert "What partner A may see" in server.said
    assert "What partner B may see" in server.said
    assert f"{server.address}/docs" in server.said
    assert f"{server.address}/healthz" in server.said


@pytest.mark.parametrize(
    ("status", "words"), [(401, "rekindle integrators create NAME --mode test"), (503, "The server answered 503.")]
)
def test_the_welcome_says_what_stands_in_the_way(status: int, words: str) -> None:
    with HTTPError("http://127.0.0.1/", status, "", Message(), None) as refusal:
        assert words in describe_refusal(refusal)


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with create_server(("127.0.0.1", 0)) as other, pytest.raises(CommandFailed) as caught:
        bind("127.0.0.1", other.getsockname()[1])

    assert len(caught.value.lines) == 1
    assert caught.value.lines[0].endswith("Address already in use. Try another port.")


def test_a_host_that_is_not_ours_is_said_in_one_line() -> None:
    with pytest.raises(CommandFailed) as caught:
        bind("192.0.2.1", 0)

    assert caught.value.lines[0].startswith("Cannot listen on 192.0.2.1, port 0: ")


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")])  # noqa: S104
def test_the_address_shown_can_be_opened(host: str, shown: str) -> None:
    try:
        door = bind(host, 0)
    except CommandFailed:
        pytest.skip(f"this machine has no address {host}")
    with door:
        assert address_of(door) == f"http://{shown}:{door.getsockname()[1]}"


def test_content_with_mistakes_is_not_served(tmp_path: Path) -> None:
    tmp_path.joinpath("claims.yaml").write_text("references: {}\ncolour: red\n", encoding="utf-8")

    with pytest.raises(CommandFailed) as caught:
        read_rulesets(Settings(content=tmp_path))

    assert any(line.startswith("claims.yaml:2:") for line in caught.value.lines)
