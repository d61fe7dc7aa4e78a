"""The share of a question: how often its answer changes what comes first in a view.

Shares are counted over sampled reports when a release is made. A view looks them up by what its reader has answered.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.engine.self_report import PooledReport

WHOLE = 1000
"""Shares are whole thousandths."""
OPEN, RATED, WITH, WITHOUT = "", "rated", "with", "without"
"""The bands of what is not answered, of a map whatever is in it, and of a set with and without a member."""
JOIN = "|"


@dataclass(frozen=True, slots=True)
class Known:
    """A part of a report that may be known: an answer, or whether a set has one member.

    A number is known by its band: how many of the `cuts` it reaches.
    """

    path: str
    member: str | None = None
    cuts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LikelyAnswer:
    """A report that holds one answer alone, and how many of the sampled reports gave it."""

    report: PooledReport
    weight: int


@dataclass(frozen=True, slots=True)
class QuestionShares:
    """The shares of one question in thousandths: in general, and by the bands of the answers that tell most about it.

    `known` are the positions of those answers in the table, `by_bands` the shares by their bands, joined by `JOIN`.
    """

    share: int
    known: tuple[int, ...] = ()
    by_bands: Mapping[str, int] = field(default_factory=dict)
    answers: tuple[LikelyAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class ShareTable:
    """The shares of all questions, counted over so many sampled reports, and the `known` answers that they go by."""

    reports: int = 0
    known: tuple[Known, ...] = ()
    questions: Mapping[str, QuestionShares] = field(default_factory=dict)


ShownWhen = Mapping[str, tuple[str, Collection[str]]]
"""The questions that are asked only where another one has one of these answers."""


class Shares(NamedTuple):
    """A table of shares, with the questions that depend on another one."""

    table: ShareTable
    shown_when: ShownWhen


NO_SHARES = Shares(ShareTable(), {})


def with_answer(report: PooledReport, path: str, other: PooledReport) -> PooledReport:
    """Return the report with one answer of another one."""
    group, _, name = path.partition(".")
    theirs = getattr(other, group)
    if not name:
        return replace(report, **{group: theirs})
    mine, answer = getattr(report, group), {name: getattr(theirs, name)}
    return replace(report, **{group: type(theirs)(**answer) if mine is None else replace(mine, **answer)})
