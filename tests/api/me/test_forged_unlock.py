"""Whoever writes into the database that a login is unlocked is found by `rekindle audit`."""

import asyncio

import pytest
from fastapi import FastAPI

from app.service import audit
from app.store.connection.database import Database
from tests.people import Integrator
from tests.store.rows import execute
from tests.unlocked import unlock


def test_a_login_that_was_unlocked_past_the_passphrase_is_found(
    integrator: Integrator, stored_app: FastAPI, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logins are read one by one, so that there are several ranges."""
    monkeypatch.setattr(audit, "_RANGE", 1)
    honest, forged = unlock(integrator.add()), integrator.add()

    async def audited() -> list[str]:
        database = Database(database_url)
        found = await audit.verify(database, stored_app.state.vault())
        await database.close()
        return found

    assert asyncio.run(audited()) == []
    forge = (
        "UPDATE tokens SET unlocked_until = '2099-01-01 00:00:00+00:00' "
        "WHERE partner_key = (SELECT key FROM partners WHERE id = :id)"
    )
    asyncio.run(execute(database_url, forge, id=forged.id))
    assert asyncio.run(audited()) == [forged.id]
    assert honest.id != forged.id
