"""What can be known of the containers without an engine that runs them."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import asyncpg
import pytest
import yaml

from app.settings import PREFIX, Settings
from app.store.connection.revision import State, state_of
from app.store.connection.upgrade import migrate
from tests.roles import made_roles

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("migrate", "api")
SETTINGS = {f"{PREFIX}{field}".upper() for field in Settings.model_fields}
SECRET = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")
MAY = ("SELECT * FROM private_answers", "DELETE FROM partners", "UPDATE tokens SET revoked_at = now()")
MAY_NOT = (
    "TRUNCATE private_answers",
    "ALTER TABLE private_answers DISABLE ROW LEVEL SECURITY",
    "DROP POLICY private_answers_are_their_owners_alone ON private_answers",
    "DROP TABLE audit_events",
    "DROP TRIGGER audit_events_refuse_changes ON audit_events",
    "CREATE TABLE another (a integer)",
    "SET ROLE rekindle_owner",
)
Change = Callable[[dict[str, Any]], object]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, one instruction a line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def given(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def wrong_with(services: dict[str, Any]) -> list[str]:
    """What no service may be, and what ours may not besides."""
    wrong = [f"{name} {complaint}" for name, service in services.items() for complaint in wrong_with_any(service)]
    return wrong + [
        f"{name} may write, or do what only root may"
        for name in OURS
        if not services[name].get("read_only") or services[name].get("cap_drop") != ["ALL"]
    ]


def wrong_with_any(service: dict[str, Any]) -> Iterator[str]:
    for limit in ("mem_limit", "cpus", "pids_limit"):
        if not service.get(limit):
            yield f"has no {limit}"
    if "no-new-privileges:true" not in service.get("security_opt", ()):
        yield "may gain privileges"
    for variable, value in service.get("environment", {}).items():
        if re.search("PASSWORD|URL|SECRET|KEY$", variable) and value and not SECRET.search(value):
            yield f"is told {variable} in the file"
    for port in service.get("ports", ()):
        if not port.startswith("127.0.0.1:"):
            yield "is open to other machines"


def test_every_service_is_limited_and_no_secret_is_in_the_file() -> None:
    assert wrong_with(SERVICES) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda services: services["api"].pop("mem_limit"), "api has no mem_limit"),
        (lambda services: services["migrate"].pop("pids_limit"), "migrate has no pids_limit"),
        (lambda services: services["database"].pop("security_opt"), "database may gain privileges"),
        (
            lambda services: services["database"]["environment"].update(POSTGRES_PASSWORD="postgres"),
            "database is told POSTGRES_PASSWORD in the file",
        ),
        (
            lambda services: services["api"]["environment"].update(
                REKINDLE_DATABASE_URL="postgresql://me:pw@database/r"
            ),
            "api is told REKINDLE_DATABASE_URL in the file",
        ),
        (lambda services: services["api"].update(ports=["8000:8000"]), "api is open to other machines"),
        (lambda services: services["api"].pop("cap_drop"), "api may write, or do what only root may"),
    ],
)
def test_what_is_wrong_with_a_service_is_found(change: Change, complaint: str) -> None:
    services = deepcopy(SERVICES)
    change(services)

    assert wrong_with(services) == [complaint]


def test_it_begins_in_order() -> None:
    assert "version" not in COMPOSE
    assert SERVICES["database"]["image"].startswith("postgres:17")
    assert SERVICES["database"]["healthcheck"]["test"][1] == "pg_isready"
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["command"] == ["migrate"]
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["api"]["depends_on"] == {
        "database": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }


def test_data_and_keys_lie_apart_and_the_keys_where_the_server_alone_looks() -> None:
    mounts = {name: service.get("volumes", []) for name, service in SERVICES.items()}
    key_file = Path(image_environment()["REKINDLE_KEY_FILE"])

    assert COMPOSE["volumes"] == {"data": {"name": "rekindle-data"}, "keys": {"name": "rekindle-keys"}}
    assert mounts["api"] == [f"keys:{key_file.parent}"]
    assert mounts["migrate"] == []
    assert "data:/var/lib/postgresql/data" in mounts["database"]
    assert not [mount for mount in mounts["database"] if mount.startswith("keys")]


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in given("ENV") for pair in line.split())


def test_every_setting_that_is_named_is_one() -> None:
    named = {*image_environment(), *(name for service in OURS for name in SERVICES[service]["environment"])}

    assert {name for name in named if name.startswith(PREFIX)} <= SETTINGS


def test_the_image_serves_and_not_as_root() -> None:
    assert given("USER") == ["10001:10001"]
    assert instructions().index(("USER", "10001:10001")) > max(
        number for number, (name, _) in enumerate(instructions()) if name in ("FROM", "COPY", "RUN")
    )
    assert json.loads(given("ENTRYPOINT")[0]) == ["rekindle"]
    assert json.loads(given("CMD")[0])[:3] == ["serve", "--host", "0.0.0.0"]  # noqa: S104
    assert given("STOPSIGNAL") == ["SIGINT"]


def test_the_image_holds_what_the_lock_says_and_what_is_copied_is_there() -> None:
    copied = [line.split()[0] for line in given("COPY") if not line.startswith("--from")]
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    [installed] = [line for line in given("RUN") if "pip install" in line]

    assert set(copied) == {"LICENSE", "app", "examples", "migrations", "requirements/runtime.lock"} == let_through
    assert all((ROOT / path).exists() for path in copied)
    assert "requirements/runtime.lock /tmp/runtime.lock" in given("COPY")
    assert installed.endswith("--require-hashes --no-deps --requirement /tmp/runtime.lock")


@pytest.fixture
def health() -> Generator[Callable[[int], int]]:
    """Runs the health check of the image against a server that answers with this status; gives its exit code."""
    servers = []

    def check(status: int) -> int:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status if self.path == "/healthz" else 404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        compiled, option, code = json.loads(given("HEALTHCHECK")[0].partition(" CMD ")[2])
        assert (compiled, option) == ("python", "-c")
        here = code.replace("8000", str(server.server_port))
        return subprocess.run([sys.executable, "-c", here], capture_output=True, check=False).returncode

    yield check
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_health_check_tells_a_server_that_answers_from_one_that_does_not(health: Callable[[int], int]) -> None:
    assert health(200) == 0
    assert health(503) == 1


def test_neither_role_gets_around_the_wall_and_the_one_that_serves_changes_no_table(
    postgresql: str, postgresql_programs: Path
) -> None:
    with made_roles(postgresql, postgresql_programs) as made:
        migrate(made.owner.replace("postgresql:", "postgresql+asyncpg:"))

        assert asyncio.run(state_of(made.server)) is State.AT_HEAD
        assert asyncio.run(rights_of_both(made.server)) == [False, False]
        assert asyncio.run(refused(made.server, *MAY)) == []
        assert asyncio.run(refused(made.server, *MAY_NOT)) == list(MAY_NOT)


async def rights_of_both(address: str) -> list[bool]:
    """Whether a role may do more than its own tables allow."""
    connection = await asyncpg.connect(address)
    found = await connection.fetch(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles "
        "WHERE rolname IN ('rekindle_owner', 'rekindle_server')"
    )
    await connection.close()
    return [row[0] for row in found]


async def refused(address: str, *statements: str) -> list[str]:
    connection = await asyncpg.connect(address)
    found = []
    for statement in statements:
        try:
            await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            found.append(statement)
    await connection.close()
    return found
