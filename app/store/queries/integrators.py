from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.rows import fetch_one, select_row
from app.store.crypto.ids import new_id
from app.store.schema.integrators import api_keys, integrators


class ApiKeyRow(NamedTuple):
    """An API key without its hash."""

    id: str
    integrator_id: str
    mode: str
    scopes: frozenset[str]
    last_four: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


_KEY_WITH_HASH = select_row(ApiKeyRow, api_keys).where(api_keys.c.hash == bindparam("hash"))


async def add_integrator(connection: AsyncConnection, name: str, now: datetime) -> str:
    integrator = new_id("int")
    await connection.execute(insert(integrators).values(id=integrator, name=name, created_at=now))
    return integrator


async def id_of_name(connection: AsyncConnection, name: str) -> str | None:
    """Return the id of the oldest integrator with this name."""
    query = select(integrators.c.id).where(integrators.c.name == name).order_by(integrators.c.created_at).limit(1)
    return (await connection.execute(query)).scalar_one_or_none()


async def add_key(connection: AsyncConnection, **values: object) -> str:
    key = new_id("key")
    await connection.execute(insert(api_keys).values(id=key, **values))
    return key


async def key_with_hash(connection: AsyncConnection, key_hash: bytes) -> ApiKeyRow | None:
    return await fetch_one(connection, ApiKeyRow, _KEY_WITH_HASH, {"hash": key_hash})
