"""The plan of one partner: activities that both said yes to, those chosen for oneself alone, and their times.

The time of a shared item belongs to both, its title to each partner alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from string import ascii_letters, digits
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.engine.plain_values import from_plain, to_plain
from app.errors import NotFound
from app.rulesets.library import Library
from app.rulesets.sources import PlanTitle
from app.service.choices import activities_of, find_choices, say_yes_again
from app.service.consents import require_processing
from app.service.partners import Partner
from app.service.session import Session
from app.service.week import Link, find_link, open_time, open_week, seal_time
from app.service.weekly_boundary import start_of_week
from app.store.queries import choices as stored_choices
from app.store.queries import couples as stored_couples
from app.store.queries import plan as stored_plan

DEFAULT_TITLE: PlanTitle = "reserved"
_OWN = "plan_items.sealed"
_LETTERS = digits + ascii_letters
_ID_LETTERS = 22


@dataclass(frozen=True, slots=True)
class PlanTime:
    """A local time in a time zone; `set_at` is never shown."""

    local: datetime
    zone: str
    set_at: datetime

    @property
    def starts_at(self) -> datetime:
        """The moment in UTC."""
        return _instant(self.local, self.zone)

    def counts(self, now: datetime) -> bool:
        """Return False for a time in a week that is over."""
        return self.starts_at >= start_of_week(now)


class PlanItem(NamedTuple):
    """An item as its partner may see it; `until` is when their own yes lapses."""

    id: str
    activity: str
    shared: bool
    title: PlanTitle
    time: PlanTime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _OwnSettings:
    """The title that one partner set for an item, and the time of an item that is theirs alone."""

    title: PlanTitle = DEFAULT_TITLE
    time: PlanTime | None = None


@dataclass(frozen=True, slots=True)
class _SharedTime:
    """The time that one of the two set for what they share, None where they took it away; the later one counts."""

    set_at: datetime
    time: PlanTime | None


_DEFAULT_SETTINGS = _OwnSettings()
_NEVER = datetime.max.replace(tzinfo=UTC)


async def find_plan(session: Session, partner: Partner, library: Library) -> list[PlanItem]:
    """Return the items by time, then those without one by activity id. Raises `ConsentRequired`."""
    await require_processing(session, partner)
    return await _plan_in(session, partner, library, await open_week(session, partner.key, library))


async def _plan_in(session: Session, partner: Partner, library: Library, link: Link | None) -> list[PlanItem]:
    activities, choices = activities_of(library), await find_choices(session, partner)
    yeses = {id_: choice for id_, choice in choices.items() if choice.choice == "yes" and id_ in activities}
    together = [id_ for id_ in yeses if activities[id_].together]
    shared = await _shared_times(session, partner, link, together)
    settings = {
        row.id: from_plain(_OwnSettings, json.loads(partner.data_key.open(_OWN, row.id, row.sealed)))
        for row in await stored_plan.of_partner(session.connection, partner.key)
    }
    items = []
    for activity, choice in yeses.items():
        is_joint = activities[activity].together
        if is_joint and activity not in shared:
            continue
        id_ = item_id(partner, activity)
        own = settings.get(id_, _DEFAULT_SETTINGS)
        time = shared.get(activity, own.time)
        time = time if time and time.counts(session.now) else None
        items.append(PlanItem(id_, activity, is_joint, own.title, time, choice.until))
    return sorted(items, key=lambda item: (item.time.starts_at if item.time else _NEVER, item.activity))


async def lock_item(session: Session, partner: Partner, library: Library, id_: str) -> PlanItem:
    """Return an item of the plan, locked until the transaction ends. Raises `ConsentRequired` and `NotFound`."""
    await require_processing(session, partner)
    link = await open_week(session, partner.key, library)
    await stored_couples.lock_partners(session.connection, [partner.key])
    for item in await _plan_in(session, partner, library, link):
        if item.id == id_:
            return item
    raise NotFound("There is no such item in your plan.")


async def store_item(
    session: Session, partner: Partner, library: Library, before: PlanItem, after: PlanItem
) -> PlanItem:
    """Store the changes of an item, and return it; a new title touches no row that the couple shares.

    Who changes its time says yes to it again.
    """
    own_time = None if after.shared else after.time
    if after.title != before.title or own_time != before.time:
        plain = json.dumps(to_plain(_OwnSettings(after.title, own_time)))
        sealed = partner.data_key.seal(_OWN, after.id, plain.encode())
        await stored_plan.put(session.connection, partner.key, after.id, sealed)
    if after.time == before.time:
        return after
    if after.shared:
        await _store_shared_time(session, partner, after)
    activity, planned = activities_of(library)[after.activity], after.time.starts_at if after.time else None
    again = await say_yes_again(session, partner, library, activity, planned)
    return after._replace(until=again.until)


def item_id(partner: Partner, activity: str) -> str:
    """Derive the id of an item from the partner's data key: stable, and not the one that the other partner sees."""
    number = int.from_bytes(partner.data_key.mark("item", activity), "big")
    return "itm_" + "".join(_LETTERS[number // 62**place % 62] for place in range(_ID_LETTERS))


def does_exist(local: datetime, zone: str) -> bool:
    """Return False for a local time that the clocks of a zone skip when they are put forward."""
    return _instant(local, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def _instant(local: datetime, zone: str) -> datetime:
    """Return the moment in UTC; of a local time that exists twice, the first."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


async def _shared_times(
    session: Session, partner: Partner, link: Link | None, together: Sequence[str]
) -> dict[str, PlanTime | None]:
    """Return the shared time, or None, of each of these activities that the other has said yes to by this week."""
    if link is None or link.week is None:
        return {}
    marks = {link.mark(activity): activity for activity in together}
    own = await stored_choices.open_yeses(session.connection, partner.key, link.key, session.now)
    theirs = link.week.of_the_other(link.place)
    both = {mark for mark in marks.keys() & own if mark.hex() in theirs.yeses}
    rows = await stored_plan.appointments_of(session.connection, link.key, partner.key) if both else []
    mine = {row.mark: open_time(link, row.mark, row.sealed) for row in rows}
    return {marks[mark]: _latest(mine.get(mark), theirs.times.get(mark.hex())) for mark in both}


def _latest(*times: str | None) -> PlanTime | None:
    """Return the time that was set last by either of the two."""
    known = [from_plain(_SharedTime, json.loads(time)) for time in times if time]
    return max(known, key=lambda shared: shared.set_at).time if known else None


async def _store_shared_time(session: Session, partner: Partner, item: PlanItem) -> None:
    link = await find_link(session, partner.key)
    if link is None:
        return
    mark = link.mark(item.activity)
    plain = json.dumps(to_plain(_SharedTime(session.now, item.time)))
    sealed = seal_time(link, mark, plain)
    await stored_plan.put_appointment(session.connection, link.key, mark, partner.key, sealed)
