"""The page that a counsellor reads and signs."""

from app.engine.ruleset import Rule
from verification.pages import render
from verification.review_words import BASES, FATES, Reviewed

_MEETINGS = {
    "worse": "of two, the later value",
    "own": "the reader's own",
    "own_first": "the reader's own, else the other's",
    "theirs": "the other's, never named",
    "gap": "how far two ratings lie apart",
    "agreed": "what both agree on",
}


def page(reviewed: Reviewed, rule: Rule | None = None) -> str:
    """Return the page of all rules, or of one."""
    title = reviewed.title(rule.id) if rule else f"The rules of Rekindle {reviewed.library.version}"
    return render(
        "review.html",
        title=title,
        reviewed=reviewed,
        rule=rule,
        bases=BASES,
        fates=FATES,
        meetings=_MEETINGS,
    )
