from pathlib import Path

import typer

from app.commands.command_app import ContentFolder
from app.commands.failure import CommandFailed
from app.rulesets.changes import changes_since_release
from app.rulesets.diagnostics import ContentError
from app.rulesets.review import check_content
from app.settings import read_settings


def check(folder: ContentFolder = None) -> None:
    """Read all content, name every mistake in it, and say who would get something else than by the last release."""
    folder = folder or read_settings().content_folder
    try:
        library = check_content(folder)
    except ContentError as error:
        count = len(error.mistakes)
        total = f"{count} {'mistake' if count == 1 else 'mistakes'} in {folder}"
        raise CommandFailed([*(f"{_prefix(folder)}{mistake}" for mistake in error.mistakes), total]) from error
    typer.echo(f"No mistakes in {folder}: {len(library.ruleset.rules)} rules.")
    for line in changes_since_release(folder, library):
        typer.echo(line)


def _prefix(folder: Path) -> str:
    """Return the way from the working folder to the content, so that terminals and editors open a place."""
    below = folder.resolve()
    return f"{below.relative_to(Path.cwd()).as_posix()}/" if below.is_relative_to(Path.cwd()) else ""
