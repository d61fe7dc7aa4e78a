import json
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from app.commands.command_app import new_app
from app.commands.failure import CommandFailed
from app.commands.run_with_database import run_with_database
from app.service import integrators
from app.service.integrators import NewIntegrator
from app.store.connection.database import Database
from app.store.crypto.vault import Vault

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

    async def create(database: Database, _vault: Vault) -> NewIntegrator:
        async with database.writing() as connection:
            return await integrators.create_integrator(connection, name, mode, datetime.now(UTC), allowed)

    created = run_with_database(create, prepares=True)
    if as_json:
        typer.echo(json.dumps({"integrator": created.integrator, "api_key": created.api_key}))
        return
    typer.echo(f"Integrator  {created.integrator}\nKey         {created.api_key}")
    typer.echo("This is the only time the key is shown: keep it where your secrets are.", err=True)
