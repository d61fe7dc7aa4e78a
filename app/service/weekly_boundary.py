"""The weekly turn, Monday 00:00 UTC, at which pooled answers enter and leave the other's view and a yes lapses."""

from datetime import UTC, date, datetime, time, timedelta

WEEK = timedelta(days=7)
FRESH_FOR = timedelta(days=28)


def start_of_week(moment: datetime) -> datetime:
    """Return the weekly turn at or before a moment."""
    return datetime.combine(_monday(moment.astimezone(UTC).date()), time(), UTC)


def next_week(moment: datetime) -> datetime:
    """Return the first weekly turn after a moment."""
    return start_of_week(moment) + WEEK


def week_after_next(moment: datetime) -> datetime:
    """Return the second weekly turn after a moment, at which a yes given then lapses."""
    return next_week(moment) + WEEK


def weeks_between(earlier: date, later: date) -> int:
    """Return how many weekly turns lie after the earlier day, up to the later one."""
    return (_monday(later) - _monday(earlier)).days // WEEK.days


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
