"""One partner's plan: what both said yes to, what they chose for themselves, and when.

The time of a shared item is of both; what it is called is of each alone.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from string import ascii_letters, digits
from typing import Any, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.engine.ruleset import Activity
from app.errors import NotFound
from app.rulesets.library import Library
from app.service.choices import activities_of, find_choices
from app.service.consents import require_processing
from app.service.data_keys import find_data_key
from app.service.partners import Partner
from app.service.weekly_boundary import start_of_week
from app.store.crypto.vault import DataKey, Vault
from app.store.queries import choices as stored_choices
from app.store.queries import couples as stored_couples
from app.store.queries import plan as stored_plan

PlanTitle = Literal["reserved", "time_out", "errand", "call", "evening", "walk", "meal", "class", "trip"]
DEFAULT_TITLE: PlanTitle = "reserved"
_OWN, _SHARED = "plan_items.sealed", "appointments.sealed"
_LETTERS = digits + ascii_letters
_ID_LETTERS = 22


class PlanTime(NamedTuple):
    """A local time and where it is local. When it was set is told to nobody."""

    local: datetime
    zone: str
    set_at: datetime

    @property
    def starts_at(self) -> datetime:
        return _instant(self.local, self.zone)

    def counts(self, now: datetime) -> bool:
        """One in a week that is over is forgotten, unless it was set in this one."""
        return max(self.starts_at, self.set_at) >= start_of_week(now)


class PlanItem(NamedTuple):
    """One item as its partner may know it."""

    id: str
    activity: str
    shared: bool
    title: PlanTitle
    time: PlanTime | None


class _Link(NamedTuple):
    """The couple that a partner is linked in, and what opens what the two share."""

    couple: UUID
    data_key: DataKey


class _Set(NamedTuple):
    """What one partner set about an item: its name, and when it is of this one alone, its time."""

    title: PlanTitle = DEFAULT_TITLE
    time: PlanTime | None = None


_NOTHING_SET = _Set()
_NEVER = datetime.max.replace(tzinfo=UTC)


async def find_plan(
    connection: AsyncConnection, vault: Vault, partner: Partner, library: Library, now: datetime
) -> list[PlanItem]:
    """The earliest first, then what has no time, by name: an order that tells nothing. Raises `ConsentRequired`."""
    await require_processing(connection, partner)
    wanted = await _said_yes_to(connection, partner, library, now)
    shared = await _shared_times(connection, vault, partner, wanted, now)
    own = await _set_by(connection, partner)
    items = []
    for activity in wanted:
        id_ = item_id(partner, activity.id)
        title, time = own.get(id_, _NOTHING_SET)
        if activity.id in shared:
            time = shared[activity.id]
        elif activity.together:
            continue
        items.append(PlanItem(id_, activity.id, activity.together, title, time if time and time.counts(now) else None))
    return sorted(items, key=lambda item: (item.time.starts_at if item.time else _NEVER, item.activity))


async def hold_item(
    connection: AsyncConnection, vault: Vault, partner: Partner, library: Library, id_: str, now: datetime
) -> PlanItem:
    """An item of this plan, which no other request changes until the transaction ends. Raises `NotFound`.

    The other partner waits for it only where they share it.
    """
    item = await _find_item(connection, vault, partner, library, id_, now)
    couple = item.shared and await stored_couples.key_of_link(connection, partner.key)
    if couple:
        await stored_plan.hold_times(connection, couple)
    await stored_couples.hold_partners(connection, [partner.key])
    return await _find_item(connection, vault, partner, library, id_, now)


async def keep_item(
    connection: AsyncConnection, vault: Vault, partner: Partner, before: PlanItem, after: PlanItem
) -> None:
    """Keep what has changed: a new name is no business of the other's."""
    own_time = None if after.shared else after.time
    if after.title != before.title or own_time != before.time:
        plain = {"title": after.title, "time": _plain(own_time)}
        sealed = partner.data_key.seal(_OWN, after.id, json.dumps(plain).encode())
        await stored_plan.put(connection, partner.key, after.id, sealed)
    if after.shared and after.time != before.time:
        await _appoint(connection, vault, partner, after)


def item_id(partner: Partner, activity: str) -> str:
    """The same at every time, another one for the other partner, and a riddle to everyone without the key."""
    number = int.from_bytes(partner.data_key.mark("item", activity), "big")
    return "itm_" + "".join(_LETTERS[number // 62**place % 62] for place in range(_ID_LETTERS))


def does_exist(local: datetime, zone: str) -> bool:
    """Whether clocks there ever show this time: where they are put forward they leave some out."""
    return _instant(local, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def _instant(local: datetime, zone: str) -> datetime:
    """Of a time that exists twice, the first."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


async def _find_item(
    connection: AsyncConnection, vault: Vault, partner: Partner, library: Library, id_: str, now: datetime
) -> PlanItem:
    for item in await find_plan(connection, vault, partner, library, now):
        if item.id == id_:
            return item
    raise NotFound("There is no such item in your plan.")


async def _said_yes_to(
    connection: AsyncConnection, partner: Partner, library: Library, now: datetime
) -> list[Activity]:
    known = activities_of(library)
    chosen = await find_choices(connection, partner, now)
    return [known[activity] for activity, each in chosen.items() if each.choice == "yes" and activity in known]


async def _shared_times(
    connection: AsyncConnection, vault: Vault, partner: Partner, wanted: Sequence[Activity], now: datetime
) -> dict[str, PlanTime | None]:
    """When, for each of these that the other wants too."""
    link = await _link_of(connection, vault, partner)
    if link is None:
        return {}
    marks = {link.data_key.mark("yes", activity.id): activity.id for activity in wanted if activity.together}
    both = marks.keys() & await stored_choices.mutual(connection, partner.key, link.couple, now)
    times = {
        row.mark: _time(json.loads(link.data_key.open(_SHARED, row.mark.hex(), row.sealed)))
        for row in await stored_plan.appointed(connection, link.couple, both)
    }
    return {marks[mark]: times.get(mark) for mark in both}


async def _set_by(connection: AsyncConnection, partner: Partner) -> Mapping[str, _Set]:
    found = {}
    for row in await stored_plan.of_partner(connection, partner.key):
        kept = json.loads(partner.data_key.open(_OWN, row.id, row.sealed))
        found[row.id] = _Set(kept["title"], _time(kept["time"]))
    return found


async def _appoint(connection: AsyncConnection, vault: Vault, partner: Partner, item: PlanItem) -> None:
    link = await _link_of(connection, vault, partner)
    if link is None:
        return
    mark = link.data_key.mark("yes", item.activity)
    if item.time is None:
        await stored_plan.call_off(connection, link.couple, mark)
    else:
        sealed = link.data_key.seal(_SHARED, mark.hex(), json.dumps(_plain(item.time)).encode())
        await stored_plan.appoint(connection, link.couple, mark, sealed)


async def _link_of(connection: AsyncConnection, vault: Vault, partner: Partner) -> _Link | None:
    couple = await stored_couples.linked_couple(connection, partner.key)
    data_key = couple and await find_data_key(connection, vault, couple.id)
    return _Link(couple.key, data_key) if couple and data_key else None


def _plain(time: PlanTime | None) -> Any:
    return time and {"local": time.local.isoformat(), "zone": time.zone, "set_at": time.set_at.isoformat()}


def _time(plain: Any) -> PlanTime | None:
    if plain is None:
        return None
    return PlanTime(datetime.fromisoformat(plain["local"]), plain["zone"], datetime.fromisoformat(plain["set_at"]))
