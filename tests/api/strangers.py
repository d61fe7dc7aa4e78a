"""Those who may know nothing of what an integrator keeps: others of its kind, its own other mode, a lesser key."""

import asyncio

from httpx2 import Response

from app.service.integrators import Mode, Scope, add_key, create_integrator
from app.store.connection.database import Database
from tests.clock import NOW
from tests.people import Integrator


def another_integrator(integrator: Integrator, database_url: str, mode: Mode = "test") -> Integrator:
    """With every scope, on the same server."""
    return Integrator(integrator.client, asyncio.run(_make_integrator(database_url, mode)), id="")


def the_same_with(
    integrator: Integrator, database_url: str, mode: Mode = "test", scopes: frozenset[Scope] = frozenset(Scope)
) -> Integrator:
    """Another key of the same integrator."""
    key = asyncio.run(_make_key(database_url, integrator.id, mode, scopes))
    return Integrator(integrator.client, key, id=integrator.id)


def said(answer: Response) -> tuple[int, dict[str, object]]:
    """All that an answer says, without the id of the request."""
    return answer.status_code, {name: value for name, value in answer.json().items() if name != "request_id"}


async def _make_integrator(database_url: str, mode: Mode) -> str:
    database = Database(database_url)
    async with database.writing() as connection:
        made = await create_integrator(connection, "Harbour", mode, NOW)
    await database.close()
    return made.api_key


async def _make_key(database_url: str, integrator: str, mode: Mode, scopes: frozenset[Scope]) -> str:
    database = Database(database_url)
    async with database.writing() as connection:
        _, api_key = await add_key(connection, integrator, mode, frozenset(map(str, scopes)), NOW)
    await database.close()
    return api_key
