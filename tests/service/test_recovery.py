"""A database that comes back as it was before an erasure serves nobody before the erased are erased again."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.service import recovery
from app.service.maintenance import run_once
from app.service.recovery import Recovery, record_beside_keys
from app.store.connection.database import Database
from app.store.crypto.erased_list import ErasedList
from app.store.crypto.ids import sha256_of
from tests.clock import NOW
from tests.people import Integrator, Person
from tests.store.rows import execute, fetch

OF_PARTNER = {
    "partners": "id = :id",
    "data_keys": "owner = :id",
    "consents": "partner_key IN (SELECT key FROM partners WHERE id = :id)",
    "tokens": "partner_key IN (SELECT key FROM partners WHERE id = :id)",
}
"""Enough rows of a partner for their token to work, in an order in which they can be put back."""


@pytest.fixture
def erased(stored_app: FastAPI) -> ErasedList:
    ring = stored_app.state.vault().ring
    return ring.erased  # type: ignore[no-any-return]


def kept_rows(url: str, partner: str) -> dict[str, Sequence[Any]]:
    return {
        table: asyncio.run(fetch(url, f"SELECT * FROM {table} WHERE {of_partner}", id=partner))  # noqa: S608
        for table, of_partner in OF_PARTNER.items()
    }


def put_back(url: str, rows: dict[str, Sequence[Any]]) -> None:
    """As a restored backup does: with the rows of then, and without the receipts of later."""
    asyncio.run(execute(url, "DELETE FROM erasures"))
    for table, found in rows.items():
        for row in found:
            places = ", ".join(f":{name}" for name in row._fields)
            insert = f"INSERT INTO {table} ({', '.join(row._fields)}) VALUES ({places})"  # noqa: S608
            asyncio.run(execute(url, insert, **row._asdict()))


def come_back(integrator: Integrator, url: str) -> tuple[Person, Person]:
    """One who erased themselves and is there again, and one who never left."""
    a, b = integrator.add(), integrator.add()
    rows = kept_rows(url, a.id)
    assert a.delete("/v1/me").status_code == 200
    put_back(url, rows)
    return a, b


def test_each_erasure_is_in_the_list_before_it_is_answered(integrator: Integrator, erased: ErasedList) -> None:
    a = integrator.add()

    assert a.delete("/v1/me").status_code == 200

    assert list(erased.ranges()) == [{sha256_of(a.id)}]


def test_whoever_is_back_is_erased_again_before_anybody_is_served(
    integrator: Integrator, stored_app: FastAPI, database_url: str
) -> None:
    a, b = come_back(integrator, database_url)
    assert a.get("/v1/me").status_code == 200, "otherwise this shows nothing: they were not back"

    stored_app.state.recovery = Recovery()

    assert a.get("/v1/me").status_code == 401
    assert b.get("/v1/me").status_code == 200
    assert len(asyncio.run(fetch(database_url, "SELECT * FROM erasures"))) == 1


def test_a_server_that_goes_on_finds_them_in_its_next_round(
    integrator: Integrator, stored_app: FastAPI, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the restored database says that all is done for today, and each range is a single row."""
    monkeypatch.setattr(recovery, "RANGE", 1)
    monkeypatch.setattr(recovery, "SOUGHT_AT_ONCE", 1)
    a, b = come_back(integrator, database_url)
    asyncio.run(execute(database_url, "INSERT INTO upkeep (task, done_on) VALUES ('upkeep', :day)", day=NOW.date()))

    async def run_round() -> int:
        database = Database(database_url)
        report = await run_once(database, stored_app.state.vault(), lambda: NOW + timedelta(minutes=15))
        await database.close()
        return report.erased_again if report else 0

    assert asyncio.run(run_round()) == 1
    assert (a.get("/v1/me").status_code, b.get("/v1/me").status_code) == (401, 200)


def test_while_nobody_can_tell_who_was_erased_nobody_is_served(
    integrator: Integrator, stored_app: FastAPI, erased: ErasedList
) -> None:
    b = integrator.add()
    erased.file.write_text("?" * 64)
    stored_app.state.recovery = Recovery()

    refused = [b.get("/v1/me"), integrator.get("/v1/partners"), b.get("/readyz")]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(503, "not_ready")] * 3
    assert b.get("/v1/help").status_code == 200

    erased.file.unlink()
    assert b.get("/v1/me").status_code == 200


def test_a_list_that_was_lost_is_written_anew_from_the_receipts(
    integrator: Integrator, erased: ErasedList, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "RANGE", 2)
    ids = [integrator.add(agrees=False).id for _ in range(3)]
    for id_ in ids:
        assert integrator.delete(f"/v1/partners/{id_}").status_code == 200
    erased.file.unlink()

    async def record() -> None:
        database = Database(database_url)
        await record_beside_keys(database, erased, NOW.date())
        await database.close()

    asyncio.run(record())
    assert set().union(*erased.ranges()) == {sha256_of(id_) for id_ in ids}
