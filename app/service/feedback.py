"""How it went: private, and felt in one's own view alone."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from app.engine.history import Done, Past
from app.service.consents import require_processing
from app.store.crypto.ids import new_id, new_key
from app.store.queries import feedback as stored_feedback

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.service.choices import Choice
    from app.service.partners import Partner

Outcome = Literal["done", "skipped", "declined"]
PRESSING = 4
"""From this felt pressure on, suggestions step down."""
STEPS_DOWN_FOR = timedelta(days=28)
_PLACE = "feedback.sealed"


class Given(NamedTuple):
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


class Said(NamedTuple):
    """Feedback as it comes in."""

    activity: str
    outcome: Outcome
    reason: str | None = None
    felt_accepted: int | None = None
    felt_pressured: int | None = None


async def give_feedback(connection: AsyncConnection, partner: Partner, said: Said, now: datetime) -> Given:
    """Raises `ConsentRequired`."""
    await require_processing(connection, partner)
    key, id_ = new_key(), new_id("fdb")
    sealed = partner.data_key.seal(_PLACE, key.hex, json.dumps(said._asdict()).encode())
    await stored_feedback.add(connection, key=key, id=id_, partner_key=partner.key, given_on=now.date(), sealed=sealed)
    return Given(id_, now.date(), *said)


async def find_feedback(connection: AsyncConnection, partner: Partner) -> list[Given]:
    """The oldest first."""
    return feedback_from(partner, await stored_feedback.of_partner(connection, partner.key))


def feedback_from(partner: Partner, rows: Iterable[Any]) -> list[Given]:
    return [
        Given(row.id, row.given_on, **json.loads(partner.data_key.open(_PLACE, row.key.hex, row.sealed)))
        for row in rows
    ]


def past_from(chosen: Mapping[str, Choice], given: Sequence[Given], now: datetime, *, heavier: bool = False) -> Past:
    """What the engine takes into account of one partner's choices and feedback."""
    today = now.date()
    return Past(
        done=tuple(Done(each.activity, (today - each.given_on).days) for each in given if each.outcome == "done"),
        unwanted=frozenset(activity for activity, each in chosen.items() if each.choice == "not_for_us")
        | {each.activity for each in given if each.is_unsafe},
        put_off=frozenset(activity for activity, each in chosen.items() if each.choice == "not_now"),
        gentle=heavier or any(_pressed(each, today) for each in given),
    )


def _pressed(given: Given, today: date) -> bool:
    is_recent = today - given.given_on < STEPS_DOWN_FOR
    return is_recent and (given.is_unsafe or (given.felt_pressured or 0) >= PRESSING)
