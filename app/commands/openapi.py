"""`rekindle openapi`."""

import json

import typer

from app.commands.command_app import new_app
from app.main import create_app
from app.settings import Settings

app = new_app()


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of this API."""
    typer.echo(json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=2))
