"""What a whole day's maintenance costs among a hundred times as many partners, in CPU time and in memory.

    python -m benchmarks.maintenance [--partners 10000 1000000]

SQLite, so that the work of the database counts as well. Of each partner there is a data key, of every second one that
of a couple, and a login and a decision of which half have expired. A tenth as many were erased, and ten of those are
there again, as after a restore: so every task has work, and all partners are gone through. Each size has a process of
its own, whose peak is compared with what it held before the round.
"""

import asyncio
import os
import resource
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection, connect
from tempfile import TemporaryDirectory
from time import process_time

import psutil

from app.service.maintenance import run_once
from app.store.connection.database import Database
from app.store.connection.upgrade import migrate
from app.store.crypto.ids import sha256_of
from app.store.crypto.keyring import EPOCH_LASTS, KeyRing
from app.store.crypto.vault import Vault
from benchmarks.rounds import print_place_and_time, print_target

FEW, MANY = 10_000, 1_000_000
MOST_TIMES, MOST_MEGABYTES = 120, 50
RETURNED = 10
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
_LAY_DOWN = """
CREATE TEMPORARY TABLE everyone AS
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :partners)
    SELECT n, printf('%032x', n) AS key, CAST(printf('%032x', n) AS BLOB) AS hash FROM numbers;
INSERT INTO integrators (id, name, created_at) VALUES ('int_one', 'One', '2026-01-01');
INSERT INTO partners (key, id, integrator_id, mode, created_on)
    SELECT key, 'ptr_' || n, 'int_one', 'test', '2026-01-01' FROM everyone;
INSERT INTO tokens (key, id, partner_key, hash, api_key_id, created_at, expires_at)
    SELECT key, 'tok_' || n, key, hash, 'key_one', '2026-01-01', iif(n % 2, '2026-12-31', '2026-01-02') FROM everyone;
INSERT INTO decisions (key, id, partner_key, made_at, ruleset, digest, inputs, sealed)
    SELECT key, 'dec_' || n, key, iif(n % 2, '2026-11-29', '2026-01-02'), '2026.12', '', hash, zeroblob(3000)
    FROM everyone;
"""


def main() -> None:
    """Measure each size and print the ratios."""
    parser = ArgumentParser(description="What a whole day's maintenance costs.")
    parser.add_argument("--partners", type=int, nargs="+", default=[FEW, MANY])
    parser.add_argument("--alone", type=Path, help="Measure one size in this folder and print two figures.")
    asked = parser.parse_args()
    if asked.alone:
        print(*measure(asked.alone, asked.partners[0]))
        return
    print_place_and_time()
    figures = dict(map(in_a_process_of_its_own, asked.partners))
    least, most = min(figures), max(figures)
    print_target(f"CPU at {most:,} partners, times {least:,}", figures[most][0] / figures[least][0], MOST_TIMES)
    print_target("memory above what was held before, in MB", figures[most][1], MOST_MEGABYTES)


def in_a_process_of_its_own(partners: int) -> tuple[int, tuple[float, float]]:
    """Return CPU seconds and megabytes."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.maintenance", "--alone", folder, "--partners", str(partners)]
        *said, last = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    seconds, megabytes = map(float, last.split())
    print(*said, f"  {partners:10,} partners: {seconds:9.2f} s CPU, {megabytes:6.1f} MB more at the peak", sep="\n")
    return partners, (seconds, megabytes)


def measure(folder: Path, partners: int) -> tuple[float, float]:
    """Return the CPU seconds of a round, and by how many megabytes the peak is above what was held before it."""
    ring = KeyRing(folder / "rekindle.keys")
    ring.create(NOW - EPOCH_LASTS - timedelta(hours=1))
    url = f"sqlite+aiosqlite:///{folder / 'rekindle.db'}"
    # In a child: what is laid down must not count as held before.
    child = os.fork()
    if child == 0:
        lay_down(url, folder / "rekindle.db", Vault(ring), partners)
        os._exit(0)
    os.waitpid(child, 0)
    return asyncio.run(one_round(url, ring))


async def one_round(url: str, ring: KeyRing) -> tuple[float, float]:
    """Run the round on a database that is open already."""
    database, vault = Database(url), Vault(ring)
    async with database.reading():
        pass
    held, began = psutil.Process().memory_info().rss, process_time()
    report = await run_once(database, vault, lambda: NOW, whole=True)
    spent = process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    await database.close()
    print(f"  {report}")
    return spent, (peak - held) / 1e6


def lay_down(url: str, file: Path, vault: Vault, partners: int) -> None:
    """Fill a new database."""
    migrate(url)
    with connect(file) as connection:
        connection.executescript(_LAY_DOWN.replace(":partners", str(partners)))
        connection.executemany("INSERT INTO data_keys VALUES (?, ?, ?)", data_keys(vault, partners))
        lay_down_erasures(connection, vault, partners)


def data_keys(vault: Vault, partners: int) -> Iterator[tuple[str, int, bytes]]:
    """Yield the data keys of all partners, and of a couple for every two."""
    for number in range(1, partners + 1):
        for owner in (f"ptr_{number}", *([f"cpl_{number}"] if number % 2 else [])):
            wrapped = vault.make(owner)[1]
            yield owner, wrapped.epoch, wrapped.wrapped


def lay_down_erasures(connection: Connection, vault: Vault, partners: int) -> None:
    """Erase a tenth as many others, and ten who are there."""
    gone = [sha256_of(f"ptr_gone{number}") for number in range(partners // 10)]
    receipts = [(f"era_{number}", hash_, "2026-11-01", 1) for number, hash_ in enumerate(gone)]
    connection.executemany("INSERT INTO erasures VALUES (?, ?, ?, ?)", receipts)
    returned = [sha256_of(f"ptr_{number * (partners // RETURNED)}") for number in range(1, RETURNED + 1)]
    vault.ring.erased.append(*gone, *returned)


if __name__ == "__main__":
    main()
