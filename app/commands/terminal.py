"""Views on a terminal, at most 100 columns wide, in colour where the output is a terminal."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from app.commands.failure import CommandFailed

DEFAULT_WIDTH, MAX_WIDTH = 80, 100
COSTS = {"free": "free", "low": "costs little", "medium": "costs something", "high": "costs more"}
STANDINGS = {"leading": "first", "also": "also", "not_now": "not now"}
STATUSES = {
    "suggested": "suggested",
    "withheld": "held back",
    "not_suggested": "not suggested",
    "outranked": "fitting, but others come first",
}

Json = dict[str, Any]


@contextmanager
def whole_output() -> Iterator[None]:
    """Print in the body of the `with`, to the last line. Raises `CommandFailed` where standard output is closed."""
    if sys.stdout is None:
        raise CommandFailed(["Standard output is closed, so nothing can be shown."])
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    yield
    sys.stdout.flush()


class Screen:
    """A terminal, or a file, that views are printed on."""

    def __init__(self, file: TextIO | None = None, width: int | None = None) -> None:
        self._console = Console(file=file, width=width, highlight=False, emoji=False, markup=False)
        # Where nothing is known of the terminal it has a width of 0, and rich prints nothing on that.
        self._console.width = self._console.width or DEFAULT_WIDTH
        self._width = min(self._console.width, MAX_WIDTH)

    def line(self, text: str = "", indent: int = 0, style: str = "") -> None:
        margin = " " * indent
        for part in Text(text, style).wrap(self._console, max(self._width - indent, 20)):
            part.rstrip()
            self._console.print(Text(margin).append_text(part), soft_wrap=True)

    def heading(self, text: str) -> None:
        self.line()
        self.line(text, style="bold")

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Print names and values. A value is never broken, so that it can be copied."""
        widest = max(len(name) for name, _ in rows)
        for name, value in rows:
            self._console.print(Text(f"  {name:{widest}}  ", "dim").append(value, "not dim"), soft_wrap=True)

    def answer(self, answer: Json, *, brief: bool = False) -> None:
        """Print both views, one below the other; an app shows each partner their own alone."""
        for partner, view in answer["views"].items():
            self.heading(f"What partner {partner.upper()} may see")
            self.view(view | {"insights": [], "ask_next": []} if brief else view)
        ruleset = answer["ruleset"]
        self.line()
        self.line(f"Decided by ruleset {ruleset['version']}.", 2, "dim")

    def explanation(self, explanation: Json) -> None:
        """Print the reasons for or against one thing, and the changes that would turn it."""
        self.heading(f"{explanation['target']}: {STATUSES.get(explanation['status'], explanation['status'])}")
        for reason in explanation["because"]:
            self.line(reason["text"], 2)
        self._paragraphs("What stands in the way", [block["text"] for block in explanation["blocked_by"]])
        for alternative in explanation["would_change"]:
            outcome = STATUSES.get(alternative["then"], alternative["then"])
            self._paragraphs(f"It would be {outcome} with", [change(item) for item in alternative["changes"]])
        if explanation["why_none"]:
            self.line()
            self.line(explanation["why_none"], 2)

    def view(self, view: Json) -> None:
        if view["support"]:
            self._support(view["support"])
        if view["opening"]:
            self.line(view["opening"], 2)
            self.line()
        unread = {id_: reason["text"] for id_, reason in view["reasons"].items()}
        for strategy in view["strategies"]:
            self._strategy(strategy, unread)
        for number, activity in enumerate(view["activities"], 1):
            self._activity(number, activity, unread)
        self._paragraphs("Worth knowing", [insight["text"] for insight in view["insights"]])
        self._paragraphs("Worth asking next", [f"{ask['question']}: {ask['why']}" for ask in view["ask_next"]])
        self._paragraphs("What this cannot tell", view["limits"])

    def _support(self, support: Json) -> None:
        self.line(support["text"], 2)
        for resource in support["resources"]:
            self.line(f"{resource['name']}: {resource['contact']}", 4)

    def _strategy(self, strategy: Json, unread: dict[str, str]) -> None:
        standing = STANDINGS.get(strategy["standing"], strategy["standing"])
        self.line(f"{strategy['title']} ({standing})", 2, "bold" if strategy["standing"] == "leading" else "")
        self._reasons(strategy["reasons"] or strategy["withheld_by"], unread, 4)

    def _activity(self, number: int, activity: Json, unread: dict[str, str]) -> None:
        self.line()
        self.line(f"{number}. {activity['title']}", 2, "bold")
        self.line(", ".join(facts(activity)), 5, "dim")
        self.line(activity["summary"], 5)
        self.line(f"Why: {activity['why']}", 5, "dim")
        self._reasons(activity["reasons"], unread, 5)

    def _reasons(self, ids: Sequence[str], unread: dict[str, str], indent: int) -> None:
        """Print each reason where it is named first."""
        for id_ in ids:
            if id_ in unread:
                self.line(unread.pop(id_), indent, "dim")

    def _paragraphs(self, heading: str, texts: Sequence[str]) -> None:
        if texts:
            self.line()
            self.line(heading, 2, "bold")
        for text in texts:
            self.line(text, 4)


def facts(activity: Json) -> list[str]:
    """Return the duration, the rhythm, the cost and the company of an activity."""
    parts: list[str] = [f"{activity['minutes']} minutes", str(COSTS.get(activity["cost"], activity["cost"]))]
    if activity.get("times_a_week"):
        parts.insert(1, f"{activity['times_a_week']} times a week" if activity["times_a_week"] > 1 else "once a week")
    if not activity["together"]:
        parts.append("for you alone")
    return parts


def change(one: Json) -> str:
    return f"{one['answer']}: {spelled(one['to'])} (now {spelled(one['now'])})"


def spelled(value: Any) -> str:
    """Return an answer as a person writes it."""
    match value:
        case None:
            return "no answer"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(value) or "none of these"
        case _:
            return str(value)
