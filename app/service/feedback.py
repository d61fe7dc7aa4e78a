"""Feedback on an activity. It changes only its owner's view."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from app.engine.history import Done, History
from app.service.choices import Choice
from app.service.consents import require_processing
from app.service.partners import Partner
from app.service.session import Session
from app.store.crypto.ids import new_id, new_key
from app.store.queries import feedback as stored_feedback
from app.store.queries.feedback import FeedbackRow

Outcome = Literal["done", "skipped", "declined"]
PRESSURE_THRESHOLD = 4
"""From this felt pressure on (1 to 5), suggestions step down."""
STEPPED_DOWN_FOR = timedelta(days=28)
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


async def give_feedback(session: Session, partner: Partner, body: FeedbackInput) -> Feedback:
    """Store feedback. Raises `ConsentRequired`."""
    await require_processing(session, partner)
    key, id_, today = new_key(), new_id("fdb"), session.now.date()
    sealed = partner.data_key.seal(_PLACE, key.hex, json.dumps(body._asdict()).encode())
    values = {"key": key, "id": id_, "partner_key": partner.key, "given_on": today, "sealed": sealed}
    await stored_feedback.add(session.connection, **values)
    return Feedback(id_, today, *body)


async def find_feedback(session: Session, partner: Partner) -> list[Feedback]:
    """Return all feedback of a partner, the oldest first."""
    return feedback_from(partner, await stored_feedback.of_partner(session.connection, partner.key))


def feedback_from(partner: Partner, rows: Iterable[FeedbackRow]) -> list[Feedback]:
    return [
        Feedback(row.id, row.given_on, **json.loads(partner.data_key.open(_PLACE, row.key.hex, row.sealed)))
        for row in rows
    ]


def history_from(
    choices: Mapping[str, Choice], feedback: Sequence[Feedback], now: datetime, *, heavier: bool = False
) -> History:
    """Return the engine's history of one partner; `heavier` asks for gentle suggestions whatever they said."""
    today = now.date()
    return History(
        done=tuple(Done(one.activity, (today - one.given_on).days) for one in feedback if one.outcome == "done"),
        unwanted=frozenset(activity for activity, choice in choices.items() if choice.choice == "not_for_us")
        | {one.activity for one in feedback if one.is_unsafe},
        put_off=frozenset(activity for activity, choice in choices.items() if choice.choice == "not_now"),
        gentle=heavier or any(_shows_pressure(one, today) for one in feedback),
    )


def _shows_pressure(feedback: Feedback, today: date) -> bool:
    is_recent = today - feedback.given_on < STEPPED_DOWN_FOR
    return is_recent and (feedback.is_unsafe or (feedback.felt_pressured or 0) >= PRESSURE_THRESHOLD)
