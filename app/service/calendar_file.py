"""Calendar files (RFC 5545). Times are in UTC, so that a file names no place.

Every event lasts an hour: its real length would tell which activity it is.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from icalendar import Calendar, Event

from app.rulesets.sources import PlanTitle

_DURATION = timedelta(hours=1)


class CalendarEntry(NamedTuple):
    """A time that is taken, under a title that does not tell for what."""

    id: str
    title: PlanTitle
    starts_at: datetime


def write(entries: Iterable[CalendarEntry], names: Mapping[str, str], now: datetime) -> bytes:
    """Return the file; `names` are the titles in one language, and the calendar itself is called "reserved"."""
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    # Without a name, some programs show the secret address instead. NAME is RFC 7986, the other its predecessor.
    calendar.add("name", names["reserved"])
    calendar.add("x-wr-calname", names["reserved"])
    for entry in entries:
        calendar.add_component(_event(entry, names[entry.title], now))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: CalendarEntry, name: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.id)
    event.add("dtstamp", now)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.starts_at + _DURATION)
    event.add("summary", name)
    event.add("class", "PRIVATE")
    return event
