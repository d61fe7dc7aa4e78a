"""The plan of one partner: activities that both said yes to, those chosen for oneself alone, and their times.

The time of a shared item belongs to both, its title to each partner alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from string import ascii_letters, digits
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from app.engine.plain_values import from_plain, to_plain
from app.engine.ruleset import Activity
from app.errors import NotFound
from app.rulesets.library import Library
from app.rulesets.sources import PlanTitle
from app.service.choices import activities_of, find_choices
from app.service.consents import require_processing
from app.service.data_keys import find_data_key
from app.service.partners import Partner
from app.service.session import Session
from app.service.weekly_boundary import start_of_week
from app.store.crypto.vault import DataKey
from app.store.queries import choices as stored_choices
from app.store.queries import couples as stored_couples
from app.store.queries import plan as stored_plan

DEFAULT_TITLE: PlanTitle = "reserved"
_OWN, _SHARED = "plan_items.sealed", "appointments.sealed"
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
    """An item as its partner may see it."""

    id: str
    activity: str
    shared: bool
    title: PlanTitle
    time: PlanTime | None


class _LinkedCouple(NamedTuple):
    """The couple in which a partner is linked, and its data key."""

    key: UUID
    data_key: DataKey


@dataclass(frozen=True, slots=True)
class _OwnSettings:
    """The title that one partner set for an item, and the time of an item that is theirs alone."""

    title: PlanTitle = DEFAULT_TITLE
    time: PlanTime | None = None


_DEFAULT_SETTINGS = _OwnSettings()
_NEVER = datetime.max.replace(tzinfo=UTC)


async def find_plan(session: Session, partner: Partner, library: Library) -> list[PlanItem]:
    """Return the items by time, then those without one by activity id. Raises `ConsentRequired`."""
    await require_processing(session, partner)
    wanted = await _chosen_activities(session, partner, library)
    shared = await _shared_times(session, partner, wanted)
    settings = await _settings_of(session, partner)
    items = []
    for activity in wanted:
        if activity.together and activity.id not in shared:
            continue
        id_ = item_id(partner, activity.id)
        own = settings.get(id_, _DEFAULT_SETTINGS)
        time = shared.get(activity.id, own.time)
        time = time if time and time.counts(session.now) else None
        items.append(PlanItem(id_, activity.id, activity.together, own.title, time))
    return sorted(items, key=lambda item: (item.time.starts_at if item.time else _NEVER, item.activity))


async def lock_item(session: Session, partner: Partner, library: Library, id_: str) -> PlanItem:
    """Return an item of the plan, locked until the transaction ends. Raises `ConsentRequired` and `NotFound`.

    Requests of the other partner wait for the lock only where they share the item.
    """
    # Read first to know which rows to lock, and again once they are.
    item = await _find_item(session, partner, library, id_)
    couple = item.shared and await stored_couples.linked_couple(session.connection, partner.key)
    if couple:
        await stored_plan.lock_times(session.connection, couple.key)
    await stored_couples.lock_partners(session.connection, [partner.key])
    return await _find_item(session, partner, library, id_)


async def store_item(session: Session, partner: Partner, before: PlanItem, after: PlanItem) -> None:
    """Store the changes of an item; a new title touches no row that the couple shares."""
    own_time = None if after.shared else after.time
    if after.title != before.title or own_time != before.time:
        plain = json.dumps(to_plain(_OwnSettings(after.title, own_time)))
        sealed = partner.data_key.seal(_OWN, after.id, plain.encode())
        await stored_plan.put(session.connection, partner.key, after.id, sealed)
    if after.shared and after.time != before.time:
        await _store_shared_time(session, partner, after)


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


async def _find_item(session: Session, partner: Partner, library: Library, id_: str) -> PlanItem:
    for item in await find_plan(session, partner, library):
        if item.id == id_:
            return item
    raise NotFound("There is no such item in your plan.")


async def _chosen_activities(session: Session, partner: Partner, library: Library) -> list[Activity]:
    activities = activities_of(library)
    choices = await find_choices(session, partner)
    return [activities[id_] for id_, choice in choices.items() if choice.choice == "yes" and id_ in activities]


async def _shared_times(session: Session, partner: Partner, wanted: Sequence[Activity]) -> dict[str, PlanTime | None]:
    """Return the shared time, or None, of each of these activities that the other said yes to as well."""
    couple = await _linked_couple(session, partner)
    if couple is None:
        return {}
    marks = {couple.data_key.mark("yes", activity.id): activity.id for activity in wanted if activity.together}
    both = marks.keys() & await stored_choices.mutual_marks(session.connection, partner.key, couple.key, session.now)
    times = {
        row.mark: from_plain(PlanTime, json.loads(couple.data_key.open(_SHARED, row.mark.hex(), row.sealed)))
        for row in await stored_plan.appointments_of(session.connection, couple.key, both)
    }
    return {marks[mark]: times.get(mark) for mark in both}


async def _settings_of(session: Session, partner: Partner) -> Mapping[str, _OwnSettings]:
    settings = {}
    for row in await stored_plan.of_partner(session.connection, partner.key):
        settings[row.id] = from_plain(_OwnSettings, json.loads(partner.data_key.open(_OWN, row.id, row.sealed)))
    return settings


async def _store_shared_time(session: Session, partner: Partner, item: PlanItem) -> None:
    couple = await _linked_couple(session, partner)
    if couple is None:
        return
    mark = couple.data_key.mark("yes", item.activity)
    if item.time is None:
        await stored_plan.remove_appointment(session.connection, couple.key, mark)
    else:
        sealed = couple.data_key.seal(_SHARED, mark.hex(), json.dumps(to_plain(item.time)).encode())
        await stored_plan.put_appointment(session.connection, couple.key, mark, sealed)


async def _linked_couple(session: Session, partner: Partner) -> _LinkedCouple | None:
    couple = await stored_couples.linked_couple(session.connection, partner.key)
    data_key = couple and await find_data_key(session, couple.id)
    return _LinkedCouple(couple.key, data_key) if couple and data_key else None
