"""What a whole day's maintenance costs among a hundred times as many partners, in CPU time and in memory.

    python -m benchmarks.maintenance [--partners 10000 1000000] [--postgresql]

The work of the database counts as well, PostgreSQL's processes too. Of each partner there is a data key, of every
second one that of a couple, and a login and a decision of which half have expired. A tenth as many were erased, and ten
of those are there again, as after a restore: so every task has work, and all partners are gone through. Each size has a
process of its own, whose peak is compared with what it held before the round.
"""

import asyncio
import os
import resource
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from sqlite3 import connect, register_adapter
from tempfile import TemporaryDirectory

import asyncpg
import psutil
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from app.service.maintenance import run_once
from app.store.connection.database import Database
from app.store.connection.upgrade import migrate
from app.store.crypto.ids import sha256_of
from app.store.crypto.keyring import EPOCH_LASTS, KeyRing
from app.store.crypto.vault import Vault
from app.store.schema.data_keys import data_keys
from app.store.schema.erasures import erasures
from benchmarks.couples import fresh_database, postgresql
from benchmarks.rounds import print_place_and_time, print_target

FEW, MANY = 10_000, 1_000_000
MOST_TIMES, MOST_MEGABYTES = 120, 50
RETURNED = 10
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
AN_HOUR = 3600
Row = tuple[str | int | bytes | date, ...]
_EVERYONE = {
    "sqlite": """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :partners)
    SELECT n, n % 2 AS odd, printf('%032x', n) AS key, CAST(printf('%032x', n) AS BLOB) AS hash,
        zeroblob(3000) AS sealed FROM numbers
""",
    "postgresql": """
SELECT n, n % 2 AS odd, lpad(to_hex(n), 32, '0')::uuid AS key, convert_to(lpad(to_hex(n), 32, '0'), 'UTF8') AS hash,
    decode(repeat('00', 3000), 'hex') AS sealed FROM generate_series(1, :partners) n
""",
}
_LAY_DOWN = """
CREATE TEMPORARY TABLE everyone AS :everyone;
INSERT INTO integrators (id, name, created_at) VALUES ('int_one', 'One', '2026-01-01');
INSERT INTO partners (key, id, integrator_id, mode, created_on)
    SELECT key, 'ptr_' || n, 'int_one', 'test', '2026-01-01' FROM everyone;
INSERT INTO tokens (key, id, partner_key, hash, api_key_id, created_at, expires_at)
    SELECT key, 'tok_' || n, key, hash, 'key_one', '2026-01-01', '2026-01-02' FROM everyone WHERE odd = 0;
INSERT INTO tokens (key, id, partner_key, hash, api_key_id, created_at, expires_at)
    SELECT key, 'tok_' || n, key, hash, 'key_one', '2026-01-01', '2026-12-31' FROM everyone WHERE odd = 1;
INSERT INTO decisions (key, id, partner_key, made_at, ruleset, digest, inputs, sealed)
    SELECT key, 'dec_' || n, key, '2026-01-02', '2026.12', '', hash, sealed FROM everyone WHERE odd = 0;
INSERT INTO decisions (key, id, partner_key, made_at, ruleset, digest, inputs, sealed)
    SELECT key, 'dec_' || n, key, '2026-11-29', '2026.12', '', hash, sealed FROM everyone WHERE odd = 1;
"""


def main() -> None:
    """Measure each size and print the ratios."""
    parser = ArgumentParser(description="What a whole day's maintenance costs.")
    parser.add_argument("--partners", type=int, nargs="+", default=[FEW, MANY])
    parser.add_argument("--postgresql", action="store_true", help="Measure on PostgreSQL, not on SQLite.")
    parser.add_argument("--alone", type=Path, help="Measure one size in this folder and print two figures.")
    asked = parser.parse_args()
    if asked.alone:
        print(*measure(asked.alone, asked.partners[0], on_postgresql=asked.postgresql))
        return
    print_place_and_time()
    how = ["--postgresql"] if asked.postgresql else []
    figures = {partners: in_a_process_of_its_own(partners, how) for partners in asked.partners}
    least, most = min(figures), max(figures)
    print_target(f"CPU at {most:,} partners, times {least:,}", figures[most][0] / figures[least][0], MOST_TIMES)
    print_target("memory above what was held before, in MB", figures[most][1], MOST_MEGABYTES)


def in_a_process_of_its_own(partners: int, how: list[str]) -> tuple[float, float]:
    """Return CPU seconds and megabytes."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.maintenance", "--alone", folder, "--partners", str(partners), *how]
        *said, last = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    seconds, megabytes = map(float, last.split())
    print(*said, f"  {partners:10,} partners: {seconds:9.2f} s CPU, {megabytes:6.1f} MB more at the peak", sep="\n")
    return seconds, megabytes


def measure(folder: Path, partners: int, *, on_postgresql: bool) -> tuple[float, float]:
    """Return the CPU seconds of a round, and by how many megabytes the peak is above what was held before it."""
    ring = KeyRing(folder / "rekindle.keys")
    ring.create(NOW - EPOCH_LASTS - timedelta(hours=1))
    with ExitStack() as stack:
        if on_postgresql:
            address = fresh_database(stack.enter_context(postgresql()))
            url = address.replace("postgresql:", "postgresql+asyncpg:")
        else:
            url = f"sqlite+aiosqlite:///{folder / 'rekindle.db'}"
            migrate(url)
        # In a child: what is laid down must not count as held before.
        child = os.fork()
        if child == 0:
            lay_down(url, Vault(ring), partners)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            raise SystemExit(1)
        return asyncio.run(one_round(url, ring))


async def one_round(url: str, ring: KeyRing) -> tuple[float, float]:
    """Run the round on a database that is open already."""
    database, vault = Database(url), Vault(ring)
    async with database.reading():
        pass
    server = await server_of(url)
    held, began = psutil.Process().memory_info().rss, cpu_seconds(server)
    report = await run_once(database, vault, lambda: NOW, whole=True)
    spent = cpu_seconds(server) - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    await database.close()
    print(f"  {report}")
    return spent, (peak - held) / 1e6


def cpu_seconds(server: psutil.Process | None) -> float:
    """Return what this process has spent, and PostgreSQL with all of its own."""
    spent = sum(psutil.Process().cpu_times()[:2])
    if server is not None:
        # What has ended counts with the one that began it.
        spent += sum(server.cpu_times()[:4]) + sum(sum(one.cpu_times()[:2]) for one in server.children())
    return float(spent)


async def server_of(url: str) -> psutil.Process | None:
    """Return the first process of a PostgreSQL, None for SQLite."""
    if not url.startswith("postgresql"):
        return None
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    file: str = await connection.fetchval("SELECT pg_read_file('postmaster.pid')")
    await connection.close()
    return psutil.Process(int(file.split(maxsplit=1)[0]))


def lay_down(url: str, vault: Vault, partners: int) -> None:
    """Fill a database that has its tables."""
    kind = url.partition("+")[0]
    statements = _LAY_DOWN.replace(":everyone", _EVERYONE[kind]).replace(":partners", str(partners))
    tables = {data_keys: wrapped_keys(vault, partners), erasures: receipts(vault, partners)}
    if kind == "sqlite":
        register_adapter(date, date.isoformat)
        with connect(url.partition("///")[2]) as connection:
            connection.executescript(statements)
            for table, rows in tables.items():
                connection.executemany(str(table.insert().compile(dialect=sqlite.dialect())), rows)
    else:
        asyncio.run(copy(url.replace("+asyncpg", ""), statements, tables))


async def copy(address: str, statements: str, tables: Mapping[Table, Iterator[Row]]) -> None:
    """Fill PostgreSQL."""
    connection = await asyncpg.connect(address)
    await connection.execute(statements, timeout=AN_HOUR)
    for table, rows in tables.items():
        await connection.copy_records_to_table(table.name, records=rows, timeout=AN_HOUR)
    await connection.execute("VACUUM ANALYZE", timeout=AN_HOUR)
    await connection.close()


def wrapped_keys(vault: Vault, partners: int) -> Iterator[Row]:
    """Yield the data keys of all partners, and of a couple for every two."""
    for number in range(1, partners + 1):
        for owner in (f"ptr_{number}", *([f"cpl_{number}"] if number % 2 else [])):
            wrapped = vault.make(owner)[1]
            yield owner, wrapped.epoch, wrapped.wrapped


def receipts(vault: Vault, partners: int) -> Iterator[Row]:
    """Yield the receipts of a tenth as many others, who are erased, as are ten who are there."""
    gone = [sha256_of(f"ptr_gone{number}") for number in range(partners // 10)]
    returned = [sha256_of(f"ptr_{number * (partners // RETURNED)}") for number in range(1, RETURNED + 1)]
    vault.ring.erased.append(*gone, *returned)
    for number, hash_ in enumerate(gone):
        yield f"era_{number}", hash_, date(2026, 11, 1), 1


if __name__ == "__main__":
    main()
