"""The review on a terminal: in colour where someone looks on, plain in a pipe."""

from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.engine.ruleset import Rule
from verification.decision_table import DecisionTable, PurposeFate
from verification.review_words import BASES, FATES, Reviewed, RuleGroup, plain

_WIDEST = 100


class ReviewScreen:
    def __init__(self, reviewed: Reviewed, file: TextIO | None = None, width: int | None = None) -> None:
        self._reviewed = reviewed
        self._console = Console(file=file, width=width, highlight=False, emoji=False, markup=False)
        self._width = min(self._console.width, _WIDEST)

    def all(self) -> None:
        """Print everything but the picture and the tables of findings and references, which the page has."""
        library = self._reviewed.library
        self._line(f"Ruleset {library.version}, {library.digest}", style="dim")
        self._line(self._reviewed.counts())
        for group in self._reviewed.groups:
            self._group(group)
        self._heading("Claims, and what realises each")
        for claim in library.claims:
            realisers = self._reviewed.realisers(claim)
            names = [f"{realiser.kind} {realiser.id}" for realiser in realisers if realiser.kind != "activity"]
            if len(names) < len(realisers):
                names.append(f"activities: {len(realisers) - len(names)}")
            self._line(f"{claim}  {'; '.join(names) or 'nothing yet'}", 2)
        looks = self._reviewed.second_looks()
        if looks:
            self._heading("Worth a second look")
            for rule, why in looks:
                self._line(f"{rule}: {why}", 2)

    def rule(self, rule: Rule) -> None:
        """Print one rule, as its card on the page."""
        reviewed = self._reviewed
        self._heading(reviewed.title(rule.id))
        self._line(f"{rule.id}, {rule.status}, rests on {BASES[rule.basis]}", 2, "dim")
        self._line(reviewed.sentence(rule), 2)
        if reviewed.says(rule):
            self._line(f"“{reviewed.says(rule)}”", 2, "italic")
        columns = reviewed.scenario_columns(rule)
        rows = [reviewed.scenario_row(scenario, columns) for scenario in rule.scenarios]
        self._grid([*(plain(finding.id) for finding in columns), "it"], rows)
        for note in reviewed.card_notes(rule):
            self._line(note, 2)
        self._line(reviewed.evidence(rule), 2)
        for claim in reviewed.cited(rule):
            self._line(f"{claim.id}, {claim.section}: {claim.text} {claim.support}", 2)
            for source in claim.sources:
                self._line(source, 6, "dim")

    def _group(self, group: RuleGroup) -> None:
        self._heading(f"{group.strategy}: {group.title}" if group.strategy else group.title)
        self._line(group.summary, 2, "dim")
        for table in group.tables:
            self._table(table)
        for rule in group.rules:
            self.rule(rule)

    def _table(self, table: DecisionTable) -> None:
        self._line(self._reviewed.purpose(table.purpose), 2, "italic")
        rows = [[FATES[row.fate], self._reviewed.row_condition(row)] for row in table.rows]
        if table.has_rest():
            rows.append([FATES[PurposeFate.uncalled], "otherwise"])
        self._grid(["what becomes of it", "when; the first line that fits counts"], rows)
        if self._reviewed.wish_note(table):
            self._line(self._reviewed.wish_note(table), 2, "dim")

    def _grid(self, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for name in head:
            grid.add_column(name)
        for row in rows:
            grid.add_row(*row)
        self._console.print(Padding(grid, (0, 0, 0, 4)), width=self._width)

    def _heading(self, text: str) -> None:
        self._console.print()
        self._line(text, style="bold")

    def _line(self, text: str, indent: int = 0, style: str = "") -> None:
        for part in Text(text, style).wrap(self._console, max(self._width - indent, 20)):
            part.rstrip()
            self._console.print(Text(" " * indent).append_text(part), soft_wrap=True)
