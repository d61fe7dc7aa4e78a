"""How it went: private, and felt in one's own view alone."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.engine.history import Done, History
from app.service.choices import Choice
from app.service.consents import require_processing
from app.service.partners import Partner
from app.store.crypto.ids import new_id, new_key
from app.store.queries import feedback as stored_feedback

Outcome = Literal["done", "skipped", "declined"]
PRESSING = 4
"""From this felt pressure on, suggestions step down."""
STEPS_DOWN_FOR = timedelta(days=28)
_PLACE = "feedback.sealed"


class Feedback(NamedTuple):
    """One partner's word on one activity. What was felt runs from 1, not at all, to 5, very much."""

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
    """Feedback as it comes in."""

    activity: str
    outcome: Outcome
    reason: str | None = None
    felt_accepted: int | None = None
    felt_pressured: int | None = None


async def give_feedback(connection: AsyncConnection, partner: Partner, said: FeedbackInput, now: datetime) -> Feedback:
    """Raises `ConsentRequired`."""
    await require_processing(connection, partner)
    key, id_ = new_key(), new_id("fdb")
    sealed = partner.data_key.seal(_PLACE, key.hex, json.dumps(said._asdict()).encode())
    await stored_feedback.add(connection, key=key, id=id_, partner_key=partner.key, given_on=now.date(), sealed=sealed)
    return Feedback(id_, now.date(), *said)


async def find_feedback(connection: AsyncConnection, partner: Partner) -> list[Feedback]:
    """The oldest first."""
    return feedback_from(partner, await stored_feedback.of_partner(connection, partner.key))


def feedback_from(partner: Partner, rows: Iterable[Any]) -> list[Feedback]:
    return [
        Feedback(row.id, row.given_on, **json.loads(partner.data_key.open(_PLACE, row.key.hex, row.sealed)))
        for row in rows
    ]


def past_from(
    chosen: Mapping[str, Choice], given: Sequence[Feedback], now: datetime, *, heavier: bool = False
) -> History:
    """What the engine takes into account of one partner's choices and feedback."""
    today = now.date()
    return History(
        done=tuple(Done(each.activity, (today - each.given_on).days) for each in given if each.outcome == "done"),
        unwanted=frozenset(activity for activity, each in chosen.items() if each.choice == "not_for_us")
        | {each.activity for each in given if each.is_unsafe},
        put_off=frozenset(activity for activity, each in chosen.items() if each.choice == "not_now"),
        gentle=heavier or any(_pressed(each, today) for each in given),
    )


def _pressed(given: Feedback, today: date) -> bool:
    is_recent = today - given.given_on < STEPS_DOWN_FOR
    return is_recent and (given.is_unsafe or (given.felt_pressured or 0) >= PRESSING)
