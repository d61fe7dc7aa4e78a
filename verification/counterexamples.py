"""Results of looking for answers that break a property."""

from collections import Counter
from dataclasses import dataclass, field

import yaml

from app.rulesets.plain_reports import Answers, as_posted, report_of


class SolverTimeout(Exception):
    """The solver did not come to an end within its time: nothing is shown, one way or the other."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A property that does not hold, and the answers of two people that show it, where answers do."""

    says: str
    reports: tuple[tuple[str, Answers], ...] = ()

    def __str__(self) -> str:
        if not self.reports:
            return self.says
        written = {name: as_posted(report_of(answers)) for name, answers in self.reports}
        return f"{self.says}\n{yaml.safe_dump(written, sort_keys=False, allow_unicode=True)}"


@dataclass(slots=True)
class MeansResult:
    """The result of one means. `cells` were looked at one by one; `inputs` were run (0: not counted).

    `details` counts what was tried besides.
    """

    broken: tuple[Violation, ...] = ()
    cells: int = 0
    inputs: int = 0
    details: Counter[str] = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        return not self.broken

    def add(self, other: "MeansResult") -> None:
        """Take in what came of other inputs; what was broken first stays."""
        self.broken = self.broken or other.broken
        self.inputs += other.inputs
        self.details += other.details
