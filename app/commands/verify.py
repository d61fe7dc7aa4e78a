"""The commands of a clone: their work stands in `verification`, which is not installed with the server."""

import shlex
import subprocess
import sys
from pathlib import Path

import typer

from app.commands.command_app import new_app
from app.commands.failure import CommandFailed

ROOT = Path(__file__).parents[2]

app = new_app()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def verify(context: typer.Context) -> None:
    """Hand the command line over to `python -m verification`, and exit as it does."""
    arguments = ["-m", "verification", str(context.info_name), *context.args]
    if not (ROOT / "verification").exists():
        line = f"This works in a clone of the repository alone: python {shlex.join(arguments)}"
        raise CommandFailed([line], code=2)
    raise typer.Exit(subprocess.run([sys.executable, *arguments], check=False).returncode)  # noqa: S603
