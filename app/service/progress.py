"""One partner's own answers over time. Nothing here is a score, and nothing is the other's."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.engine.self_report import SelfReport
from app.service import report_codec
from app.service.consents import require_processing
from app.service.partners import Partner
from app.store.queries import progress as stored_progress

SHOWN_TO_EVERY_TOKEN = (
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
    "novelty.routine",
    "novelty.boredom",
)
SHOWN_TO_AN_UNLOCKED_ONE = (
    "conflict.feels_meant_to_hurt",
    "conflict.being_together_feels",
    "private.willingness",
    "private.partner_responds_warmly",
    "private.physical_closeness",
    "private.affection_interest",
)

# From light to heavy. Answers that weigh alike stand together.
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
    path: {answer: weight for weight, alike in enumerate(levels) for answer in alike}
    for path, levels in _FROM_LIGHT_TO_HEAVY.items()
}
REPORTS_COMPARED = 3
"""Two times worse than the time before."""


class ProgressStep(NamedTuple):
    """What was answered one day, of what is shown over time."""

    reported_on: date
    answers: dict[str, Any]
    place: tuple[datetime, UUID]


async def find_progress(
    connection: AsyncConnection, partner: Partner, after: tuple[datetime, UUID] | None, most: int, *, whole: bool
) -> list[ProgressStep]:
    """The oldest first; private answers only where `whole`. Raises `ConsentRequired`."""
    await require_processing(connection, partner)
    return [
        ProgressStep(row.reported_at.date(), _shown(partner, row, whole=whole), (row.reported_at, row.key))
        for row in await stored_progress.page_of_own(connection, partner.key, after, most)
    ]


def is_getting_heavier(reports: Sequence[SelfReport]) -> bool:
    """Whether each of the last two reports is worse than the one before it. The oldest comes first."""
    last = reports[-REPORTS_COMPARED:]
    return len(last) == REPORTS_COMPARED and all(_is_worse(after, before) for before, after in pairwise(last))


def _shown(partner: Partner, row: Any, *, whole: bool) -> dict[str, Any]:
    """The same keys whatever was answered; what was not is None."""
    pooled = partner.data_key.open("reports.pooled", row.key.hex, row.pooled)
    private = partner.data_key.open("private_answers.sealed", row.key.hex, row.private) if whole else None
    answered = report_codec.read_plain(pooled, private)
    return {path: _at(answered, path) for path in SHOWN_TO_EVERY_TOKEN + (SHOWN_TO_AN_UNLOCKED_ONE if whole else ())}


def _at(answered: Mapping[str, Any], path: str) -> Any:
    group, _, name = path.partition(".")
    return answered.get(group, {}).get(name)


def _is_worse(after: SelfReport, before: SelfReport) -> bool:
    """Whether more got heavier than lighter, of what was answered both times."""
    changes = [_change(path, before, after) for path in _WEIGHTS]
    return sum(change > 0 for change in changes) > sum(change < 0 for change in changes)


def _change(path: str, before: SelfReport, after: SelfReport) -> int:
    was, is_ = _weight(before, path), _weight(after, path)
    return 0 if was is None or is_ is None else is_ - was


def _weight(report: SelfReport, path: str) -> int | None:
    group, _, name = path.partition(".")
    return _WEIGHTS[path].get(getattr(getattr(report, group), name, None))
