"""Backing up and restoring by the commands that docs/backup.md prints; PostgreSQL has its turn in tests/trust."""

import json
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from app.store.crypto.keyring import KeyRing
from tests.cli.conftest import AtOnce
from tests.clock import NOW
from tests.restoring import Operator, drill


def test_by_the_documented_way_the_erased_do_not_come_back(
    sqlite_url: str, tmp_path: Path, rulesets: ActiveRuleset
) -> None:
    named = {"database_url": sqlite_url.replace("+aiosqlite", ""), "key_file": tmp_path / "rekindle.keys"}
    operator = Operator(tmp_path, Settings.model_validate(named))

    assert drill(operator, rulesets, "sqlite") == {"erased": 401, "stays": 200}


@pytest.fixture
def backed_up(sqlite_url: str, tmp_path: Path, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set of an empty database, which is no longer there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REKINDLE_DATABASE_URL", sqlite_url.replace("+aiosqlite", ""))
    KeyRing(tmp_path / "rekindle.keys").create(NOW)
    assert at_once("backup", "made")[0] == 0
    (tmp_path / "rekindle.db").rename(tmp_path / "before.db")
    return tmp_path / "made"


def test_a_set_is_read_by_its_owner_alone(backed_up: Path) -> None:
    assert {path.name for path in backed_up.iterdir()} == {
        "database.dump",
        "manifest.json",
        "rekindle.keys",
        "rekindle.keys.erased",
    }
    assert not [path for path in (backed_up, *backed_up.iterdir()) if path.stat().st_mode & 0o077]


def test_a_set_that_is_not_whole_is_refused_with_all_that_is_wrong(backed_up: Path, at_once: AtOnce) -> None:
    (backed_up / "rekindle.keys.erased").unlink()
    with (backed_up / "database.dump").open("ab") as dump:
        dump.write(b"?")

    code, _, said = at_once("restore", "made")

    assert code == 1
    assert "made/rekindle.keys.erased is missing" in said
    assert "made/database.dump was changed or damaged" in said
    assert not backed_up.with_name("rekindle.db").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"database": "postgresql"}, "another kind of database"),
        ({"revision": "20991231a"}, "A later version of Rekindle made this backup"),
        ({"format": "?"}, "is damaged"),
    ],
)
def test_a_set_of_something_else_is_refused(
    backed_up: Path, at_once: AtOnce, change: dict[str, str], reason: str
) -> None:
    manifest = backed_up / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))

    code, _, said = at_once("restore", "made")

    assert (code, reason in said) == (1, True), said


def test_nothing_that_is_there_is_replaced(backed_up: Path, at_once: AtOnce) -> None:
    """Neither a database, nor what a dead server left of one, nor the keys of another, nor a backup."""
    wal = backed_up.with_name("rekindle.db-wal")
    wal.touch()
    assert "There is a database already" in at_once("restore", "made")[2]
    wal.unlink()

    keys = backed_up.with_name("rekindle.keys")
    keys.unlink()
    KeyRing(keys).create(NOW)
    assert "belongs to another database" in at_once("restore", "made")[2]

    assert "There is no database" in at_once("backup", "second")[2]
    shutil.copy(backed_up.with_name("before.db"), backed_up.with_name("rekindle.db"))
    assert "There is made already" in at_once("backup", "made")[2]


def test_keys_of_before_and_of_now_are_both_there_after_a_restore(backed_up: Path, at_once: AtOnce) -> None:
    ring = KeyRing(backed_up.with_name("rekindle.keys"))
    ring.begin_epoch(NOW)

    assert at_once("restore", "--verify", "made") == (
        0,
        "Restored from made. Erased again: 0.\nVerified: 0 keys open, and every access log is whole.\n",
        "",
    )
    assert set(ring.keys().epochs) == {1, 2}


def test_what_does_not_open_is_named(backed_up: Path, at_once: AtOnce) -> None:
    plant = "INSERT INTO data_keys (owner, epoch, wrapped) VALUES ('ptr_lost', 1, zeroblob(60))"
    damage(backed_up, plant)

    code, said, wrong = at_once("restore", "--verify", "made")

    assert (code, said) == (1, "Restored from made. Erased again: 0.\n")
    assert wrong.splitlines()[-1] == "ptr_lost"


def test_where_the_programs_of_postgresql_are_missing_it_says_so(
    at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, postgresql_url: str, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REKINDLE_DATABASE_URL", postgresql_url.replace("+asyncpg", ""))
    monkeypatch.setenv("PATH", str(tmp_path))

    code, _, said = at_once("backup", "made")

    assert (code, "pg_dump is not on this machine" in said) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == []


def damage(folder: Path, statement: str) -> None:
    """Change the dump of a set, and its digest with it."""
    with closing(sqlite3.connect(folder / "database.dump")) as connection, connection:
        connection.execute(statement)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["database.dump"] = sha256((folder / "database.dump").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
