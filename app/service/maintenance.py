"""What a server does by itself: new keys every day, and away with what has had its time.

One process of many does it. Every step can be broken off and goes on from there in the next round.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog

from app.errors import RekindleError
from app.service.erasure import erase_again, write_down
from app.store.connection.database import Database
from app.store.crypto.vault import Tampered, Vault, Wrapped
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import maintenance as stored_maintenance
from app.store.schema import data_inventory

TASK = "upkeep"
FIRST_AFTER = timedelta(minutes=1)
EVERY = timedelta(minutes=15)
LEASE = timedelta(minutes=10)
"""How long nobody else takes over from a process that may have died."""
BATCH = 500

log = structlog.get_logger()


class MaintenanceReport(NamedTuple):
    """What was done. `lost` data keys do not open any more: their rows were changed."""

    wrapped: int = 0
    lost: int = 0
    removed: int = 0
    erased_again: int = 0


async def run_daily(database: Database, vault: Callable[[], Vault], keys: Path, clock: Callable[[], datetime]) -> None:
    """Round after round, until it is cancelled. While there is no file of keys, there is nothing to look after."""
    pause = FIRST_AFTER
    while True:
        await asyncio.sleep(pause.total_seconds())
        pause = EVERY
        if not await asyncio.to_thread(keys.exists):
            continue
        try:
            done = await run_once(database, await asyncio.to_thread(vault), clock)
        except RekindleError as error:
            log.warning("upkeep_put_off", problem=error.code)
        except Exception as error:  # noqa: BLE001  the next round tries again; what it held stays out of the log
            log.error("upkeep_failed", problem=type(error).__name__)  # noqa: TRY400
        else:
            if done and any(done):
                log.info("upkeep_done", **done._asdict())


async def run_once(
    database: Database, vault: Vault, clock: Callable[[], datetime], *, whole: bool = False
) -> MaintenanceReport | None:
    """One round; None where another process is at it. What is due once a day is done now where `whole`."""
    async with database.writing() as connection:
        if not await stored_maintenance.take(connection, TASK, clock(), clock() + LEASE):
            return None
        done_on = await stored_maintenance.hold(connection, TASK)
    done = await turn_epoch(database, vault, clock()) if vault.ring.exists() else MaintenanceReport()
    async with database.reading() as connection:
        await write_down(connection, vault)
    today = clock().date()
    if whole or done_on != today:
        async with database.writing() as connection:
            again = await erase_again(connection, vault, clock())
        done = done._replace(removed=await remove_lapsed(database, clock()), erased_again=again)
    async with database.writing() as connection:
        await stored_maintenance.release(connection, TASK, today)
    return done


async def turn_epoch(database: Database, vault: Vault, now: datetime) -> MaintenanceReport:
    """A new key-encryption key when the old one is a day old, and everything wrapped by it from then on."""
    async with database.writing() as connection:
        await stored_maintenance.hold(connection, TASK)
        if vault.ring.keys().is_turn_due(now):
            vault.ring.begin_epoch(now)
    done = await _wrap_anew(database, vault)
    async with database.writing() as connection:
        await stored_maintenance.hold(connection, TASK)
        keys = vault.ring.keys()
        first = keys.unneeded_before(await stored_data_keys.epochs_in_use(connection), now)
        if first > min(keys.epochs):
            vault.ring.destroy_before(first)
    return done


async def _wrap_anew(database: Database, vault: Vault) -> MaintenanceReport:
    """In batches, each of them kept; whatever another request holds just now is left for the next round."""
    wrapped, lost, after = 0, 0, ""
    while True:
        async with database.writing() as connection:
            keys = vault.ring.keys()
            old = keys.epochs.keys() - {keys.current}
            found = await stored_data_keys.wrapped_by(connection, old, after, BATCH)
            anew = {owner: rewrapped for owner, key in found if (rewrapped := _rewrapped(vault, owner, key))}
            await stored_data_keys.replace(connection, anew)
        if not found:
            return MaintenanceReport(wrapped, lost)
        wrapped, lost, after = wrapped + len(anew), lost + len(found) - len(anew), found[-1][0]
        # Requests come first.
        await asyncio.sleep(0.01)


async def remove_lapsed(database: Database, now: datetime) -> int:
    """Remove the rows whose retention in the data inventory has ended."""
    removed = 0
    for table, lapse in data_inventory.retention_rules():
        count = BATCH
        while count == BATCH:
            async with database.writing() as connection:
                await stored_maintenance.act_as_upkeep(connection)
                count = await stored_maintenance.remove_lapsed(connection, table, lapse, now, BATCH)
            removed += count
            await asyncio.sleep(0)
    return removed


def _rewrapped(vault: Vault, owner: str, key: Wrapped) -> Wrapped | None:
    try:
        return vault.rewrap(owner, key)
    except Tampered:
        return None
