"""The weekly turn, Monday 00:00 UTC, at which pooled answers enter and leave the other's view and a yes lapses."""

from datetime import UTC, datetime, time, timedelta

WEEK = timedelta(days=7)
FRESH_FOR = timedelta(days=28)


def start_of_week(moment: datetime) -> datetime:
    """Return the weekly turn at or before a moment."""
    moment = moment.astimezone(UTC)
    monday = moment.date() - timedelta(days=moment.weekday())
    return datetime.combine(monday, time(), UTC)


def next_week(moment: datetime) -> datetime:
    """Return the first weekly turn after a moment."""
    return start_of_week(moment) + WEEK


def week_after_next(moment: datetime) -> datetime:
    """Return the second weekly turn after a moment, at which a yes given then lapses."""
    return next_week(moment) + WEEK
