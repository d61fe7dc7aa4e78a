"""Mistakes in content files: all of them at once, each with its place, its reason and the nearest word."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in the content: a file below the content folder, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """A mistake; as text it is one line."""

    place: Location
    reason: str

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}:{self.place.column}: {self.reason}"


@dataclass(slots=True)
class DiagnosticCollector:
    """Collects mistakes while reading goes on."""

    diagnostics: list[Diagnostic] = field(default_factory=list)

    def add(self, place: Location, reason: str) -> None:
        self.diagnostics.append(Diagnostic(place, reason))

    def raise_if_any(self) -> None:
        if self.diagnostics:
            raise ContentError(self.diagnostics)


class ContentError(Exception):
    """Content that cannot be used. `mistakes` holds all of them, in the order of files and lines."""

    def __init__(self, mistakes: Iterable[Diagnostic]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))
