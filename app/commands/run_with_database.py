"""Work of a command on the database and with the keys of the settings."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.settings import read_settings
from app.store.connection.database import Database
from app.store.connection.migration import prepare
from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Vault

Result = TypeVar("Result")


def run_with_database(run: Callable[[Database, Vault], Awaitable[Result]], *, prepares: bool = False) -> Result:
    """Return the result of `run`, and close the database whatever happens; `prepares` it first, as a server does."""

    async def run_and_close() -> Result:
        settings = read_settings()
        if prepares:
            await prepare(settings.database_url, requires_row_security=settings.require_row_security)
        database = Database(settings.database_url)
        try:
            return await run(database, Vault(KeyRing(settings.key_file)))
        finally:
            await database.close()

    return asyncio.run(run_and_close())
