"""Weeks proposed for one partner's plan. Nothing of them is stored."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.engine.plan_proposals import FreeTime, Planned, PlanWishes, ProposedItem, propose_plan
from app.rulesets.library import Library
from app.service.plan import PlanItem, does_exist, find_plan
from app.service.private_marks import NOTHING_OPENED
from app.service.session import Session
from app.service.tokens import Login
from app.service.view import find_inputs

_UNKNOWN_ZONE = "UTC"
_BEGINS_ON = 15
"""What is proposed for today begins on a quarter of an hour."""


class ProposedTime(NamedTuple):
    """An activity with the local time at which it would begin."""

    activity: str
    at: datetime
    minutes: int
    is_shared: bool


class ProposedWeek(NamedTuple):
    """A week from Monday on; the current one is the first."""

    starts_on: date
    items: list[ProposedTime]


async def propose_weeks(
    session: Session, login: Login, library: Library, weeks: int, free: Iterable[FreeTime]
) -> list[ProposedWeek]:
    """Return the weeks from the current one on. Raises `ConsentRequired` and `NoReport`."""
    partner, opened = login.partner, login.opened
    items = await find_plan(session, partner, library)
    inputs = await find_inputs(session, partner, library)
    zone = partner.profile.time_zone or _UNKNOWN_ZONE
    now = session.now.astimezone(ZoneInfo(zone))
    monday = now.date() - timedelta(days=now.weekday())
    wishes = PlanWishes(
        weeks,
        tuple(free),
        both=frozenset(item.activity for item in items if item.shared),
        own=frozenset(item.activity for item in items if not item.shared),
        planned=tuple(_planned(items, monday, zone)),
        first_day=now.weekday(),
        first_minute=-(-(now.hour * 60 + now.minute) // _BEGINS_ON) * _BEGINS_ON,
    )
    disclosed = None if opened == NOTHING_OPENED else inputs.disclosed(opened)
    heard, moment = (inputs.mine, inputs.theirs, inputs.agreed), inputs.moment(opened)
    proposed = propose_plan(library.compiled, *heard, moment, wishes, disclosed=disclosed)
    starts = [monday + timedelta(weeks=number) for number in range(weeks)]
    return [
        ProposedWeek(start, [at for at in (_time_of(start, item) for item in week) if does_exist(at.at, zone)])
        for start, week in zip(starts, proposed, strict=True)
    ]


def _planned(items: Iterable[PlanItem], monday: date, zone: str) -> Iterable[Planned]:
    for item in items:
        if item.time:
            day = item.time.starts_at.astimezone(ZoneInfo(zone)).date()
            week, weekday = divmod((day - monday).days, 7)
            yield Planned(week, weekday, item.activity)


def _time_of(start: date, item: ProposedItem) -> ProposedTime:
    at = datetime.combine(start + timedelta(days=item.day), time(*divmod(item.start, 60)))
    return ProposedTime(item.activity.id, at, item.activity.minutes, item.is_shared)
