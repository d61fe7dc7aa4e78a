"""Keys turn and rows lapse while requests go on, and a round that was broken off is taken up again."""

import asyncio
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from app.service import maintenance
from app.service.data_keys import find_data_key, make_data_key
from app.service.maintenance import BATCH, LEASE, TASK, MaintenanceReport, run_once
from app.service.session import Session
from app.store.connection.database import Database
from app.store.crypto.erased_list import UnreadableList
from app.store.crypto.keyring import EPOCH_LASTS, STALE_AFTER, KeyRing, Keys
from app.store.crypto.vault import Tampered, Vault
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import maintenance as stored_maintenance
from tests.clock import NOW
from tests.people import Integrator
from tests.privacy.canaries import tell_everything
from tests.store.rows import fetch
from tests.waiting import looks

A_DAY_LATER = NOW + EPOCH_LASTS + timedelta(minutes=5)
MAINTENANCE = """
import asyncio, sys
from pathlib import Path
from app.service.maintenance import run_once
from app.store.connection.database import Database
from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Vault
from tests.clock import NOW

asyncio.run(run_once(Database(sys.argv[1]), Vault(KeyRing(Path(sys.argv[2]))), lambda: NOW))
"""


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    ring = KeyRing(tmp_path / "rekindle.keys")
    ring.create(NOW)
    return Vault(ring)


async def make_keys(database: Database, vault: Vault, count: int) -> None:
    async with database.writing() as connection:
        for i in range(count):
            await make_data_key(Session(connection, vault, NOW), f"ptr_{i:05}")


async def wrapped_by(url: str, epoch: int) -> int:
    found = await fetch(url, "SELECT count(*) AS n FROM data_keys WHERE epoch = :epoch", epoch=epoch)
    return int(found[0].n)


async def test_everything_is_wrapped_anew_and_the_old_key_goes_an_hour_later(
    database: Database, database_url: str, vault: Vault
) -> None:
    await make_keys(database, vault, BATCH + 1)
    async with database.reading() as connection:
        before = await stored_data_keys.find(connection, "ptr_00000")
        sealed = vault.unwrap("ptr_00000", before).seal("reports.pooled", "1", b"yes")  # type: ignore[arg-type]

    done = await run_once(database, vault, lambda: A_DAY_LATER)

    assert done is not None
    assert (done.wrapped, done.lost) == (BATCH + 1, 0)
    assert await wrapped_by(database_url, 1) == 0
    assert set(vault.ring.keys().epochs) == {1, 2}
    await run_once(database, vault, lambda: A_DAY_LATER + STALE_AFTER)
    assert set(vault.ring.keys().epochs) == {2}
    async with database.reading() as connection:
        data_key = await find_data_key(Session(connection, vault, NOW), "ptr_00000")
    assert data_key is not None
    assert data_key.open("reports.pooled", "1", sealed) == b"yes"
    with pytest.raises(Tampered):
        vault.unwrap("ptr_00000", before)  # type: ignore[arg-type]


async def test_a_key_that_another_process_still_wrapped_with_the_old_one_is_not_lost(
    database: Database, database_url: str, vault: Vault
) -> None:
    await make_keys(database, vault, 1)
    _, wrapped_before = vault.make("ptr_late")
    await run_once(database, vault, lambda: A_DAY_LATER)
    async with database.writing() as connection:
        await stored_data_keys.add(connection, "ptr_late", wrapped_before)

    await run_once(database, vault, lambda: A_DAY_LATER + STALE_AFTER)

    async with database.reading() as connection:
        assert await find_data_key(Session(connection, vault, NOW), "ptr_late")
    assert await wrapped_by(database_url, 1) == 0


async def test_one_process_of_many_does_it_until_it_seems_to_have_died(database: Database, vault: Vault) -> None:
    async with database.writing() as connection:
        assert await stored_maintenance.take_lease(connection, TASK, NOW, LEASE)

    assert await run_once(database, vault, lambda: NOW + timedelta(minutes=9)) is None
    assert await run_once(database, vault, lambda: NOW + timedelta(minutes=10)) is not None


async def test_a_lease_of_a_clock_that_was_wrong_holds_nobody_up(database: Database, vault: Vault) -> None:
    async with database.writing() as connection:
        assert await stored_maintenance.take_lease(connection, TASK, NOW + timedelta(days=365), LEASE)

    assert await run_once(database, vault, lambda: NOW) is not None


async def test_a_task_that_fails_keeps_no_other_from_its_turn(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_keys(database, vault, 1)
    vault.ring.erased.file.write_text("x" * 64)

    with pytest.raises(UnreadableList):
        await run_once(database, vault, lambda: A_DAY_LATER)

    assert vault.ring.keys().current == 2
    vault.ring.erased.file.unlink()
    removed: list[str] = []
    monkeypatch.setattr(maintenance, "remove_lapsed", partial(note, removed))
    await run_once(database, vault, lambda: A_DAY_LATER)
    assert removed, "the day is not done while a task of it failed"


async def note(removed: list[str], _database: Database, _clock: object, table: str, _rule: object) -> MaintenanceReport:
    removed.append(table)
    return MaintenanceReport()


async def test_killed_in_the_middle_it_goes_on_from_there(
    database: Database, database_url: str, vault: Vault, tmp_path: Path
) -> None:
    """The process is held up after its first batches by a lock of ours, and killed there."""
    count = 20 * BATCH
    await make_keys(database, vault, count)
    age(vault.ring)
    process = start_maintenance(database_url, vault.ring.file)
    for _ in looks():
        if await wrapped_by(database_url, 2):
            break
    async with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql("LOCK TABLE data_keys IN SHARE MODE")
        process.send_signal(signal.SIGKILL)
        process.wait()

    first = await wrapped_by(database_url, 2)
    assert 0 < first < count
    done = await run_once(database, vault, lambda: NOW + timedelta(minutes=11))

    assert done is not None
    assert (done.wrapped, await wrapped_by(database_url, 1)) == (count - first, 0)
    async with database.reading() as connection:
        assert await find_data_key(Session(connection, vault, NOW), f"ptr_{count - 1:05}")


def age(ring: KeyRing) -> None:
    """As if a day had gone by."""
    keys = ring.keys()
    ring.put(Keys({1: replace(keys.epochs[1], since=keys.epochs[1].since - EPOCH_LASTS)}, keys.seal))


def start_maintenance(url: str, keys: Path) -> subprocess.Popen[bytes]:
    """In a process of its own, under the clock of the tests."""
    return subprocess.Popen([sys.executable, "-c", MAINTENANCE, url, str(keys)])


def test_keys_turn_under_requests_without_an_error(
    integrator: Integrator, stored_app: FastAPI, database_url: str
) -> None:
    people = [integrator.add() for _ in range(4)]
    for person in people:
        person.report()
    vault = stored_app.state.vault()

    async def turn(database: Database, rounds: int) -> None:
        for n in range(1, rounds + 1):
            now = NOW + n * (EPOCH_LASTS + timedelta(minutes=20))
            assert await run_once(database, vault, lambda now=now: now)  # type: ignore[misc]
            assert await run_once(database, vault, lambda now=now: now + 2 * STALE_AFTER)  # type: ignore[misc]

    async def live() -> set[int]:
        database, statuses = Database(database_url), set()
        stored_app.state.database = Database(database_url)
        async with AsyncClient(transport=ASGITransport(stored_app), base_url="http://test") as client:
            turning = asyncio.create_task(turn(database, 5))
            while not turning.done():
                asked = [client.get("/v1/me/view", headers=bearer(person.bearer)) for person in people]
                asked.append(client.post("/v1/partners", headers=bearer(integrator.bearer), json={"adult": True}))
                statuses |= {answer.status_code for answer in await asyncio.gather(*asked)}
            await turning
        await stored_app.state.database.close()
        await database.close()
        return statuses

    of_the_client = stored_app.state.database
    assert asyncio.run(live()) == {200, 201}
    assert vault.ring.keys().current == 6
    assert len(vault.ring.keys().epochs) == 1
    stored_app.state.database = of_the_client
    assert {person.get("/v1/me/view").status_code for person in people} == {200}


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def test_what_has_had_its_time_goes_and_nothing_else_does(
    integrator: Integrator, stored_app: FastAPI, database_url: str
) -> None:
    tell_everything(integrator)
    integrator.post("/v1/partners", {"adult": True}, Idempotency_Key="one")
    kept = ("reports", "private_answers", "choices", "feedback", "partners", "consents", "couples", "audit_events")
    lapsing = ("decisions", "tokens", "kept_replies", "yeses", "invitations")

    async def count() -> dict[str, int]:
        return {
            table: (await fetch(database_url, f"SELECT count(*) AS n FROM {table}"))[0].n  # noqa: S608
            for table in (*kept, *lapsing)
        }

    async def after(days: float) -> dict[str, int]:
        database = Database(database_url)
        await run_once(database, stored_app.state.vault(), lambda: NOW + timedelta(days=days), whole=True)
        await database.close()
        return await count()

    async def live() -> list[dict[str, int]]:
        return [await count(), await after(0.02), await after(1.1), await after(14.1), await after(32), await after(91)]

    start, now, day, fortnight, month, quarter = asyncio.run(live())
    assert all(start.values()), start
    assert {table for table in lapsing if now[table] < start[table]} == {"invitations"}
    assert (day["kept_replies"], day["decisions"], day["tokens"]) == (0, start["decisions"], start["tokens"])
    # A path that was begun counts among them until it is left.
    assert (fortnight["yeses"], quarter["yeses"]) == (1, 1)
    assert (month["tokens"], month["decisions"]) == (0, start["decisions"])
    assert quarter["decisions"] == 0
    assert {table: quarter[table] for table in kept} == {table: start[table] for table in kept}
