"""Progress: the answers of one partner over time. There is no score, and nothing of the other partner."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal, NamedTuple
from uuid import UUID

from app.engine.plain_values import Plain
from app.service import report_codec
from app.service.answers_by_path import by_path
from app.service.consents import require_processing
from app.service.partners import Partner
from app.service.private_marks import Opened
from app.service.report_codec import StoredAnswers
from app.service.session import Session
from app.store.queries import reports as stored_reports
from app.store.queries.reports import ReportRow

POOLED_PATHS = (
    "time_together.hours_per_week",
    "time_together.feels",
    "time_together.engagement",
    "conflict.level",
    "conflict.unresolved_issues",
    "busyness.level",
    "busyness.energy",
    "busyness.stress",
    "communication.ease",
    "communication.openness",
    "communication.trust",
    "closeness.level",
    "closeness.appreciated",
    "closeness.priority",
    "closeness.understood",
    "novelty.routine",
    "novelty.boredom",
)
PRIVATE_PATHS = (
    "conflict.feels_meant_to_hurt",
    "conflict.being_together_feels",
    "private.willingness",
    "private.partner_responds_warmly",
    "private.physical_closeness",
    "private.mood",
    "mutual.affection",
)

# From light to heavy; answers in one tuple weigh the same.
_FROM_LIGHT_TO_HEAVY: Mapping[str, tuple[tuple[Any, ...], ...]] = {
    "conflict.level": (("rare",), ("occasional",), ("frequent",), ("chronic",)),
    "conflict.unresolved_issues": (("none",), ("some",), ("many",)),
    "closeness.level": ((7,), (6,), (5,), (4,), (3,), (2,), (1,)),
    "closeness.appreciated": (("always",), ("often",), ("sometimes",), ("rarely",), ("never",)),
    "communication.ease": (("easy",), ("effortful",), ("strained",)),
    "communication.trust": ((5,), (4,), (3,), (2,), (1,)),
    "busyness.stress": (("none",), ("some",), ("high",), ("overwhelming",)),
    "time_together.feels": (("about_right", "enough", "plenty"), ("too_little", "too_much"), ("far_too_little",)),
}
_WEIGHTS = {
    path: {answer: weight for weight, answers in enumerate(levels) for answer in answers}
    for path, levels in _FROM_LIGHT_TO_HEAVY.items()
}
REPORTS_COMPARED = 3
"""Things get heavier where each of the last two reports is worse than the one before it."""


Heavier = Literal["no", "silent", "told"]


class ProgressStep(NamedTuple):
    """The answers of one report that are shown over time, by path; `cursor` is its place in the list."""

    reported_on: date
    answers: dict[str, Any]
    cursor: tuple[datetime, UUID]


async def find_progress(
    session: Session, partner: Partner, after: tuple[datetime, UUID] | None, limit: int, opened: Opened
) -> list[ProgressStep]:
    """Return steps, the oldest first; with private answers that may be told. Raises `ConsentRequired`."""
    await require_processing(session, partner)
    return [
        ProgressStep(row.reported_on, _shown(partner, row, opened), (row.reported_at, row.key))
        for row in await stored_reports.page_of_oldest(session.connection, partner.key, after, limit)
    ]


def is_getting_heavier(reports: Sequence[Plain]) -> bool:
    """Return whether each of the last two `reports` (JSON values, the oldest first) is worse than the one before it."""
    last = reports[-REPORTS_COMPARED:]
    return len(last) == REPORTS_COMPARED and all(_is_worse(after, before) for before, after in pairwise(last))


def how_heavier(reports: Sequence[StoredAnswers]) -> Heavier:
    """Return whether things get heavier, and whether the pooled answers alone say so, which is no secret."""
    if not is_getting_heavier([report_codec.read_plain(*report) for report in reports]):
        return "no"
    pooled = [report_codec.read_plain(report.pooled, None) for report in reports]
    return "told" if is_getting_heavier(pooled) else "silent"


def _shown(partner: Partner, row: ReportRow, opened: Opened) -> dict[str, Any]:
    """Return the same paths for every report; None stands for what was not answered."""
    answers = by_path(report_codec.open_answers(partner.data_key, row, opened))
    return {path: answers.get(path) for path in POOLED_PATHS + (PRIVATE_PATHS if opened.generation else ())}


def _is_worse(after: Plain, before: Plain) -> bool:
    """Return whether more answers got heavier than lighter, of those in both reports."""
    before, after = by_path(before), by_path(after)
    weights = [(weight.get(before.get(path)), weight.get(after.get(path))) for path, weight in _WEIGHTS.items()]
    known = [(was, is_) for was, is_ in weights if was is not None and is_ is not None]
    return sum(is_ > was for was, is_ in known) > sum(is_ < was for was, is_ in known)
