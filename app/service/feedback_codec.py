"""Stored feedback: its fields, and how it is sealed and opened."""

import json
from datetime import date
from typing import Literal, NamedTuple, cast
from uuid import UUID

from app.engine.history import Cause
from app.service.partners import Partner
from app.service.private_marks import generation_in, generation_out
from app.service.session import Session
from app.store.queries import feedback as stored_feedback
from app.store.queries.feedback import FeedbackRow

Outcome = Literal["done", "skipped", "declined"]
PRESSURE_THRESHOLD = 4
"""From this felt pressure on (1 to 5), suggestions step down."""
ACCEPTED_THRESHOLD = 2
"""Up to this felt acceptance (1 to 5), what asks nothing of the two comes first."""
_PRESSING = ("unsafe", "felt_forced")
_PLACE = "feedback.sealed"


class Feedback(NamedTuple):
    """Stored feedback of one partner. `felt_…` run from 1 (not at all) to 5 (very much).

    `decision` is the one that it is about, `ruleset` the version that decided it; it outlives the record. `generation`
    is that of the passphrase which its token was unlocked with.
    """

    id: str
    given_on: date
    activity: str
    outcome: Outcome
    reason: str | None
    felt_accepted: int | None
    felt_pressured: int | None
    decision: str | None = None
    ruleset: str | None = None
    generation: UUID | None = None

    @property
    def is_unsafe(self) -> bool:
        return self.reason == "unsafe"

    @property
    def was_pressing(self) -> bool:
        return self.reason in _PRESSING or (self.felt_pressured or 0) >= PRESSURE_THRESHOLD

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes by which the engine knows what was said of the activity."""
        causes: list[Cause] = []
        if self.reason or self.outcome == "declined":
            causes.append(cast(Cause, self.reason or "declined"))
        if self.felt_accepted is not None and self.felt_accepted <= ACCEPTED_THRESHOLD:
            causes.append("not_accepted")
        return tuple(causes)


def seal_feedback(partner: Partner, key: UUID, feedback: Feedback) -> bytes:
    plain = {**feedback._asdict(), "generation": generation_out(feedback.generation)}
    del plain["id"], plain["given_on"]
    return partner.data_key.seal(_PLACE, key.hex, json.dumps(plain).encode())


async def find_feedback(session: Session, partner: Partner) -> list[Feedback]:
    """Return all feedback of a partner, the oldest first."""
    return [_open(partner, row) for row in await stored_feedback.of_partner(session.connection, partner.key)]


async def page_of_feedback(
    session: Session, partner: Partner, after: tuple[date, UUID] | None, limit: int
) -> list[tuple[tuple[date, UUID], Feedback]]:
    """Return feedback of a partner with its place, the oldest first, from behind the place `after`."""
    rows = await stored_feedback.page(session.connection, partner.key, after, limit)
    return [((row.given_on, row.key), _open(partner, row)) for row in rows]


def _open(partner: Partner, row: FeedbackRow) -> Feedback:
    plain = json.loads(partner.data_key.open(_PLACE, row.key.hex, row.sealed))
    generation = generation_in(plain.pop("generation", generation_out(None)))
    return Feedback(row.id, row.given_on, **plain, generation=generation)
