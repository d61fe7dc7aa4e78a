import json

import typer

from app.main import create_app
from app.settings import Settings


def openapi() -> None:
    """Print the OpenAPI document of this API."""
    typer.echo(json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=2))
