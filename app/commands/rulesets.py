from typing import Annotated

import typer

from app.commands.command_app import new_app
from app.rulesets.active_ruleset import activate, describe, rollback
from app.rulesets.library import Library
from app.settings import Settings, read_settings

app = new_app("List the releases of the content and choose the one in force.")


@app.command("list")
def list_rulesets() -> None:
    """List the releases and what decides."""
    settings = read_settings()
    for line in describe(settings.content_folder, settings.ruleset):
        typer.echo(line)


@app.command("use")
def use_ruleset(
    version: Annotated[str, typer.Argument(help="The release to decide by, or `files`.", metavar="VERSION")],
) -> None:
    """Put a release in force, or the content files. A running server takes it up on SIGHUP."""
    settings = read_settings()
    _report(activate(settings.content_folder, version), settings)


@app.command("back")
def use_former_ruleset() -> None:
    """Put in force again what was in force before."""
    settings = read_settings()
    _report(rollback(settings.content_folder), settings)


def _report(active: Library, settings: Settings) -> None:
    typer.echo(f"In force: {active.version}, {active.digest}. A running server takes it up on SIGHUP.")
    if settings.ruleset:
        typer.echo(f"REKINDLE_RULESET is set to {settings.ruleset}, and decides as long as it is.", err=True)
