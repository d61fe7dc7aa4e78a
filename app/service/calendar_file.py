"""Calendar files (RFC 5545, RFC 7986). Times are in UTC, so that a file names no place.

Every event lasts an hour: its real length would tell which activity it is. The same entries are the same bytes, so that
calendar programs see a change only where there is one.

The application loads this module for the first calendar that somebody reads: `icalendar` takes 3 MB.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Component, Event, Timezone, TimezoneStandard, vDuration

from app.service.calendars import CalendarEntry

_DURATION = timedelta(hours=1)
_REFRESH_AFTER = timedelta(hours=6)


def write(entries: Iterable[CalendarEntry], names: Mapping[str, str]) -> bytes:
    """Return the file; `names` are the titles in one language, and the calendar itself is called "reserved"."""
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    # Without a name, some programs show the secret address instead. NAME is RFC 7986, the other its predecessor.
    calendar.add("name", names["reserved"])
    calendar.add("x-wr-calname", names["reserved"])
    # REFRESH-INTERVAL is RFC 7986, the other its predecessor. Without a hint, some programs ask once and never again.
    calendar.add("refresh-interval", _REFRESH_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH_AFTER))
    components: list[Component] = [_event(entry, names[entry.title]) for entry in entries]
    for component in components or [_utc()]:
        calendar.add_component(component)
    content: bytes = calendar.to_ical()
    return content


def _event(entry: CalendarEntry, name: str) -> Event:
    event = Event()
    event.add("uid", entry.id)
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.starts_at + _DURATION)
    event.add("summary", name)
    event.add("class", "PRIVATE")
    return event


def _utc() -> Timezone:
    """Return a component that shows nothing: a calendar has at least one (RFC 5545, 3.6)."""
    offset = TimezoneStandard()
    offset.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001  local by its definition
    offset.add("tzoffsetfrom", timedelta(0))
    offset.add("tzoffsetto", timedelta(0))
    zone = Timezone()
    zone.add("tzid", UTC.tzname(None))
    zone.add_component(offset)
    return zone
