"""A calendar as a file (RFC 5545). Times are in UTC, which every program reads alike and which names no place.

Everything lasts an hour: how long it really takes would tell what it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from app.service.calendars import Entry

AN_HOUR = timedelta(hours=1)


def write(entries: Sequence[Entry], names: Mapping[str, str], now: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    # Without a name, some programs show the address instead.
    calendar.add("name", names["reserved"])
    calendar.add("x-wr-calname", names["reserved"])
    for entry in entries:
        calendar.add_component(_event(entry, names[entry.title], now))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, name: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.id)
    event.add("dtstamp", now)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.starts_at + AN_HOUR)
    event.add("summary", name)
    event.add("class", "PRIVATE")
    return event
