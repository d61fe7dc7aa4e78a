import asyncio
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import __version__
from app.cli import COMMANDS, FAILED
from app.commands import verify
from app.service.integrators import KeyHolder, find_key
from app.store.connection.database import Database
from app.store.connection.revision import HEAD
from tests.cli.conftest import AtOnce
from tests.clock import NOW

Rekindle = Callable[..., subprocess.CompletedProcess[str]]
CONTENT = Path(__file__).parents[2] / "app" / "content"


def holder_of(url: str, api_key: str) -> KeyHolder:
    async def find() -> KeyHolder:
        database = Database(url)
        try:
            return await find_key(database, api_key, NOW)
        finally:
            await database.close()

    return asyncio.run(find())


def test_help_names_every_command(at_once: AtOnce) -> None:
    _, said, _ = at_once("--help")

    assert re.findall(r"^  ([a-z-]+)  +[A-Z]", said.partition("Commands:")[2], re.MULTILINE) == list(COMMANDS)
    assert "..." not in said.partition("Commands:")[2]


@pytest.mark.parametrize("command", [name for name, command in COMMANDS.items() if command.module != "verify"])
def test_the_help_of_a_command_begins_as_the_list_does(at_once: AtOnce, command: str) -> None:
    code, said, _ = at_once(command, "--help")

    assert (code, said.splitlines()[0].startswith(f"Usage: rekindle {command} ")) == (0, True)
    assert COMMANDS[command].summary.rstrip(".").split()[0] == said.split("\n\n")[1].split()[0]


def test_a_command_loads_no_other(rekindle: Rekindle) -> None:
    loaded = rekindle("data-inventory", PYTHONPROFILEIMPORTTIME="1").stderr

    assert "app.store.schema.data_inventory\n" in loaded
    assert not re.search(r"app\.commands\.(serve|explain|seed)|fastapi|uvicorn|structlog", loaded)


def test_outside_of_a_clone_one_line_names_the_command(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(verify, "ROOT", tmp_path)

    assert at_once("prove", "--only", "safety") == (
        2,
        "",
        "This works in a clone of the repository alone: python -m verification prove --only safety\n",
    )


def test_the_version_is_said(at_once: AtOnce) -> None:
    assert at_once("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "migrate",
        "check",
        "seed",
        "rulesets list",
        "rulesets use files",
        "rulesets back",
        "explain -",
        "integrators create A --mode test",
    ],
)
def test_every_command_names_all_wrong_settings_and_does_nothing(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("REKINDLE_COLOUR", "red")
    monkeypatch.setenv("REKINDLE_REQUIRE_KEY", "perhaps")

    code, said, wrong = at_once(*command.split())

    assert (code, said) == (2, "")
    assert [line.partition(":")[0] for line in wrong.splitlines()] == ["REKINDLE_COLOUR", "REKINDLE_REQUIRE_KEY"]


def test_a_first_key_is_made_on_a_database_that_was_not_there(rekindle: Rekindle, empty_sqlite_url: str) -> None:
    made = json.loads(rekindle("integrators", "create", "A friendly app", "--mode", "test", "--json").stdout)
    holder = holder_of(empty_sqlite_url, made["api_key"])

    assert made.keys() == {"integrator", "api_key"}
    assert made["api_key"].startswith("rk_test_")
    assert (holder.integrator, holder.mode) == (made["integrator"], "test")
    assert holder.scopes == {"recommendations", "people", "tokens", "keys"}


def test_a_key_can_be_made_for_little(rekindle: Rekindle, empty_sqlite_url: str) -> None:
    done = rekindle("integrators", "create", "A clinic", "--mode", "live", "--scopes", "recommendations,people")
    api_key = done.stdout.split()[-1]

    assert holder_of(empty_sqlite_url, api_key).scopes == {"recommendations", "people"}
    assert "only time" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["A", "--mode", "prod"], "'prod' is not one of 'test', 'live'"),
        (["A"], "--mode"),
        ([" ", "--mode", "test"], "1 to 100 letters"),
        (["A" * 101, "--mode", "test"], "1 to 100 letters"),
        (["A", "--mode", "test", "--scopes", "peple"], "There is no scope 'peple'"),
    ],
)
def test_a_key_that_cannot_be_made_is_told_why(at_once: AtOnce, arguments: list[str], reason: str) -> None:
    code, said, wrong = at_once("integrators", "create", *arguments)

    assert (code, said) == (2, "")
    assert reason in wrong


def test_postgresql_is_migrated_by_hand(rekindle: Rekindle, empty_postgresql_url: str) -> None:
    database = {"REKINDLE_DATABASE_URL": empty_postgresql_url}
    make_key = ("integrators", "create", "A", "--mode", "test", "--json")

    before = rekindle(*make_key, **database)
    migrated = [rekindle("migrate", **database).stdout for _ in range(2)]
    after = rekindle(*make_key, **database)

    assert before.returncode == 1
    assert before.stderr == "The database is not up to date. Run `rekindle migrate` first, then start again.\n"
    assert migrated == [f"The database is up to date ({HEAD}).\n"] * 2
    assert holder_of(empty_postgresql_url, json.loads(after.stdout)["api_key"])  # type: ignore[truthy-bool]


def test_a_database_that_is_not_there_is_said_in_one_line(rekindle: Rekindle) -> None:
    done = rekindle("migrate", REKINDLE_DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")

    assert done.returncode == 1
    assert done.stderr.startswith("PostgreSQL cannot be reached: ")
    assert len(done.stderr.splitlines()) == 1


def test_content_without_mistakes_passes(rekindle: Rekindle) -> None:
    done = rekindle("check")

    assert done.returncode == 0, done.stderr
    assert "No mistakes" in done.stdout


def test_every_mistake_in_content_is_named_with_its_place(rekindle: Rekindle, tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(CONTENT, content)
    claims, findings = content / "claims.yaml", content / "findings.yaml"
    claims.write_text(claims.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    findings.write_text(findings.read_text(encoding="utf-8").replace("\nconflict:", "\nconflikt:", 1), encoding="utf-8")

    as_argument = rekindle("check", str(content))
    as_setting = rekindle("check", REKINDLE_CONTENT=str(content))

    assert as_argument.returncode == as_setting.returncode == 1
    assert as_argument.stderr == as_setting.stderr
    *mistakes, count = as_argument.stderr.splitlines()
    assert count.startswith(f"{len(mistakes)} mistakes in ")
    assert any(mistake.startswith("content/claims.yaml:") and "colour" in mistake for mistake in mistakes)
    assert any("`conflict`" in mistake for mistake in mistakes)


def test_the_openapi_document_is_printed(rekindle: Rekindle) -> None:
    document = json.loads(rekindle("openapi").stdout)

    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == __version__
    assert "/v1/recommendations" in document["paths"]


def test_garbage_is_collected_as_soon_as_a_command_is_imported() -> None:
    code = (
        "import gc; from app import cli\n"
        "cli.fail = lambda code, *lines: print(code, gc.isenabled(), gc.get_freeze_count() > 10_000)\n"
        "cli.main()"
    )
    command = [sys.executable, "-c", code, "explain", "nowhere.json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ran.stdout.split() == [str(FAILED), "True", "True"], ran.stderr
