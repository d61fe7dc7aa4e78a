"""Maintenance that a server does by itself: rotate key-encryption keys daily, and remove rows whose retention ended.

Of several processes one does it. Every step can be interrupted; the next round resumes it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog

from app.errors import RekindleError
from app.service.data_keys import renew_key
from app.service.erasure import erase_again, record_beside_keys
from app.service.session import Session
from app.store.connection.database import Database
from app.store.crypto.vault import Tampered, Vault, Wrapped
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import maintenance as stored_maintenance
from app.store.queries import weeks as stored_weeks
from app.store.queries.data_keys import DataKeyRow
from app.store.schema import data_inventory

TASK = "upkeep"
FIRST_AFTER = timedelta(minutes=1)
EVERY = timedelta(minutes=15)
LEASE = timedelta(minutes=10)
"""After this time another process takes over from one that may have died."""
BATCH = 500

log = structlog.get_logger()


class MaintenanceReport(NamedTuple):
    """Counts of one round. `lost` data keys cannot be unwrapped: their rows were tampered with."""

    wrapped: int = 0
    lost: int = 0
    removed: int = 0
    erased_again: int = 0


async def run_rounds(
    database: Database, vault: Callable[[], Vault], key_file: Path, clock: Callable[[], datetime]
) -> None:
    """Run rounds until cancelled, and none while there is no file of keys: nothing is stored then."""
    pause = FIRST_AFTER
    while True:
        await asyncio.sleep(pause.total_seconds())
        pause = EVERY
        if not await asyncio.to_thread(key_file.exists):
            continue
        try:
            report = await run_once(database, await asyncio.to_thread(vault), clock)
        except RekindleError as error:
            log.warning("maintenance_put_off", problem=error.code)
        except Exception as error:  # noqa: BLE001  the next round tries again; its text may hold data
            log.error("maintenance_failed", problem=type(error).__name__)  # noqa: TRY400
        else:
            if report and any(report):
                log.info("maintenance_done", **report._asdict())


async def run_once(
    database: Database, vault: Vault, clock: Callable[[], datetime], *, whole: bool = False
) -> MaintenanceReport | None:
    """Run one round; return None where another process has the lease. With `whole`, include the daily tasks."""
    async with database.writing() as connection:
        if not await stored_maintenance.take_lease(connection, TASK, clock(), clock() + LEASE):
            return None
        done_on = await stored_maintenance.lock_and_last_done(connection, TASK)
    report = await turn_epoch(database, vault, clock()) if vault.ring.exists() else MaintenanceReport()
    async with database.reading() as connection:
        await record_beside_keys(connection, vault)
    today = clock().date()
    if whole or done_on != today:
        async with database.writing() as connection:
            erased = await erase_again(Session(connection, vault, clock()))
        report = report._replace(removed=await remove_lapsed(database, clock()), erased_again=erased)
        await renew_keys_of_the_left(database, vault, clock())
    async with database.writing() as connection:
        await stored_maintenance.release_lease(connection, TASK, today)
    return report


async def turn_epoch(database: Database, vault: Vault, now: datetime) -> MaintenanceReport:
    """Begin a new key-encryption key where the current one is a day old, rewrap all data keys, destroy unused ones."""
    async with database.writing() as connection:
        await stored_maintenance.lock_and_last_done(connection, TASK)
        if vault.ring.keys().is_turn_due(now):
            vault.ring.begin_epoch(now)
    # Outside the lock: rewrapping takes long, and requests make data keys meanwhile.
    report = await _rewrap_all(database, vault)
    async with database.writing() as connection:
        await stored_maintenance.lock_and_last_done(connection, TASK)
        keys = vault.ring.keys()
        first = keys.first_needed_epoch(await stored_data_keys.epochs_in_use(connection), now)
        if first > min(keys.epochs):
            vault.ring.destroy_before(first)
    return report


async def _rewrap_all(database: Database, vault: Vault) -> MaintenanceReport:
    """Rewrap in batches, each in its own transaction; keys locked by requests are left to the next round."""
    wrapped, lost, after = 0, 0, ""
    while True:
        async with database.writing() as connection:
            keys = vault.ring.keys()
            old = keys.epochs.keys() - {keys.current}
            rows = await stored_data_keys.wrapped_by(connection, old, after, BATCH)
            rewrapped = {row.owner: key for row in rows if (key := _rewrapped(vault, row))}
            await stored_data_keys.replace(connection, rewrapped)
        if not rows:
            return MaintenanceReport(wrapped, lost)
        wrapped, lost, after = wrapped + len(rewrapped), lost + len(rows) - len(rewrapped), rows[-1].owner
        # Let requests run between two batches.
        await asyncio.sleep(0.01)


async def remove_lapsed(database: Database, now: datetime) -> int:
    """Remove the rows whose retention in the data inventory has ended; return how many there were."""
    removed = 0
    for table, rule in data_inventory.retention_rules():
        count = BATCH
        while count == BATCH:
            async with database.writing() as connection:
                await stored_maintenance.act_as_maintenance(connection)
                count = await stored_maintenance.remove_lapsed(connection, table, rule, now, BATCH)
            removed += count
            await asyncio.sleep(0)
    return removed


async def renew_keys_of_the_left(database: Database, vault: Vault, now: datetime) -> None:
    """Replace the data keys of couples of whom one was erased, once the week is over that they sealed."""
    count = BATCH
    while count == BATCH:
        async with database.writing() as connection:
            due = await stored_weeks.due_for_a_key(connection, now, BATCH)
            for couple in due:
                await renew_key(Session(connection, vault, now), couple.key, couple.id)
            count = len(due)


def _rewrapped(vault: Vault, row: DataKeyRow) -> Wrapped | None:
    try:
        return vault.rewrap(row.owner, Wrapped(row.epoch, row.wrapped))
    except Tampered:
        return None
