"""The command `rekindle review`: what a counsellor reads instead of the files."""

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from app.errors import RekindleError
from app.rulesets.load import load_ruleset
from app.rulesets.releases import write_whole
from verification.boundaries import generate
from verification.review_page import page, rule_page
from verification.review_screen import ReviewScreen
from verification.reviewed import Reviewed

PAGE = "review.html"


class NoSuchRule(RekindleError):
    """There is no rule in force by this name."""


class CannotWrite(RekindleError):
    """The page cannot be written there."""


def review(
    root: Path, rule: str | None, to: Path | None, say: Callable[[str], object], file: TextIO | None = None
) -> None:
    """Print, or write a page. Raises `ContentError`, `NoSuchRule`, `CannotWrite`."""
    library = load_ruleset(root)
    known = {each.id: each for each in library.ruleset.rules if each.status != "retired"}
    if rule is not None and rule not in known:
        close = get_close_matches(rule, list(known), n=1)
        raise NoSuchRule(f"There is no rule `{rule}`.{f' Did you mean `{close[0]}`?' if close else ''}")
    reviewed = Reviewed(library, [scenario.couple for scenario in generate(library).scenarios])
    one = None if rule is None else known[rule]
    if to is not None:
        say(f"Written to {write(to, page(reviewed) if one is None else rule_page(reviewed, one))}")
    elif one is None:
        ReviewScreen(reviewed, file).all()
    else:
        ReviewScreen(reviewed, file).rule(one)


def write(to: Path, text: str) -> Path:
    """Into a file that ends in .html, or into a folder; what stood there stays until the new page is whole."""
    file = to if to.suffix == ".html" and not to.is_dir() else to / PAGE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}.") from error
    return file
