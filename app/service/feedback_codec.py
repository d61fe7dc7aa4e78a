"""Stored feedback: its fields, and how it is sealed and opened."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from app.service.partners import Partner
from app.service.session import Session
from app.store.queries import feedback as stored_feedback
from app.store.queries.feedback import FeedbackRow

Outcome = Literal["done", "skipped", "declined"]
_PLACE = "feedback.sealed"


class Feedback(NamedTuple):
    """Stored feedback of one partner. `felt_…` run from 1 (not at all) to 5 (very much)."""

    id: str
    given_on: date
    activity: str
    outcome: Outcome
    reason: str | None
    felt_accepted: int | None
    felt_pressured: int | None

    @property
    def is_unsafe(self) -> bool:
        return self.reason == "unsafe"


class FeedbackInput(NamedTuple):
    """Feedback to store."""

    activity: str
    outcome: Outcome
    reason: str | None = None
    felt_accepted: int | None = None
    felt_pressured: int | None = None


def seal_feedback(partner: Partner, key: UUID, body: FeedbackInput) -> bytes:
    return partner.data_key.seal(_PLACE, key.hex, json.dumps(body._asdict()).encode())


async def find_feedback(session: Session, partner: Partner) -> list[Feedback]:
    """Return all feedback of a partner, the oldest first."""
    return _opened(partner, await stored_feedback.of_partner(session.connection, partner.key))


def _opened(partner: Partner, rows: Iterable[FeedbackRow]) -> list[Feedback]:
    return [
        Feedback(row.id, row.given_on, **json.loads(partner.data_key.open(_PLACE, row.key.hex, row.sealed)))
        for row in rows
    ]
