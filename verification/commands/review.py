"""`rekindle review`: the rules as a counsellor reads them instead of the files."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown

from app.durable_file import write_whole
from app.engine.ruleset import Rule
from app.errors import RekindleError
from app.rulesets.load import load_ruleset
from app.rulesets.review import rules_in_force
from app.settings import read_settings
from verification.pages import render
from verification.review_words import BASES, FATES, MEETINGS, Reviewed

_WIDEST = 100
"""Longer lines are hard to read."""


class NoSuchRule(RekindleError):
    """No rule in force has this id."""


class CannotWrite(RekindleError):
    """A page that cannot be written where it should be."""


def run(
    rule: Annotated[str | None, typer.Argument(help="One rule by its id; all if left out.", metavar="RULE")] = None,
    *,
    to: Annotated[
        Path | None, typer.Option(help="Write a page instead: a folder, or a file that ends in .html.")
    ] = None,
) -> None:
    """Show the rules as sentences, with what stands behind each and what hangs on it."""
    review(read_settings().content_folder, rule, to)


def review(root: Path, rule: str | None, to: Path | None) -> None:
    """Print the review of all rules, or of one, or write it as a page.

    `to` is a folder or a file that ends in .html. Raises `ContentError`, `NoSuchRule`, `CannotWrite`.
    """
    library = load_ruleset(root)
    known = {rule.id: rule for rule in rules_in_force(library)}
    if rule is not None and rule not in known:
        close = get_close_matches(rule, list(known), n=1)
        raise NoSuchRule(f"There is no rule `{rule}`.{f' Did you mean `{close[0]}`?' if close else ''}")
    reviewed = Reviewed(library)
    one = None if rule is None else known[rule]
    if to is not None:
        typer.echo(f"Written to {_write(to, page(reviewed, one))}")
    else:
        show(reviewed, one, Console())


def page(reviewed: Reviewed, rule: Rule | None = None) -> str:
    """Return the page of all rules, or of one, to be read and signed."""
    title = reviewed.title(rule.id) if rule else f"The rules of Rekindle {reviewed.library.version}"
    return render("review.html", title=title, reviewed=reviewed, rule=rule, bases=BASES, fates=FATES, meetings=MEETINGS)


def show(reviewed: Reviewed, rule: Rule | None, console: Console) -> None:
    """Print the same without the tables of findings and references: in colour where someone looks on, else plain."""
    text = render("review.md", reviewed=reviewed, rule=rule, bases=BASES, fates=FATES)
    console.print(Markdown(text), width=min(console.width, _WIDEST))


def _write(to: Path, text: str) -> Path:
    file = to if to.suffix == ".html" and not to.is_dir() else to / "review.html"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}.") from error
    return file
