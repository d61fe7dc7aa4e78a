from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.crypto.ids import new_id
from app.store.schema.integrators import api_keys, integrators

_KEY_OF_HASH = select(
    api_keys.c.id,
    api_keys.c.integrator_id,
    api_keys.c.mode,
    api_keys.c.scopes,
    api_keys.c.expires_at,
    api_keys.c.revoked_at,
)


async def add_integrator(connection: AsyncConnection, name: str, now: datetime) -> str:
    integrator = new_id("int")
    await connection.execute(insert(integrators).values(id=integrator, name=name, created_at=now))
    return integrator


async def id_of_name(connection: AsyncConnection, name: str) -> str | None:
    """Names may be given twice; of those it is the one that was there first."""
    named = select(integrators.c.id).where(integrators.c.name == name).order_by(integrators.c.created_at).limit(1)
    return (await connection.execute(named)).scalar_one_or_none()


async def add_key(connection: AsyncConnection, **values: object) -> str:
    key = new_id("key")
    await connection.execute(insert(api_keys).values(id=key, **values))
    return key


async def key_with_hash(connection: AsyncConnection, key_hash: bytes) -> Row[*tuple[Any, ...]] | None:
    return (await connection.execute(_KEY_OF_HASH.where(api_keys.c.hash == key_hash))).one_or_none()
