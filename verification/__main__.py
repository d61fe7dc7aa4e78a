"""The commands of a clone: `rekindle prove`, and so on, each in a module of its own."""

import sys
from collections.abc import Iterable

import typer

from app.errors import RekindleError
from app.rulesets.diagnostics import ContentError
from app.settings import UnusableSettings
from verification.loading import MissingExtra, load

COMMANDS = {
    "prove": "Show that what must hold for every couple does.",
    "scenarios": "Print the scenarios that changed since the last release.",
    "simulate": "Count who would get something else under another ruleset.",
    "review": "Show the rules as sentences, with what stands behind each.",
    "release": "Check the content and make a release of it.",
}
REFUSED, WRONG_USE, INTERRUPTED = 1, 2, 130


def main(arguments: list[str]) -> int:
    """Run the command named first and return its exit status; typer exits by itself where it has printed a message."""
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        titles = (f"  {command:10} {title}" for command, title in COMMANDS.items())
        return _fail(
            ["Usage: python -m verification COMMAND [OPTIONS]", "", *titles],
            0 if name in ("-h", "--help") else WRONG_USE,
        )
    try:
        _run(name, arguments[1:])
    except ContentError as error:
        return _fail(map(str, error.mistakes))
    except (MissingExtra, UnusableSettings) as error:
        return _fail([str(error)], WRONG_USE)
    except RekindleError as error:
        return _fail([error.detail])
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _run(name: str, arguments: list[str]) -> None:
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.command()(load(f"verification.commands.{name}").run)
    app(arguments, prog_name=f"rekindle {name}")


def _fail(lines: Iterable[str], status: int = REFUSED) -> int:
    for line in lines:
        typer.echo(line, err=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
