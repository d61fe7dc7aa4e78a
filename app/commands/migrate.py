import asyncio

import typer

from app.settings import read_settings
from app.store.connection import migration, revision, upgrade


def migrate() -> None:
    """Bring the database up to date."""
    url = read_settings().database_url
    if not asyncio.run(migration.require_known(url)).is_served:
        upgrade.migrate(url)
    typer.echo(f"The database is up to date ({revision.HEAD}).")
