"""Views on a terminal: as wide as it is, in colour only where someone looks on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

WIDEST = 100
COSTS = {"free": "free", "low": "costs little", "medium": "costs something", "high": "costs more"}
STANDINGS = {"leading": "first", "also": "also", "not_now": "not now"}

Json = Mapping[str, Any]


class Screen:
    def __init__(self, file: TextIO | None = None, width: int | None = None) -> None:
        self._console = Console(file=file, width=width, highlight=False, emoji=False, markup=False)
        self._width = min(self._console.width, WIDEST)

    def line(self, text: str = "", indent: int = 0, style: str = "") -> None:
        self._console.print(Padding(Text(text, style), (0, 0, 0, indent)), width=self._width)

    def heading(self, text: str) -> None:
        self.line()
        self.line(text, style="bold")

    def table(self, rows: Iterable[tuple[str, str]]) -> None:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in rows:
            grid.add_row(Text(name, "dim"), Text(value))
        self._console.print(Padding(grid, (0, 0, 0, 2)), width=self._width)

    def answer(self, answer: Json) -> None:
        """Both views, one below the other; in life each partner sees their own alone."""
        for partner, view in answer["views"].items():
            self.heading(f"What partner {partner.upper()} may see")
            self.view(view)
        ruleset = answer["ruleset"]
        self.line()
        self.line(f"Decided by ruleset {ruleset['version']}.", 2, "dim")

    def view(self, view: Json) -> None:
        if view["support"]:
            self._support(view["support"])
        for strategy in view["strategies"]:
            self._strategy(strategy)
        for number, activity in enumerate(view["activities"], 1):
            self._activity(number, activity)
        self._paragraphs("Worth knowing", [insight["text"] for insight in view["insights"]])
        self._paragraphs("Worth asking next", [question["why"] for question in view["ask_next"]])
        self._paragraphs("What this cannot tell", view["limits"])

    def _support(self, support: Json) -> None:
        self.line(support["text"], 2)
        for resource in support["resources"]:
            self.line(f"{resource['name']}: {resource['contact']}", 4)

    def _strategy(self, strategy: Json) -> None:
        standing = STANDINGS.get(strategy["standing"], strategy["standing"])
        self.line(f"{strategy['title']} ({standing})", 2, "bold" if strategy["standing"] == "leading" else "")
        for reason in first(strategy["reasons"], 2) or first(strategy["withheld_by"], 1):
            self.line(reason["text"], 4, "dim")

    def _activity(self, number: int, activity: Json) -> None:
        self.line()
        self.line(f"{number}. {activity['title']}", 2, "bold")
        self.line(", ".join(facts(activity)), 5, "dim")
        self.line(activity["summary"], 5)
        for reason in first(activity["reasons"], 1):
            self.line(f"Why: {reason['text']}", 5, "dim")

    def _paragraphs(self, heading: str, texts: Sequence[str]) -> None:
        if texts:
            self.line()
            self.line(heading, 2, "bold")
        for text in texts:
            self.line(text, 4)


def facts(activity: Json) -> list[str]:
    """How long, how often, at what price, and with whom."""
    said = [f"{activity['minutes']} minutes", COSTS.get(activity["cost"], activity["cost"])]
    if activity.get("times_a_week"):
        said.insert(1, f"{activity['times_a_week']} times a week" if activity["times_a_week"] > 1 else "once a week")
    if not activity["together"]:
        said.append("for you alone")
    return said


def first(reasons: Sequence[Json], most: int) -> Sequence[Json]:
    return reasons[:most]
