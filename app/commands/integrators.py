"""`rekindle integrators`."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from app.commands.command_app import new_app
from app.commands.failure import CommandFailed
from app.service import integrators
from app.service.integrators import NewIntegrator, Scope
from app.settings import read_settings
from app.store.connection.database import Database
from app.store.connection.migration import prepare

MAX_NAME_LENGTH = 100

app = new_app("Manage the apps and organisations that call the API.")


def a_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= MAX_NAME_LENGTH:
        raise typer.BadParameter(f"a name has 1 to {MAX_NAME_LENGTH} letters")
    return name.strip()


@app.command("create")
def create_integrator(
    name: Annotated[str, typer.Argument(help="What to call the app or organisation.", metavar="NAME", callback=a_name)],
    *,
    mode: Annotated[Literal["test", "live"], typer.Option(help="Data made with test and live keys never meet.")],
    scopes: Annotated[str, typer.Option(help="What the key may do, separated by commas; everything if left out.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Register an integrator and show its first key, once."""
    try:
        allowed = integrators.read_scopes(scopes)
    except ValueError as error:
        raise CommandFailed([str(error)], code=2) from error
    created = asyncio.run(_create(read_settings().database_url, name, mode, allowed))
    if as_json:
        typer.echo(json.dumps({"integrator": created.integrator, "api_key": created.api_key}))
        return
    typer.echo(f"Integrator  {created.integrator}\nKey         {created.api_key}")
    typer.echo("This is the only time the key is shown: keep it where your secrets are.", err=True)


async def _create(url: str, name: str, mode: Literal["test", "live"], scopes: frozenset[Scope]) -> NewIntegrator:
    await prepare(url)
    database = Database(url)
    try:
        async with database.writing() as connection:
            return await integrators.create_integrator(connection, name, mode, datetime.now(UTC), scopes)
    finally:
        await database.close()
