import json
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from socket import create_server
from typing import Any
from urllib.request import ProxyHandler, build_opener

from app.store.migration import migrate
from app.welcome import ask

Serve = Callable[..., Any]
EXAMPLE = Path(__file__).parents[2] / "examples" / "first-request.json"


def get(url: str) -> Any:
    with build_opener(ProxyHandler({})).open(url, timeout=10) as answer:
        assert answer.status == HTTPStatus.OK
        return json.load(answer)


def ask_first_question(address: str) -> Any:
    return ask(build_opener(ProxyHandler({})), f"{address}/v1/recommendations", EXAMPLE.read_bytes())


def test_it_serves_on_a_database_it_has_made_itself(serve: Serve, tmp_path: Path) -> None:
    server = serve()
    server.wait_for("startup complete")

    assert get(f"{server.address}/healthz") == {"status": "ok"}
    assert get(f"{server.address}/readyz")["status"] == "ready"
    with closing(sqlite3.connect(tmp_path / "rekindle.db")) as database:
        assert database.execute("SELECT count(*) FROM api_keys").fetchone() == (0,)


def test_it_ends_quietly_when_interrupted(serve: Serve) -> None:
    server = serve()
    server.wait_for("startup complete")

    server.process.send_signal(signal.SIGINT)

    assert server.process.wait(20) == 0
    assert server.said.endswith("Stopped.\n")
    assert "Traceback" not in server.said


def test_several_workers_answer_at_one_address(serve: Serve) -> None:
    server = serve("--workers", "2")
    server.wait_for("(?s)startup complete.*startup complete")

    assert get(f"{server.address}/healthz") == {"status": "ok"}


def test_a_server_that_no_key_reaches_loads_neither_sqlalchemy_nor_alembic(serve: Serve) -> None:
    server = serve(PYTHONPROFILEIMPORTTIME="1")
    server.wait_for("startup complete")

    assert get(f"{server.address}/readyz")["status"] == "ready"
    assert ask_first_question(server.address)["basis"] == "both_partners"
    loaded = {line.rpartition("|")[2].strip() for line in server.said.splitlines() if line.startswith("import time:")}
    assert "fastapi" in loaded
    assert not {"sqlalchemy", "alembic", "asyncpg"} & loaded


def test_the_welcome_shows_the_way_and_a_real_answer(serve: Serve) -> None:
    server = serve("--welcome")
    server.wait_for("Decided by ruleset")

    assert f"{server.address}/docs" in server.said
    assert f"{server.address}/healthz" in server.said
    assert "What partner A may see" in server.said
    assert "What partner B may see" in server.said


def test_the_welcome_says_how_to_come_in_where_a_key_is_needed(serve: Serve) -> None:
    server = serve("--welcome", REKINDLE_REQUIRE_KEY="true")

    server.wait_for("rekindle integrators create")


def test_a_port_that_is_taken_is_said_in_one_line(serve: Serve) -> None:
    with create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = serve("--port", str(port))
        code = server.process.wait(30)

    assert code == 1
    assert server.said == f"Cannot listen on 127.0.0.1, port {port}: Address already in use. Try another port.\n"


def test_content_with_mistakes_is_not_served(serve: Serve, tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    content.joinpath("ruleset.yaml").write_text("version: 1\ncolour: red\n", encoding="utf-8")

    server = serve(REKINDLE_CONTENT=str(content))

    assert server.process.wait(30) == 1
    assert "ruleset.yaml:2:" in server.said
    assert "Traceback" not in server.said


def test_postgresql_is_served_once_it_was_migrated(serve: Serve, empty_postgresql_url: str) -> None:
    refused = serve(REKINDLE_DATABASE_URL=empty_postgresql_url)
    code = refused.process.wait(30)
    migrate(empty_postgresql_url)
    server = serve(REKINDLE_DATABASE_URL=empty_postgresql_url)
    server.wait_for("startup complete")

    assert code == 1
    assert refused.said == "The database is not up to date. Run `rekindle migrate` first, then start again.\n"
    assert get(f"{server.address}/readyz")["status"] == "ready"
