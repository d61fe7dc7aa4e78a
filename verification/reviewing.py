"""The review of the rules, which a counsellor reads instead of the files."""

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from app.durable_file import write_whole
from app.errors import RekindleError
from app.rulesets.load import load_ruleset
from app.rulesets.review import rules_in_force
from verification.boundaries import generate
from verification.review_page import page
from verification.review_screen import ReviewScreen
from verification.review_words import Reviewed

PAGE = "review.html"


class NoSuchRule(RekindleError):
    """No rule in force has this id."""


class CannotWrite(RekindleError):
    """A page that cannot be written where it should be."""


def review(
    root: Path, rule: str | None, to: Path | None, say: Callable[[str], object], file: TextIO | None = None
) -> None:
    """Print the review of all rules, or of one, or write it as a page.

    `to` is a folder or a file that ends in .html. Raises `ContentError`, `NoSuchRule`, `CannotWrite`.
    """
    library = load_ruleset(root)
    known = {rule.id: rule for rule in rules_in_force(library)}
    if rule is not None and rule not in known:
        close = get_close_matches(rule, list(known), n=1)
        raise NoSuchRule(f"There is no rule `{rule}`.{f' Did you mean `{close[0]}`?' if close else ''}")
    reviewed = Reviewed(library, [scenario.couple for scenario in generate(library).scenarios])
    one = None if rule is None else known[rule]
    if to is not None:
        say(f"Written to {_write(to, page(reviewed, one))}")
    elif one is None:
        ReviewScreen(reviewed, file).all()
    else:
        ReviewScreen(reviewed, file).rule(one)


def _write(to: Path, text: str) -> Path:
    file = to if to.suffix == ".html" and not to.is_dir() else to / PAGE
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}.") from error
    return file
