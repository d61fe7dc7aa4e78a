"""The command line: one line a command, and each loads its own module of `app.commands` alone."""

import errno
import gc
import os
import sys
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from app import __version__
from app.commands.command_app import new_app
from app.commands.failure import CommandFailed
from app.errors import RekindleError
from app.rulesets.diagnostics import ContentError
from app.settings import UnusableSettings

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130
CANNOT_BE_WRITTEN = frozenset({errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EBADF})
STANDARD_OUTPUT = 1


class LazyCommand(NamedTuple):
    """A module of `app.commands`, and the line about it in the list of commands.

    The module has the command as a function of its own name, or what Typer makes of several as its `app`.
    """

    module: str
    summary: str


COMMANDS = {
    "serve": LazyCommand("serve", "Answer requests."),
    "migrate": LazyCommand("migrate", "Bring the database up to date."),
    "check": LazyCommand("check", "Read all content and name every mistake in it."),
    "locale": LazyCommand("locale", "Write the files of a new language, to be translated."),
    "explain": LazyCommand("explain", "Show what two partners would be told, and why."),
    "prove": LazyCommand("verify", "Show that what must hold for every couple does."),
    "scenarios": LazyCommand("verify", "Print the scenarios that changed since the last release."),
    "review": LazyCommand("verify", "Show the rules as sentences, with what stands behind each."),
    "release": LazyCommand("verify", "Check the content and seal a release of it."),
    "simulate": LazyCommand("verify", "Count who would get something else under a ruleset."),
    "openapi": LazyCommand("openapi", "Print the OpenAPI document of this API."),
    "maintenance": LazyCommand("maintenance", "Rotate keys and delete what has expired."),
    "backup": LazyCommand("backup", "Write database, keys and list of the erased as one set."),
    "restore": LazyCommand("restore", "Put a backup into an empty database."),
    "audit": LazyCommand("audit", "Verify that no logged event was tampered with."),
    "data-inventory": LazyCommand("data_inventory", "Print the data inventory."),
    "seed": LazyCommand("seed", "Make six couples of test data, or find them again."),
    "integrators": LazyCommand("integrators", "Manage the apps that call the API."),
    "rulesets": LazyCommand("rulesets", "List the releases and choose the one in force."),
}


class LazyGroup(TyperGroup):
    """The group of all commands. Its help needs their summaries; only the command that runs is imported."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, command in COMMANDS.items():
            self.add_command(TyperCommand(name, help=command.summary))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, _, rest = super().resolve_command(ctx, args)
        module_name = COMMANDS[str(name)].module
        module = import_module(f"app.commands.{module_name}")
        if (commands := getattr(module, "app", None)) is None:
            commands = new_app()
            commands.command(name)(getattr(module, module_name))
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        return name, get_command(commands), rest


app = typer.Typer(
    cls=LazyGroup,
    help="Rekindle answers one question: given what two people told us, what could they do together next, and why?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback(invoke_without_command=True)
def rekindle(*, version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command of `sys.argv`, and exit with 0, 1 (failed), 2 (wrong use or settings) or 130 (interrupted)."""
    # Until the command is imported: that makes nearly no garbage, and looking for it would be a fifth of a start.
    gc.disable()
    try:
        app(prog_name="rekindle")
    except RekindleError as error:
        fail(FAILED, error.detail)
    except CommandFailed as error:
        fail(error.code, *error.lines)
    except ContentError as error:
        fail(FAILED, *map(str, error.mistakes))
    except UnusableSettings as error:
        fail(WRONG_USE, *error.mistakes)
    except OSError as error:
        if error.errno not in CANNOT_BE_WRITTEN:
            raise
        # What standard output did not take would be written again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_OUTPUT)
        fail(FAILED, f"This cannot be written: {error.strerror}.")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def fail(code: int, *lines: str) -> None:
    typer.echo("\n".join(lines), err=True)
    sys.exit(code)
