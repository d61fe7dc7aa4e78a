"""A file of keys belongs to one database: with another one, a damaged one or none, nothing is written."""

import asyncio
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.service import data_keys
from app.service.recovery import Recovery
from app.store.crypto.keyring import KeyRing
from tests.clock import NOW
from tests.people import Integrator
from tests.store.rows import execute, fetch

NEW = {"adult": True}


def ring_of(app: FastAPI) -> KeyRing:
    return app.state.vault().ring  # type: ignore[no-any-return]


def swap(file: Path, becomes: str) -> None:
    if becomes == "missing":
        file.unlink()
    elif becomes == "damaged":
        file.write_bytes(file.read_bytes()[:40])
    elif becomes == "empty":
        file.write_bytes(b"")
    else:
        other = KeyRing(file.with_name("other.keys"))
        other.create(NOW)
        other.file.replace(file)


def restart(app: FastAPI) -> None:
    ring_of(app).fingerprint = None
    app.state.recovery.__init__()


def partners(url: str) -> int:
    return len(asyncio.run(fetch(url, "SELECT id FROM partners")))


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize(
    ("becomes", "words"),
    [("foreign", "of another database"), ("damaged", "damaged"), ("empty", "damaged"), ("missing", "No such file")],
)
def test_with_other_keys_the_server_is_not_ready_and_writes_nothing(
    integrator: Integrator, stored_app: FastAPI, database_url: str, becomes: str, words: str, *, restarted: bool
) -> None:
    person = integrator.add()
    whole = ring_of(stored_app).file.read_bytes()
    swap(ring_of(stored_app).file, becomes)
    if restarted:
        restart(stored_app)

    refused = integrator.post("/v1/partners", NEW)

    assert (refused.status_code, partners(database_url)) == (503, 1)
    assert words in refused.json()["detail"]
    assert str(ring_of(stored_app).file) not in refused.text
    assert person.get("/v1/me/export").status_code == 503
    assert integrator.get("/readyz").status_code == 503
    ring_of(stored_app).file.write_bytes(whole)
    assert integrator.post("/v1/partners", NEW).status_code == 201


def test_without_the_fingerprint_foreign_keys_would_write(
    integrator: Integrator, stored_app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    integrator.add()
    swap(ring_of(stored_app).file, "foreign")
    ring_of(stored_app).fingerprint = None
    monkeypatch.setattr(data_keys, "_bind_new", lambda _session: asyncio.sleep(0))

    assert integrator.post("/v1/partners", NEW).status_code == 201


@pytest.mark.parametrize("becomes", ["its own", "foreign"])
def test_a_database_from_before_is_bound_to_the_file_that_opens_it(
    integrator: Integrator, stored_app: FastAPI, database_url: str, becomes: str
) -> None:
    integrator.add()
    asyncio.run(execute(database_url, "DELETE FROM key_files"))
    if becomes == "foreign":
        swap(ring_of(stored_app).file, becomes)
    restart(stored_app)

    answer = integrator.post("/v1/partners", NEW)

    assert answer.status_code == (201 if becomes == "its own" else 503)
    assert len(asyncio.run(fetch(database_url, "SELECT fingerprint FROM key_files"))) == (becomes == "its own")
    assert isinstance(stored_app.state.recovery, Recovery)
