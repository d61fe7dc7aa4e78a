"""Calendar files (RFC 5545). Times are in UTC, so that a file names no place.

Every event lasts an hour: its real length would tell which activity it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app.service.plan import PlanTitle

_DURATION = timedelta(hours=1)
_LINE_BYTES = 75
_CONTINUATION_BYTE = 0b1000_0000
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class CalendarEntry(NamedTuple):
    """A time that is taken, under a title that does not tell for what."""

    id: str
    title: PlanTitle
    starts_at: datetime


def write(entries: Iterable[CalendarEntry], names: Mapping[str, str], now: datetime) -> bytes:
    """Return the file; `names` are the titles in one language, and the calendar itself is called "reserved"."""
    name = names["reserved"].translate(_ESCAPED)
    # Without a name, some programs show the secret address instead. NAME is RFC 7986, the other its predecessor.
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Calendar//EN", "VERSION:2.0", f"NAME:{name}", f"X-WR-CALNAME:{name}"]
    for entry in entries:
        lines += _event(entry, names[entry.title].translate(_ESCAPED), now)
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line.encode()))


def _event(entry: CalendarEntry, name: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.id}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(entry.starts_at)}"
    yield f"DTEND:{_utc(entry.starts_at + _DURATION)}"
    yield f"SUMMARY:{name}"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: bytes) -> Iterator[bytes]:
    """Split a line into parts of at most 75 bytes, none of them in the middle of a character."""
    while len(line) > _LINE_BYTES:
        end = _LINE_BYTES
        while line[end] & 0b1100_0000 == _CONTINUATION_BYTE:
            end -= 1
        yield line[:end]
        line = b" " + line[end:]
    yield line
