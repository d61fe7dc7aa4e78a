"""Results of looking for answers that break a property."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from app.rulesets.plain_reports import Answers


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
        written = {name: as_written(answers) for name, answers in self.reports}
        return f"{self.says}\n{yaml.safe_dump(written, sort_keys=False, allow_unicode=True)}"


@dataclass(frozen=True, slots=True)
class MeansResult:
    """The result of one means. `cells` were looked at one by one; `inputs` were run (0: not counted)."""

    broken: tuple[Violation, ...]
    cells: int = 0
    inputs: int = 0
    notes: tuple[str, ...] = field(default=())

    @property
    def holds(self) -> bool:
        return not self.broken


def as_written(answers: Answers) -> dict[str, Any]:
    """Answers as a self-report holds them on the wire."""
    report: dict[str, Any] = {}
    for path, value in sorted(answers.items()):
        group, _, name = path.partition(".")
        plain = sorted(value) if isinstance(value, frozenset | set) else value
        if isinstance(plain, float) and plain.is_integer():
            plain = int(plain)
        if name:
            report.setdefault(group, {})[name] = plain
        else:
            report[group] = plain
    return report
