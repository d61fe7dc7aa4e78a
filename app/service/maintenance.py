"""Maintenance that a server does by itself: rotate key-encryption keys daily, and remove rows whose retention ended.

Of several processes one does it. Every task goes through its rows in ranges, can be interrupted and is resumed by the
next round; one that fails keeps no other from its turn.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog

from app.errors import DatabaseUnavailable, RekindleError
from app.service.data_keys import bind_keys, renew_key
from app.service.partners import seal_external_ids
from app.service.recovery import erase_again, record_beside_keys
from app.service.session import Clock, Session
from app.store.connection.database import Database
from app.store.crypto.vault import Vault
from app.store.queries import data_keys as stored_data_keys
from app.store.queries import maintenance as stored_maintenance
from app.store.queries import weeks as stored_weeks
from app.store.schema import data_inventory
from app.store.schema.data_inventory import RetentionRule

TASK = "upkeep"
FIRST_AFTER = timedelta(minutes=1)
EVERY = timedelta(minutes=15)
LEASE = timedelta(minutes=10)
"""After this time another process takes over from one that may have died; one that lives renews it."""
BATCH = 500

log = structlog.get_logger()


class MaintenanceReport(NamedTuple):
    """Counts of one round. `lost` data keys cannot be unwrapped: their rows were tampered with."""

    wrapped: int = 0
    lost: int = 0
    removed: int = 0
    erased_again: int = 0


async def run_rounds(
    database: Database, vault: Callable[[], Vault], key_file: Path, clock: Clock, *, at_once: bool = False
) -> None:
    """Run rounds until cancelled, and none before there is a file of keys or a database in use: nothing is stored."""
    pause = timedelta() if at_once else FIRST_AFTER
    while True:
        await asyncio.sleep(pause.total_seconds())
        pause = EVERY
        if not database.is_open and not await asyncio.to_thread(key_file.exists):
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


async def run_once(database: Database, vault: Vault, clock: Clock, *, whole: bool = False) -> MaintenanceReport | None:
    """Run one round; return None where another process has the lease. With `whole`, include the daily tasks.

    Raises the first error of a task, after all others had their turn.
    """
    async with database.writing() as connection:
        if not await stored_maintenance.take_lease(connection, TASK, clock(), LEASE):
            return None
        done_on = await stored_maintenance.lock_and_last_done(connection, TASK)
    today = clock().date()
    reports: list[MaintenanceReport] = []
    failures: list[Exception] = []
    async with _renewed_lease(database, clock):
        for task in _tasks(database, vault, clock, done_on, is_daily=whole or done_on != today):
            try:
                reports.append(await task() or MaintenanceReport())
            except Exception as error:  # noqa: BLE001  it is raised below
                failures.append(error)
    async with database.writing() as connection:
        await stored_maintenance.release_lease(connection, TASK, None if failures else clock())
    if failures:
        raise failures[0]
    return MaintenanceReport(*map(sum, zip(*reports, strict=True)))


def _tasks(
    database: Database, vault: Vault, clock: Clock, done_on: date | None, *, is_daily: bool
) -> Iterator[Callable[[], Awaitable[MaintenanceReport | None]]]:
    """Yield the tasks of a round, those that are promised by a day first."""
    yield partial(bind_keys, database, vault)
    if is_daily:
        for table, rule in data_inventory.retention_rules():
            yield partial(remove_lapsed, database, clock, table, rule)
        yield partial(renew_keys_of_the_left, database, vault, clock)
    yield partial(_keep_the_erased_away, database, vault, clock, done_on)
    if vault.ring.exists():
        yield partial(seal_external_ids, database, vault)
        yield partial(turn_epoch, database, vault, clock)


@asynccontextmanager
async def _renewed_lease(database: Database, clock: Clock) -> AsyncGenerator[None]:
    """Keep the lease for as long as the block runs."""
    renewal = asyncio.create_task(_renew_lease(database, clock))
    try:
        yield
    finally:
        renewal.cancel()
        with suppress(asyncio.CancelledError):
            await renewal


async def _renew_lease(database: Database, clock: Clock) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 4)
        with suppress(DatabaseUnavailable):
            async with database.writing() as connection:
                await stored_maintenance.renew_lease(connection, TASK, clock() + LEASE)


async def _keep_the_erased_away(
    database: Database, vault: Vault, clock: Clock, done_on: date | None
) -> MaintenanceReport:
    erased = await erase_again(database, vault, clock)
    await record_beside_keys(database, vault.ring.erased, done_on)
    return MaintenanceReport(erased_again=erased)


async def turn_epoch(database: Database, vault: Vault, clock: Clock) -> MaintenanceReport:
    """Begin a new key-encryption key where the current one is a day old, rewrap all data keys, destroy unused ones."""
    now = clock()
    async with database.writing() as connection:
        await stored_maintenance.lock_and_last_done(connection, TASK)
        if vault.ring.keys().is_turn_due(now):
            vault.ring.begin_epoch(now)
    # Outside the lock: rewrapping takes long, and requests make data keys meanwhile.
    report = await _rewrap_all(database, vault)
    async with database.writing() as connection:
        await stored_maintenance.lock_and_last_done(connection, TASK)
        keys = vault.ring.keys()
        first = keys.first_needed_epoch(await stored_data_keys.epochs_in_use(connection, keys.epochs.keys()), now)
        if first > min(keys.epochs):
            vault.ring.destroy_before(first)
    return report


async def _rewrap_all(database: Database, vault: Vault) -> MaintenanceReport:
    """Rewrap in batches, each in its own transaction; keys locked by requests are left to the next round."""
    wrapped = lost = 0
    keys = vault.ring.keys()
    for epoch in sorted(keys.epochs.keys() - {keys.current}):
        after: str | None = ""
        while after is not None:
            async with database.writing() as connection:
                rows = await stored_data_keys.wrapped_by(connection, epoch, after, BATCH)
                rewrapped = {
                    row.owner: vault.rewrap(row.owner, row.key) for row in rows if vault.opens(row.owner, row.key)
                }
                await stored_data_keys.replace(connection, rewrapped)
            wrapped, lost = wrapped + len(rewrapped), lost + len(rows) - len(rewrapped)
            after = rows[-1].owner if rows else None
            # Let requests run between two batches.
            await asyncio.sleep(0.01)
    return MaintenanceReport(wrapped, lost)


async def remove_lapsed(database: Database, clock: Clock, table: str, rule: RetentionRule) -> MaintenanceReport:
    """Remove the rows of a table whose retention by this rule of the data inventory has ended."""
    removed, count = 0, BATCH
    while count == BATCH:
        async with database.writing() as connection:
            await stored_maintenance.act_as_maintenance(connection)
            count = await stored_maintenance.remove_lapsed(connection, table, rule, clock(), BATCH)
        removed += count
        await asyncio.sleep(0)
    return MaintenanceReport(removed=removed)


async def renew_keys_of_the_left(database: Database, vault: Vault, clock: Clock) -> None:
    """Replace the data keys of couples of whom one was erased, once the week is over that they sealed."""
    count, now = BATCH, clock()
    while count == BATCH:
        async with database.writing() as connection:
            await stored_maintenance.act_as_maintenance(connection)
            due = await stored_weeks.due_for_a_key(connection, now, BATCH)
            for couple in due:
                await renew_key(Session(connection, vault, now), couple.key, couple.id)
            count = len(due)
