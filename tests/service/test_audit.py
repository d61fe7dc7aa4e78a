"""Whoever writes to the database itself, past its triggers, is found out: by every event, in every way."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.service import audit
from app.service.session import Session
from app.store.connection.database import Database
from app.store.crypto.ids import sha256_of
from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Vault

EVENTS = 300
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHAIN, OTHER = "ptr_one", "ptr_other"
WITHOUT_TRIGGERS = {
    "postgresql": ("ALTER TABLE audit_events DISABLE TRIGGER ALL",),
    "sqlite": ("DROP TRIGGER audit_events_refuse_update", "DROP TRIGGER audit_events_refuse_delete"),
}
# Every event of a long chain is tried on one of the two; make trust tries it on both.
ON_SQLITE = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)], indirect=True
)
FLIPS = (
    "event = 'linked'",
    "subject = 'key_of_someone_else'",
    "subject = NULL",
    "happened_on = '2026-11-24'",
)
HASH_BEFORE_THE_LAST = f"(SELECT hash FROM audit_events WHERE partner_id = 'ptr_one' AND number = {EVENTS - 1})"  # noqa: S608


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    ring = KeyRing(tmp_path / "keys")
    ring.create(NOW)
    return Vault(ring)


@pytest.fixture
async def attacked(database: Database, vault: Vault) -> AsyncGenerator[AsyncConnection]:
    """With the rights of the owner of the tables, on two chains of some length; undone in the end."""
    async with database.writing() as connection:
        session = Session(connection, vault, NOW)
        for partner in (CHAIN, OTHER):
            for i in range(EVENTS if partner == CHAIN else 3):
                await audit.add(session, partner, "token_minted", f"key_{i}")
        for statement in WITHOUT_TRIGGERS[connection.dialect.name]:
            await connection.execute(text(statement))
        yield connection


async def found_after(connection: AsyncConnection, vault: Vault, n: int, *statements: str) -> list[str]:
    attack = await connection.begin_nested()
    for statement in statements:
        given = {"n": n} if ":n" in statement else {}
        changed = await connection.execute(text(statement), given)
        assert changed.rowcount == 1, statement
    found = await audit.find_tampering(connection, vault)
    await attack.rollback()
    return found


async def test_what_was_not_touched_is_whole(attacked: AsyncConnection, vault: Vault) -> None:
    assert await audit.find_tampering(attacked, vault) == []


@ON_SQLITE
async def test_any_event_that_was_changed_is_found(attacked: AsyncConnection, vault: Vault) -> None:
    for n in range(1, EVENTS + 1):
        flip = f"UPDATE audit_events SET {FLIPS[n % 4]} WHERE partner_id = 'ptr_one' AND number = :n"  # noqa: S608
        assert await found_after(attacked, vault, n, flip) == [CHAIN], n


@ON_SQLITE
async def test_any_event_that_is_missing_is_found_the_last_one_too(attacked: AsyncConnection, vault: Vault) -> None:
    delete = "DELETE FROM audit_events WHERE partner_id = 'ptr_one' AND number = :n"
    for n in range(1, EVENTS + 1):
        assert await found_after(attacked, vault, n, delete) == [CHAIN], n
    for end in (f"number = number - 1, hash = {HASH_BEFORE_THE_LAST}", "number = number - 1"):
        moved = f"UPDATE audit_heads SET {end} WHERE partner_id = 'ptr_one'"  # noqa: S608
        assert await found_after(attacked, vault, EVENTS, moved, delete) == [CHAIN]


async def test_events_that_changed_places_are_found(attacked: AsyncConnection, vault: Vault) -> None:
    move = "UPDATE audit_events SET number = {} WHERE partner_id = 'ptr_one' AND number = {}"
    for n in range(1, EVENTS, 7):
        swapped = (move.format(100_000, n), move.format(n, n + 1), move.format(n + 1, 100_000))
        assert await found_after(attacked, vault, n, *swapped) == [CHAIN], n


async def test_an_event_that_was_put_in_is_found(attacked: AsyncConnection, vault: Vault) -> None:
    columns = "(partner_id, number, event, subject, happened_on, hash)"
    copied = f"INSERT INTO audit_events {columns} SELECT partner_id, {{}}, event, subject, happened_on, hash"
    copied += " FROM audit_events WHERE partner_id = 'ptr_one' AND number = :n"
    for n in range(1, EVENTS + 1, 7):
        assert await found_after(attacked, vault, n, copied.format(EVENTS + 1)) == [CHAIN], n
    head = "UPDATE audit_heads SET number = number + 1 WHERE partner_id = 'ptr_one'"
    assert await found_after(attacked, vault, EVENTS, copied.format(EVENTS + 1), head) == [CHAIN]


async def test_an_event_of_another_chain_is_found(attacked: AsyncConnection, vault: Vault) -> None:
    taken = "UPDATE audit_events SET partner_id = 'ptr_other', number = 4 WHERE partner_id = 'ptr_one' AND number = :n"
    for n in (1, 4, EVENTS):
        assert await found_after(attacked, vault, n, taken) == [CHAIN, OTHER]


async def test_a_chain_that_is_gone_as_a_whole_is_found(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Receipts are looked for one by one, so that there are several passes."""
    monkeypatch.setattr(audit, "_SOUGHT_AT_ONCE", 1)
    async with database.writing() as connection:
        await audit.add(Session(connection, vault, NOW), CHAIN, "erased")
        await connection.execute(
            text("INSERT INTO integrators VALUES ('int_1', 'Lighthouse', '2026-11-23 09:00:00+00')")
        )
        await connection.execute(
            text(
                "INSERT INTO partners (key, id, integrator_id, mode, created_on) "
                "VALUES ('0190a0000000700080000000000000aa', 'ptr_no_chain', 'int_1', 'test', '2026-11-23')"
            )
        )
        for receipt, hash_ in (("era_chain", sha256_of(CHAIN)), ("era_no_chain", bytes(32)), ("era_none", bytes(32))):
            receipt_row = "INSERT INTO erasures VALUES (:receipt, :hash, '2026-11-23', 1)"
            await connection.execute(text(receipt_row), {"receipt": receipt, "hash": hash_})
        assert await audit.find_tampering(connection, vault) == ["era_no_chain", "era_none", "ptr_no_chain"]
