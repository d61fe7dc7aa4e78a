"""The files of the database and the logs, read as bytes: nothing that was answered is in them, before or after erasure.

As a control the same words are written unsealed, and are found.
"""

import asyncio
import os
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import structlog
from fastapi import FastAPI

from app.service.maintenance import run_once
from app.store.connection import embedded
from app.store.connection.database import Database
from app.store.crypto.keyring import EPOCH_LASTS, STALE_AFTER
from app.store.crypto.vault import DataKey, Tampered, Wrapped
from app.store.queries import erasures
from app.store.schema.data_inventory import DATA_INVENTORY
from tests.client import TestClient
from tests.clock import NOW
from tests.conftest import POSTGRESQL, _make_integrator, start_postgresql
from tests.people import Integrator
from tests.privacy.canaries import tell_everything
from tests.store.rows import execute, fetch

SAID = (
    "feels_meant_to_hurt",
    "being_together_feels",
    "overwhelming",
    "grown_apart",
    "leaning_out",
    "recent_breach",
    "humiliated",
    "not_for_us",
    "couples-retreat",
    "tea-in-silence",
    "member-4711",
)
"""What only the answers, choices, feedback and external ids of this test's people can have brought in."""

OF_A_REQUEST = {"method", "route", "status", "milliseconds", "problem"}
"""What a line about a request holds; its id is added where lines are written."""


def found_in(contents: Iterable[bytes], words: Iterable[str]) -> set[str]:
    return {word for content in contents for word in words if word.encode() in content}


def files_of(url: str) -> list[bytes]:
    """Of this database, and of what all databases of its server write to: the write-ahead log and the server's own."""
    if not url.startswith("postgresql"):
        file = Path(url.removeprefix("sqlite+aiosqlite:///"))
        return [each.read_bytes() for each in file.parent.glob(f"{file.name}*")]
    asyncio.run(write_to_disk(start_postgresql(Path(os.environ[POSTGRESQL])).get_uri()))
    oid = asyncio.run(fetch(url, "SELECT oid FROM pg_database WHERE datname = current_database()"))[0].oid
    server = Path(os.environ[POSTGRESQL])
    places = (server / "base" / str(oid), server / "pg_wal", server / "log")
    return [file.read_bytes() for place in places for file in (place, *place.rglob("*")) if file.is_file()]


async def write_to_disk(superuser: str) -> None:
    connection = await asyncpg.connect(superuser)
    await connection.execute("CHECKPOINT")
    await connection.close()


def test_no_answer_is_ever_in_the_files_and_the_control_is(integrator: Integrator, database_url: str) -> None:
    later = timedelta(days=secrets.randbelow(12), seconds=secrets.randbelow(24 * 60 * 60))
    when = (datetime(2026, 11, 24) + later).isoformat()  # noqa: DTZ001  (a local time)
    words = (*SAID, when)

    a, _, _ = tell_everything(integrator, when)
    before = found_in(files_of(database_url), words)
    a.delete("/v1/me")
    after = found_in(files_of(database_url), words)
    asyncio.run(execute(database_url, "CREATE TABLE scratch (answer text)"))
    asyncio.run(execute(database_url, "INSERT INTO scratch VALUES (:answer)", answer=when))
    control = found_in(files_of(database_url), words)

    assert (before, after, control) == (set(), set(), {when})


def test_an_old_wrapped_key_that_stayed_in_a_file_opens_no_more(
    integrator: Integrator, stored_app: FastAPI, database_url: str
) -> None:
    a, _, _ = tell_everything(integrator)
    vault = stored_app.state.vault()
    held = "SELECT epoch, wrapped FROM data_keys WHERE owner = :owner"
    (row,) = asyncio.run(fetch(database_url, held, owner=a.id))
    stolen = Wrapped(row.epoch, bytes(row.wrapped))
    a.delete("/v1/me")
    assert vault.unwrap(a.id, stolen)

    async def live_on() -> None:
        database, turn = Database(database_url), NOW + EPOCH_LASTS
        for now in (turn, turn + STALE_AFTER + timedelta(minutes=1)):
            assert await run_once(database, vault, lambda now=now: now)  # type: ignore[misc]
        await database.close()

    asyncio.run(live_on())

    stayed = any(stolen.wrapped in content for content in files_of(database_url))
    assert stayed == database_url.startswith("postgresql"), "an embedded database leaves nothing"
    with pytest.raises(Tampered):
        vault.unwrap(a.id, stolen)


def test_no_answer_is_in_any_log_line(integrator: Integrator, capfd: pytest.CaptureFixture[str]) -> None:
    a, _, _ = tell_everything(integrator)
    refused = a.post("/v1/me/reports", {"private": {"leaning_out": "overwhelming"}})
    a.delete("/v1/me")

    logged = "".join(capfd.readouterr())

    assert refused.status_code == 422
    assert "/v1/me/feedback" in logged
    assert found_in([logged.encode()], SAID) == set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_line_holds_nothing_but_what_is_promised(integrator: Integrator) -> None:
    """At the level that says most: a word such as an outcome or a level is an answer too."""
    with structlog.testing.capture_logs() as lines:
        a, b, _ = tell_everything(integrator)
        for person in (a, b):
            person.post("/v1/me/explanations", {"target": "evening-walk"})
            person.get("/v1/me/export")
        a.post("/v1/me/reports", {"private": {"leaning_out": "overwhelming"}})
        a.delete("/v1/me")

    assert len(lines) > 30
    assert {line["event"] for line in lines} == {"answered"}
    assert {name for line in lines for name in line} == {"event", "log_level", *OF_A_REQUEST}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_stored_mark_was_made_with_a_key(
    integrator: Integrator, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest of a word without a key could be found by trying all words."""
    made, mark = set[bytes](), DataKey.mark

    def remember(key: DataKey, *parts: str) -> bytes:
        made.add(mark(key, *parts))
        return mark(key, *parts)

    monkeypatch.setattr(DataKey, "mark", remember)
    tell_everything(integrator)
    places = [(table, name) for table, held in DATA_INVENTORY.items() for name, column in held.columns.items()
              if column.label != "public" and "keyed mark" in column.purpose]  # fmt: skip
    for table, name in places:
        stored = asyncio.run(fetch(database_url, f"SELECT {name} AS mark FROM {table}"))  # noqa: S608
        assert stored, table
        assert {bytes(row.mark) for row in stored} <= made, table
    assert len(places) > 4


@pytest.mark.parametrize("fault", [None, "rows are not overwritten", "the log is not cut"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_plain_of_the_erased_is_in_the_files_of_a_running_server(
    integrator: Integrator, database_url: str, monkeypatch: pytest.MonkeyPatch, fault: str | None
) -> None:
    if fault == "rows are not overwritten":
        monkeypatch.setattr(embedded, "_PRAGMAS", (*embedded._PRAGMAS[:-1], "secure_delete = OFF"))
    elif fault:
        monkeypatch.setattr(erasures, "leave_no_trace", lambda _connection: None)
    stays, leaves = integrator.add(time_zone="Europe/Vaduz"), integrator.add(time_zone="Pacific/Chatham")

    assert leaves.delete("/v1/me").status_code == 200
    stays.get("/v1/me")

    files = files_of(database_url)
    assert found_in(files, ["Europe/Vaduz"]), "the control: who is there is found"
    assert bool(found_in(files, ["Pacific/Chatham"])) == bool(fault)


@pytest.mark.skipif(os.name != "posix", reason="modes of files are of POSIX")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_files_with_data_and_keys_are_their_owners_alone(stored_app: FastAPI, database_url: str) -> None:
    database = Path(database_url.removeprefix("sqlite+aiosqlite:///"))
    keys = stored_app.state.vault().ring.file
    database.chmod(0o644)
    stored_app.state.vault().ring.create(NOW)
    keys.chmod(0o666)

    made = asyncio.run(_make_integrator(database_url))
    with TestClient(stored_app) as client:
        Integrator(client, made.api_key, id=made.integrator).add()
        modes = {file.name: file.stat().st_mode & 0o777 for file in (keys, *database.parent.glob("rekindle.db*"))}

    assert {*modes.values()} == {0o600}
    assert len(modes) > 2, modes
